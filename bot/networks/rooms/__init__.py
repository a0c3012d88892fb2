"""Rooms of organisations on their own chat services, through Apprise."""
