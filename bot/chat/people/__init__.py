"""Everybody who chats: what joining, settings, rights and help look at, and what they do."""
