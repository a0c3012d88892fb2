"""What the focal points of countries that go ahead of others are asked."""
