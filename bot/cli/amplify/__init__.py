"""Commands of amplifying."""
