"""Fixtures of tests that talk to the bot on Telegram."""

from bot_chat import fake, services

__all__ = ["fake", "services"]
