"""How a picture comes to a size of another shape."""

FITS = ("stretch", "crop", "pad")
