"""The terminal: one thin module per command."""
