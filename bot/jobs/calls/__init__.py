"""What people are called to answer, and what comes of it."""
