"""Commands about what people ask."""
