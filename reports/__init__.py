"""Results to text, plots and pictures."""
