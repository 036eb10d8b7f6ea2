"""Files to arrays and back: pictures, folders, data sets."""
