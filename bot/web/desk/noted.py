"""How a post came to stand as it does, in words."""

from bot.gaps import filled
from bot.model.outbox import Entry
from bot.model.outbox.notes import read
from bot.model.staff import Actor
from bot.web.desk.colleague import Colleague


def noted(who: Colleague, entry: Entry) -> tuple[str, str]:
    """Return what is noted of a post: a sentence in the reader's language where it is our own word,
    else what its network said, as it came; each '' without any.
    """
    if not entry.error:
        return "", ""
    if entry.error == who.services.dry.get(entry.channel):
        return filled(who.words["post"]["dry"], channel=entry.channel), ""
    ours = read(entry.error)
    if ours is None:
        return "", entry.error
    note, values = ours
    by, state = Actor(values.get("by", "")), values.get("state", "")
    said = who.words["notes"][note.value]
    return filled(said, by=who.name_of(by), state=who.words["states"].get(state, state)), ""
