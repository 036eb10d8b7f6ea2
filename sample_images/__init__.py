"""Photographs and a tiny labelled set, shipped with the package."""
