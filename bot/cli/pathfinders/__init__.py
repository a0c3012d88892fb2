"""Commands about countries that go ahead of others."""
