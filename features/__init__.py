"""Images to vectors: histograms of oriented gradients (HoG)."""
