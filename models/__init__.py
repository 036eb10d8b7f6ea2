"""Vectors or images to labels: classifiers, their files and their scores."""
