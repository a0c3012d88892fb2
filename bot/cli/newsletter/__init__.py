"""Commands for the letter of a month."""
