"""Everybody who chats: what the topics of joining, settings, rights and help look at and do."""
