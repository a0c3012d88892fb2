"""Pledges for tests: made, looked at and published as people and staff do it."""
