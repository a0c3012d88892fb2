"""Plays the conversations of pledge-makers and of staff about pledges (see `player`).

``{link}`` is the last part of the last invitation.
"""

import re
from dataclasses import replace

from player import Player


class Play(Player):
    def __init__(self, stage, language, campaign):
        services, network = stage
        services = replace(services, active=(services.library.campaigns[campaign],))
        super().__init__(services, network, language=language, now="2021-02-20T08:00:00Z")
        self.link = ""

    def hear(self, text):
        super().hear(text)
        if invited := re.search(r"start=(\S+)", text):
            self.link = invited[1]

    def words(self, rest):
        return rest.replace("{link}", self.link)

    def at_active(self, words):
        self.services = replace(
            self.services,
            active=tuple(self.services.library.campaigns[name] for name in words.split()),
        )
