"""Rights: what is kept and why, all of it as a file, and the end of it."""

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
    """The notice, filled from the settings."""
    return state, (
        Say(
            template="rights.privacy",
            values={**view.facts, **_told(view), "stored": view.people.stored},
            parts=_notice(view),
        ),
    )


def export(state: State, event: Command, view: View) -> Step:
    """Everything that is stored, as JSON.

    Who has not joined may have written that a child is in danger.
    """
    if not view.people.stored:
        return state, (Say(template="rights.nothing_stored"),)
    return state, (
        Document(template="rights.export", name="my-data.json", content=view.people.export()),
    )


def forget(state: State, event: Command, view: View) -> Step:
    """Ask once, and say what becomes of pledges and of a message about a child that is on its
    way.
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
    """Then it is gone; only while the question stands, so that an old button deletes nothing."""
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
"""What may become of pledges, and of a message that is on its way, in the order of telling."""


def _notice(view: View) -> Parts:
    facts, contact, notice = view.facts, view.facts["contact"], view.facts["notice"]
    nothing = paragraph if notice else line
    return (
        line("rights.privacy_controller") if facts["controller"] else None,
        paragraph("rights.privacy_kept"),
        line("rights.privacy_danger") if view.people.safeguarding else None,
        line("rights.privacy_rights"),
        sentence("rights.privacy_contact") if contact else None,
        line("rights.privacy_notice") if notice else None,
        None if view.people.stored else nothing("rights.privacy_nothing"),
    )


def _told(view: View) -> Values:
    """Who reads a message about a child, and for how many days it is kept."""
    name, days = view.people.safeguarding or ("", 0)
    return {"reader": name, "days": days}


def _pledges(view: View) -> dict[str, bool]:
    """What becomes of one's pledges: an individual's goes, an organisation's stays with its other
    editors, or with staff.
    """
    mine = view.pledges.mine if view.person else ()
    kept = [seen for seen in mine if not seen.alone]
    shared = [len(view.pledges.team(seen)) > 1 for seen in kept]
    return {
        "goes": len(kept) < len(mine),
        "with_others": any(shared),
        "with_staff": not all(shared),
    }
