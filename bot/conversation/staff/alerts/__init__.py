"""Alerts: what staff are told without having asked, and what they can do about it at once."""
