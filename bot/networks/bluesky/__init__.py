"""Bluesky: posting and counting."""
