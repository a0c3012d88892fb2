"""Commands about what people are called to answer."""
