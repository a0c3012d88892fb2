"""What countries that go ahead of others say of their progress."""
