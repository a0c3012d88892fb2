"""What differs by language alone: forms that go with numbers, and who has read its texts."""
