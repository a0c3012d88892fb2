"""Fixtures of tests that talk to the bot on Telegram."""

from bot_chat import fake, library, services

__all__ = ["fake", "library", "services"]
