"""Plays whole conversations that are written down as scripts, through the terminal's door.

``>`` what a person writes or presses · ``<`` what must have come since · ``!`` what must not have ·
``@now`` sets the clock and lets fall due what is due · ``@as 8`` says whose terminal it is ·
``@restart`` starts the process anew · ``#`` a remark. What else a script may say, its own test adds
as a method ``at_…``.
"""

from datetime import datetime
from inspect import isawaitable

from bot.chat.terminal import Terminal

TROUBLE = ("went wrong", "n’a pas marché", "salió mal")


class Player:
    """One script; `services` and `network` are those of the terminals."""

    def __init__(self, services, network, *, language, now, user="7"):
        self.services = services
        self.network = network
        self.language = language
        self.now = datetime.fromisoformat(now)
        self.user = user
        self.heard = []
        #: lines that looked at what came
        self.looks = 0
        self._holds = services.store.holds
        self._terminals = {}

    @property
    def terminal(self):
        """That of whose turn it is; a terminal lets only its own person's messages come."""
        if self.user not in self._terminals:
            self.services.store.holds = self._holds
            terminal = Terminal(
                self.services,
                self.network,
                user=self.user,
                language=self.language,
                staff=False,
                clock=lambda: self.now,
                write=self.hear,
                fires=True,
            )
            self._terminals[self.user] = terminal, self.services.store.holds
        terminal, self.services.store.holds = self._terminals[self.user]
        return terminal

    @property
    def said(self):
        return "\n".join(self.heard)

    def hear(self, text):
        self.heard.append(text)

    def words(self, rest):
        """What a line means to this player."""
        return rest

    async def play(self, script, text=None):
        for number, line in enumerate(
            (script.read_text("utf-8") if text is None else text).splitlines(), 1
        ):
            if line and not line.startswith("#"):
                try:
                    await self.line(line)
                except AssertionError as error:
                    raise AssertionError(f"{script.name}:{number}: {error}") from None
                assert not any(word in self.said for word in TROUBLE), (
                    f"{script.name}:{number}: {self.said}"
                )
        return self

    async def line(self, line):
        sign, _, rest = line.partition(" ")
        words = self.words(rest)
        self.looks += sign in ("<", "!")
        match sign:
            case ">":
                self.heard.clear()
                await self.terminal.line(words)
            case "<":
                assert words in self.said, f"{words!r} did not come, but:\n{self.said}"
            case "!":
                assert words not in self.said, f"{words!r} came:\n{self.said}"
            case _:
                does = getattr(self, f"at_{sign.removeprefix('@')}", None)
                assert does is not None, f"no such line: {line!r}"
                done = does(words)
                if isawaitable(done):
                    await done

    async def at_now(self, words):
        self.now = datetime.fromisoformat(words)
        self.heard.clear()
        await self.terminal.fire()

    def at_as(self, words):
        self.heard.clear()
        self.user = words

    def at_restart(self, _words=""):
        """What stands on the person's screen stays there."""
        before = self._terminals.pop(self.user)[0]
        self.terminal._shown, self.terminal._last = before._shown, before._last
