"""People's rights: to read what is kept and why, to have it as a file, and to have it deleted."""

from bot.conversation.look import View
from bot.conversation.people.effects import Forget
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    IDLE,
    Command,
    Document,
    Edit,
    Event,
    Parts,
    Pressed,
    Say,
    State,
    Step,
    Values,
    line,
    paragraph,
    press,
    sentence,
    stale,
)


def privacy(state: State, event: Event, view: View) -> Step:
    """Say the notice on privacy, filled in from the settings."""
    return state, (
        Say(
            template="rights.privacy",
            values={**view.facts, **_told(view), "stored": view.people.stored},
            parts=_notice(view),
        ),
    )


def export(state: State, event: Command, view: View) -> Step:
    """Give everything that is stored about this chat as JSON.

    Something may be stored of people who have not joined too, such as that a child is in danger.
    """
    if not view.people.stored:
        return state, (Say(template="rights.nothing_stored"),)
    return state, (
        Document(template="rights.export", name="my-data.json", content=view.people.export()),
    )


def forget(state: State, event: Command, view: View) -> Step:
    """Ask whether all shall be deleted.

    Say what becomes of pledges then, and of a message about a child that is on its way.
    """
    if not view.people.stored:
        return IDLE, (Say(template="rights.nothing_stored"),)
    buttons = ((press("forget_yes", "rights", "yes"),), (press("forget_no", "rights", "no"),))
    values = {
        **_told(view),
        **_pledges(view),
        "joined": view.person is not None,
        "untold": view.people.untold,
    }
    return State(topic="rights", step="forget"), (
        Say(
            template="rights.forget",
            values=values,
            parts=(
                line("rights.forget_all" if view.person else "rights.forget_written"),
                *(paragraph(f"rights.forget_{fate}") for fate in _FATES if values[fate]),
            ),
            buttons=buttons,
        ),
    )


def forget_yes(state: State, event: Pressed, view: View) -> Step:
    """Delete everything, while the question stands: an old button deletes nothing."""
    if not view.people.stored or not state.is_at("rights", "forget"):
        return stale(state)
    return IDLE, (
        Edit(
            template=f"rights.forgotten_{'untold' if view.people.untold else 'all'}",
            values={**_told(view), "untold": view.people.untold},
        ),
        Forget(),
    )


@only_at("rights", "forget")
def forget_no(state: State, event: Pressed, view: View) -> Step:
    """Keep everything: the question about forgetting was answered with no."""
    return IDLE, (Edit(template="rights.kept"),)


TOPIC = Topic(
    name="rights",
    commands=(
        Offer(name="privacy", handler=privacy, group=True),
        Offer(name="export", handler=export),
        Offer(name="forget", handler=forget),
    ),
    presses={"privacy": privacy, "yes": forget_yes, "no": forget_no},
)


_FATES = ("goes", "with_others", "with_staff", "untold")
"""What may become of pledges, and of a message that is on its way, in the order of the text."""


def _notice(view: View) -> Parts:
    facts, contact, notice = view.facts, view.facts["contact"], view.facts["notice"]
    nothing = paragraph if notice else line
    return (
        line("rights.privacy_controller") if facts["controller"] else None,
        paragraph("rights.privacy_kept"),
        *_of_child(view),
        line("rights.privacy_rights"),
        sentence("rights.privacy_contact") if contact else None,
        line("rights.privacy_notice") if notice else None,
        None if view.people.stored else nothing("rights.privacy_nothing"),
    )


def _of_child(view: View) -> Parts:
    opened = "rights.privacy_danger_opened"
    if view.people.safeguarding is None:
        return (line(opened),)
    return (line("rights.privacy_danger"), sentence(opened))


def _told(view: View) -> Values:
    """Return who reads a message about a child, and for how many days it is kept, as values."""
    name, days = view.people.safeguarding or ("", 0)
    return {"reader": name, "days": days}


def _pledges(view: View) -> dict[str, bool]:
    """Return what would become of the person's pledges, as values of the text.

    An individual's is deleted; an organisation's stays with its other editors, or with staff.
    """
    mine = view.pledges.mine if view.person else ()
    kept = [seen for seen in mine if not seen.alone]
    shared = [len(view.pledges.team(seen)) > 1 for seen in kept]
    return {
        "goes": len(kept) < len(mine),
        "with_others": any(shared),
        "with_staff": not all(shared),
    }
