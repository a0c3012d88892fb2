"""The letter that asks whether somebody has signed up to the newsletter, or for an event."""

from bot.errors import RenderError
from bot.jobs.texts import letters
from bot.model.pledge import LETTER_DAYS, Outcome
from bot.render.letter import Draft
from bot.rules.tokens import Purpose


def join(envelope: letters.Envelope) -> Draft:
    """Write the letter by which somebody confirms that they signed up. Nothing that they typed
    stands in it: anybody can give anybody's address.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    number = envelope.occurrence.slot
    signup = envelope.services.store.signups.get(number)
    if signup is None or signup.outcome is not Outcome.OPEN:
        raise RenderError(f"the sign-up {number} from a page is over; cancel its letter")
    yes = envelope.link(Purpose.JOIN, number)
    event = signup.wishes.event if signup.wishes else ""
    if event:
        words = envelope.services.renderer.words(envelope.campaign, envelope.row.language)
        title = words.events[event].title if event in words.events else event
        return letters.asking(envelope, "event", "body", yes, days=LETTER_DAYS, event=title)
    return letters.asking(envelope, "newsletter", "body", yes, days=LETTER_DAYS)
