"""Rights: what is kept and why, all of it as a file, and the end of it."""

from bot.conversation._view import View
from bot.conversation.base import IDLE, Answer, Command, Document, Edit, Event, Forget, Offer, Pressed, Say, State, Turn, press


def privacy(state: State, event: Event, view: View) -> Turn:
    """The notice, filled from the settings."""
    return state, (Say(template="rights.privacy", values={**view.facts, "subscribed": view.person is not None}),)


def export(state: State, event: Command, view: View) -> Turn:
    """Everything that is stored, as JSON."""
    if view.person is None:
        return state, (Say(template="rights.nothing_stored"),)
    return state, (Document(template="rights.export", name="my-data.json", content=view.export()),)


def forget(state: State, event: Command, view: View) -> Turn:
    """Ask once."""
    if view.person is None:
        return IDLE, (Say(template="rights.nothing_stored"),)
    buttons = ((press("forget_yes", "rights", "yes"),), (press("forget_no", "rights", "no"),))
    return State(topic="rights", step="forget"), (Say(template="rights.forget", buttons=buttons),)


def forget_yes(state: State, event: Pressed, view: View) -> Turn:
    """Then it is gone; only while the question stands, so that an old button deletes nothing."""
    if view.person is None or (state.topic, state.step) != ("rights", "forget"):
        return state, (Answer(template="help.stale"),)
    return IDLE, (Edit(template="rights.forgotten"), Forget())


def forget_no(state: State, event: Pressed, view: View) -> Turn:
    """Everything stays."""
    if (state.topic, state.step) != ("rights", "forget"):
        return state, (Answer(template="help.stale"),)
    return IDLE, (Edit(template="rights.kept"),)


COMMANDS = (
    Offer(name="privacy", handler=privacy, group=True),
    Offer(name="export", handler=export),
    Offer(name="forget", handler=forget),
)
PRESSES = {"privacy": privacy, "yes": forget_yes, "no": forget_no}
