"""The page behind the link in the letter to who has signed up to the newsletter, or for an event:
it shows what was wished, and its one button confirms it.
"""

from bot.gaps import filled
from bot.jobs.events.saying import key_of
from bot.jobs.newsletter import signups
from bot.model.events import Standing
from bot.model.newsletter import Signup, Wishes
from bot.model.pledge import Outcome
from bot.model.words.web import JoinWords
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def join(asked: Asked) -> Page | None:
    """Show what was wished; on POST confirm it, or delete it where it wasn't theirs.

    None where nobody signed up with this address.
    """
    store, said = asked.services.store, asked.words.join
    signup = store.signups.get(asked.grant.subject)
    if signup is None or signup.person != asked.grant.person:
        return None
    if not signup.waits(epoch(asked.now)) or signup.wishes is None:
        return _over_with(signup, said)
    if asked.posted and asked.form.get("answer") == "no":
        store.signups.close(signup.id, Outcome.REFUSED)
        return Page(title=said.done_title, text=said.refused)
    if signup.wishes.event and signups.event_of(asked.services, signup.wishes, asked.now) is None:
        return Page(title=said.old_title, text=said.event_over)
    if asked.posted and asked.form.get("answer") == "yes":
        return _confirmed(asked, signup, signup.wishes, said)
    return _ask(asked, signup.wishes, said)


def _confirmed(asked: Asked, signup: Signup, wishes: Wishes, said: JoinWords) -> Page | None:
    wanted = signups.event_of(asked.services, wishes, asked.now)
    if not signups.confirm(asked.services, signup, asked.now):
        return None
    text = said.done
    if wanted is not None:
        key = key_of(*wanted)
        guest = asked.services.store.events.guest(key, signup.person)
        waits = guest is not None and guest.standing is Standing.WAITS
        text = said.waits if waits else said.comes
    return Page(title=said.done_title, text=text, over=asked.over())


def _ask(asked: Asked, wishes: Wishes, said: JoinWords) -> Page:
    age = asked.services.settings.chat.age
    calendar = said.named_only if wishes.named_only else said.calendar
    wished = [
        *([filled(calendar, **asked.clock(wishes.minute, wishes.zone))] if wishes.calendar else []),
        *([said.digest] if wishes.digest else []),
        *([filled(said.event, event=_title(asked, wishes))] if wishes.event else []),
    ]
    return Page(
        title=said.title,
        text="\n\n".join([*wished, filled(said.text, age=str(age))]),
        choices=[
            Choice(label=said.button, value="yes", first=True),
            Choice(label=said.not_me, value="no"),
        ],
        over=asked.over(wishes.campaign),
    )


def _title(asked: Asked, wishes: Wishes) -> str:
    campaign = asked.services.library.campaigns.get(wishes.campaign)
    words = asked.services.renderer.words(campaign, asked.language) if campaign else None
    own = words.events.get(wishes.event) if words else None
    return own.title if own else wishes.event


def _over_with(signup: Signup, said: JoinWords) -> Page:
    """Return the page for a sign-up that was answered before, or whose time is over."""
    match signup.outcome:
        case Outcome.CONFIRMED:
            return Page(title=said.done_title, text=said.done)
        case Outcome.REFUSED:
            return Page(title=said.done_title, text=said.refused)
        case _:
            return Page(title=said.old_title, text=said.old)
