"""Plays whole conversations that are written down as scripts, through the terminal.

``>`` what a person writes or presses · ``<`` what must have come since · ``!`` what must not have ·
``@now`` sets the clock and lets fall due what is due · ``@as 8`` says whose terminal it is ·
``@restart`` starts the process anew · ``#`` a remark. What else a script may say, its own test adds
as a method ``at_…``.

A script is written in English, once. In another language it is played line by line beside the
English one (see `beside`). Where people would write something else there, it stands below the
English line: ``>fr 1er mai 2021``.
"""

import re
from contextlib import contextmanager
from datetime import datetime
from inspect import isawaitable

from tree import TOP, languages

from bot.chat.terminal import Terminal
from bot.files.frozen import read_files
from bot.render.chat import ChatTexts

TEXTS = ChatTexts(read_files([TOP]))
TROUBLE = tuple(TEXTS.text("help.trouble", language, {}) for language in languages())


def lines_of(script, text=None):
    """(number, line, what is written in other languages in its place, by tag) of each line."""
    lines = []
    for number, line in enumerate((text or script.read_text("utf-8")).splitlines(), 1):
        sign, _, words = line.partition(" ")
        if sign.startswith(">") and sign != ">":
            lines[-1][2][sign[1:]] = words
        elif line and not line.startswith("#"):
            lines.append((number, line, {}))
    return lines


@contextmanager
def at(place):
    """A failure names the line of the script."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{place}: {error}") from None


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
        self.heard.append(text.replace("\u202f", " ").replace("\u00a0", " "))

    def words(self, rest):
        """What a line means to this player."""
        return rest

    async def play(self, script, text=None):
        for number, line, _ in lines_of(script, text):
            with at(f"{script.name}:{number}"):
                await self.line(line)
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
        assert not any(words in self.said for words in TROUBLE), self.said

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


def typing(player):
    """Have a player type the label of a button that stands below what was said last, instead of
    pressing it; buttons of before are pressed. Gives the player, which counts what it typed.
    """
    plays, player.typed = player.line, 0

    async def line(text):
        press = re.fullmatch(r"> \[(.+)\]", text)
        label = player.words(press[1]) if press else None
        shown = player.terminal._entry._shown.at(player.user, int(player.now.timestamp()))
        if any(label in offered.names for offered in shown):
            player.typed += 1
            text = f"> {label}"
        await plays(text)

    player.line = line
    return player
