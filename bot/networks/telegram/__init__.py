"""Telegram: posts in a channel, nudges in chats."""
