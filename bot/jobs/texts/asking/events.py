"""The letter that tells of an event to who signed up for it."""

from dataclasses import replace

from bot.jobs.texts import events, letters
from bot.model.subject import OfEvent
from bot.render.letter import Draft
from bot.rules.tokens import Purpose


def told(envelope: letters.Envelope) -> Draft:
    """Write the letter under the title of the event, with the link by which its reader leaves it,
    or says that they were there.
    """
    assert isinstance(envelope.occurrence.subject, OfEvent)  # noqa: S101 - it stands in its line
    number = envelope.occurrence.subject.number
    note = envelope.services.store.events.noted(number)
    letter = letters.linked(envelope, event=envelope.link(Purpose.EVENT, number))
    if note is None:
        return letter
    return replace(letter, subject=events.title(envelope.services, note.key, envelope.row.language))
