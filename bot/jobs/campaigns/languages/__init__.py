"""Languages: one that is begun, what of it is left to translate, and who has read it."""
