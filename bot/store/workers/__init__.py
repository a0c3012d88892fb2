"""What those who send from one database tell each other: who is at work, and what each may send."""
