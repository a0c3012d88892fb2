"""Countries that go ahead of others: how far each is, and what waits for whom."""
