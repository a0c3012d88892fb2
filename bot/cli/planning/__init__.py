"""Commands about what is planned."""
