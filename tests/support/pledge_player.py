"""Plays the conversations of pledge-makers and of staff about pledges (see `player`), each written
in three languages: ``English | français | español`` in one line.

``{link}`` is the last part of the last invitation, ``{past}`` how many prompts lie behind.
"""

import re
from dataclasses import replace

from player import Player

LANGUAGES = ("en", "fr", "es")
PAST = {"endchildlabour2021": "7", "endchildlabour": "8"}
"""How many prompts lie behind in the middle of August: a campaign of every year has one in January,
too.
"""


class Play(Player):
    def __init__(self, stage, column, campaign):
        services, network = stage
        services = replace(services, active=(services.library.campaigns[campaign],))
        super().__init__(services, network, language=LANGUAGES[column], now="2021-02-20T08:00:00Z")
        self.column = column
        self.past = PAST[campaign]
        self.link = ""

    def hear(self, text):
        super().hear(text.replace("\u202f", " ").replace("\u00a0", " "))
        if found := re.search(r"start=(\S+)", text):
            self.link = found[1]

    def words(self, rest):
        columns = [part.strip() for part in rest.split(" | ")]
        assert len(columns) in (1, 3), f"one or three columns: {rest!r}"
        return (
            columns[self.column % len(columns)]
            .replace("{link}", self.link)
            .replace("{past}", self.past)
        )

    def at_active(self, words):
        self.services = replace(
            self.services,
            active=tuple(self.services.library.campaigns[name] for name in words.split()),
        )
