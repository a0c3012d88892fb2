"""The effect of giving an official address: its letter goes into the outbox.

The topic has looked whether it may; the job looks once more.
"""

from collections.abc import Mapping

from bot.chat.turn import Performer, Turn
from bot.conversation.pledges.effects import Write
from bot.conversation.words import Effect
from bot.errors import UsageError
from bot.jobs.pledges import officials


def write(turn: Turn, effect: Write) -> None:
    """In the language of who asks for it."""
    person = turn.subscriber
    mine = turn.store.pledges.of_person(person.id) if person else []
    pledge = next((known for known in mine if known.id == effect.pledge), None)
    if person is None or pledge is None:
        raise UsageError(f"this person edits no pledge {effect.pledge}")
    officials.ask(turn.services, pledge, person.id, effect.address, turn.language, turn.now)


PERFORM: Mapping[type[Effect], Performer] = {Write: write}
