"""What processes that work on one database tell each other: who is at it, and who sends what."""
