"""Images to images: correlation, pooling, named kernels and filter chains."""
