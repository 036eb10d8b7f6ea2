"""HoG with a linear model against a CNN, on the same pictures by the same rules."""
