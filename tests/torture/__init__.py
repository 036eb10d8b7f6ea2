"""Runs every command over a folder of anything, and reports what it should not see.

``python -m tests.torture FOLDER [--make]`` from the root of the repository.
"""
