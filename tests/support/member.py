"""A member of staff at their app, through the same entry as Telegram's updates."""

from datetime import UTC, datetime

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Command

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
"""When everything is read, written and pressed."""


class Staff:
    """One member of staff at their app."""

    def __init__(self, services, user="7", language="en"):
        self.services, self.user, self.language = services, user, language
        self.entry = ChatEntry(lambda: services, "telegram")
        services.store.meta.put(f"staff language {user}", language)

    def told(self):
        """Take what waits for them, as Telegram takes it."""
        waiting = [message for message in self.entry.waiting() if message.address == self.user]
        for message in waiting:
            self.entry.left(message, NOW)
        return waiting

    def says(self, name, argument=""):
        return self._turn(event=Command(name=name, argument=argument))

    def presses(self, shown, label):
        data = next(b.data for row in shown.keyboard for b in row if b.label == label)
        return self.taps(data)

    def taps(self, data):
        """Press a button that carries this, whether or not it was ever shown."""
        return self._turn(data=data, callback="1", message=1)

    def _turn(self, **event):
        return self.entry.handle(
            [Arrival(address=self.user, user=self.user, language=self.language, **event)], NOW
        )[0]


def labels(shown):
    return [b.label for row in shown.keyboard for b in row]
