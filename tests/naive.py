"""The textbook definitions, as plain loops: slow, obvious, independent of the package."""
