"""Pledges as staff look after them: what waits, a card for each, decisions about it."""
