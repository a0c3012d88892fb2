"""A whole database, taken over into an empty one of the same or another kind."""
