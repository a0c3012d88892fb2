"""The letters of one made-up organisation in a terminal, as they come by e-mail or into a room:
subject or title, and text.

Nobody answers a letter in a chat: its links lead to pages, which only the running bot serves.
"""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from bot.chat.terminal import Network as Screen
from bot.chat.terminal import Write, due
from bot.jobs.services import Services
from bot.jobs.texts.letters import MAIL, kind
from bot.jobs.ticks import TICKS
from bot.model import Audience, Message
from bot.model.person import NewContact, NewPerson
from bot.times import epoch

_MINUTE = 9 * 60
_ORGANISATION = "ACME"


class Network(Screen):
    """Stands for a network of letters, and keeps what comes until it is shown."""

    BUTTONS: ClassVar[bool] = False


class Letterbox:
    """What comes for the organisation with this number, which has agreed to get letters.

    `clock` gives the instant, `write` shows a text.
    """

    def __init__(
        self,
        services: Services,
        network: Network,
        *,
        user: int,
        language: str | None,
        clock: Callable[[], datetime],
        write: Write,
    ) -> None:
        self._services = services
        self._network = network
        self._clock = clock
        self._write = write
        self._mail = kind(network.channel.network) == MAIL
        self._address = f"organisation{user}@acme.example" if self._mail else f"room-{user}"
        self._person = self._known(language or network.channel.language)

    async def line(self, line: str) -> None:
        """Say that nothing can be answered here, and show what has come meanwhile."""
        if line.strip():
            self._write("(a letter is answered by its links: the running bot serves their pages)\n")
        await self.fire()

    async def fire(self) -> None:
        """Show all that is due at this instant."""
        now = self._clock()
        for tick in TICKS:
            if tick.terminal:
                await tick.do(self._services, now)
        for message in await due(self._services, self._network, now, lambda: self._person):
            self._write(self._shown(message) + "\n")

    def _known(self, language: str) -> int:
        """Return the organisation's number; at its first time it is put on the list."""
        channel, now = self._network.channel, epoch(self._clock())
        number = self._services.channel_ids[channel.name]
        store = self._services.store
        person = NewPerson(
            channel=number,
            address=self._address,
            audience=Audience.ORGANIZATION,
            language=language,
            country=None,
            zone=self._services.settings.zone,
            minute=_MINUTE,
            joined=now,
        )
        known = store.people.find(number, self._address)
        if known is not None:
            return known
        day = self._clock().date().isoformat()
        contact = NewContact(
            person=person,
            organisation=_ORGANISATION,
            stakeholder="",
            consent_source="drumbeat chat",
            consent_date=day,
        )
        store.contacts.add([contact], channel.name, now)
        made = store.people.find(number, self._address)
        assert made is not None  # noqa: S101 - it was added in the line above
        return made

    def _shown(self, message: Message) -> str:
        letter = message.letter
        lines = [f"To: {self._address}"]
        if letter is not None and self._mail:
            lines = [f"From: {letter.sender}", *lines, f"Subject: {letter.subject}"]
        elif letter is not None:
            lines.append(f"Title: {letter.subject}")
        return "\n".join([*lines, "", message.body.whole])
