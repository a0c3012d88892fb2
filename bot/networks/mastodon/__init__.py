"""Mastodon: posting and counting."""
