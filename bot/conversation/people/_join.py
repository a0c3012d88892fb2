"""What somebody is told about whom nothing is stored yet, and who wants something that needs it:
the way in, in every language we speak.
"""

from bot.conversation.look import View
from bot.conversation.words import Rows, Say, press


def first(view: View) -> Say:
    """Say why, and offer the first of the two taps."""
    return Say(template="start.first", values=view.facts, buttons=languages(view, "i"))


def languages(view: View, payload: str) -> Rows:
    """A button for each language, the one they seem to speak first.

    It carries the deep link's payload through the taps.
    """
    tags = [tag for tag in view.languages if tag == view.language] + [
        tag for tag in view.languages if tag != view.language
    ]
    return tuple(
        (press(view.languages[tag], "start", "lang", tag, payload, literal=True),) for tag in tags
    )
