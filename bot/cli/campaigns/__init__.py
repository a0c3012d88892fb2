"""Commands for the authors of campaigns."""
