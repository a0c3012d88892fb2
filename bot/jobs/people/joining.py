"""Where people join: the address of the bot that they talk to, as Telegram last told it."""

from bot.store import Store

_BOT = "bot"
"""The key in `meta` of the bot's user name."""


def remember(store: Store, username: str) -> None:
    """Keep the user name of the bot, for who can't ask Telegram."""
    if store.meta.get(_BOT) != username:
        store.meta.put(_BOT, username)


def address(store: Store) -> str | None:
    """Return the address that opens a chat with the bot; None where none ever ran."""
    username = store.meta.get(_BOT)
    return f"https://t.me/{username}" if username else None
