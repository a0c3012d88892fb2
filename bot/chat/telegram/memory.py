"""What outlives a chat, which begins anew at each SIGHUP: what Telegram was asked for already, so
that it isn't asked, and nobody is written to, once more.
"""

from bot.chat.telegram.errands import Rests
from bot.chat.telegram.menus import Menus


class Memory:
    """What the chats of one process know of their bot; all is forgotten where the bot is another
    one.
    """

    def __init__(self) -> None:
        self._bot: int | None = None
        self.rests = Rests()
        self.menus = Menus()

    def meet(self, bot: int) -> None:
        """Begin a chat as the bot with this id."""
        if bot != self._bot:
            self._bot, self.rests, self.menus = bot, Rests(), Menus()

    def heard(self, address: str) -> None:
        """Note that somebody wrote, to whom nothing could be sent before."""
        self.rests.end(address)
        self.menus.forget(address)
