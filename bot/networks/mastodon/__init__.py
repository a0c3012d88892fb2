"""Mastodon: posting to its servers, and counting uses of hashtags there."""
