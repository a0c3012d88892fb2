"""Tables for programs that act in the name of staff: their tokens, what they sent and suggest."""
