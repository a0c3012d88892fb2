"""What people are called to answer."""
