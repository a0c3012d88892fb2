"""Texts that programs suggest: kept for staff, who look at each and use it or drop it.

A wording that somebody uses is theirs from then on, so that somebody else approves it.
"""

from datetime import datetime

from bot.jobs.campaigns.calendar import language_of
from bot.jobs.machines.declined import Declined, Why
from bot.jobs.machines.posts import check_text, find
from bot.jobs.services import Services
from bot.jobs.staff import posting, seen
from bot.model.outbox import WRITABLE
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.staff.machines import Suggestion, SuggestionEnd, SuggestionKind
from bot.names import pick
from bot.times import epoch

MOST = 200
"""Suggestions that may wait for staff at a time."""

LONGEST = 500
"""Most characters of the words that say why."""

LONGEST_TEXT = 20_000
"""Most characters of a text that is suggested."""


def wording(services: Services, post: str, text: str, why: str, by: Actor, now: datetime) -> int:
    """Suggest another text for a post that has not left, and return the suggestion's number.

    Raises `Declined` for a post that has left or is none, and for a text that does not fit it.
    """
    entry = find(services, post)
    if entry.state not in WRITABLE or entry.expires <= epoch(now):
        raise Declined(Why.OVER, f"its text can't be changed any more, it is {entry.state.word}")
    if faults := posting.unfit(services, entry, text):
        raise Declined(Why.UNFIT, f"text: {'; '.join(map(str, faults))}")
    return _keep(
        services,
        Suggestion(
            id=0,
            kind=SuggestionKind.WORDING,
            by=by,
            campaign=entry.campaign,
            action=entry.action,
            language="",
            post=entry.key,
            text=text,
            why=why,
            at=epoch(now),
        ),
    )


def translation(
    services: Services,
    campaign: str,
    action: str,
    language: str,
    text: str,
    why: str,
    by: Actor,
    now: datetime,
) -> int:
    """Suggest a text of an action in one of its campaign's languages, and return the suggestion's
    number.

    Raises `UsageError` for a campaign, an action or a language that there is not, and `Declined`
    for what is no text.
    """
    of = services.library.campaign(campaign)
    pick(action, [each.id for each in of.actions], f"action of {of.id}")
    return _keep(
        services,
        Suggestion(
            id=0,
            kind=SuggestionKind.TRANSLATION,
            by=by,
            campaign=of.id,
            action=action,
            language=language_of(of, language),
            post=None,
            text=text,
            why=why,
            at=epoch(now),
        ),
    )


def _keep(services: Services, suggestion: Suggestion) -> int:
    store = services.store
    check_text(suggestion.text)
    if len(suggestion.text) > LONGEST_TEXT or len(suggestion.why) > LONGEST:
        raise Declined(
            Why.UNFIT, f"give at most {LONGEST_TEXT} characters of text, and {LONGEST} of why"
        )
    with store.transaction():
        if store.suggestions.waiting()[0] >= MOST:
            raise Declined(
                Why.OVER, f"staff have {MOST} suggestions to look at: wait until they have done so"
            )
        number = store.suggestions.add(suggestion)
        store.audit.note(suggestion.by, Verb.SUGGESTED, suggestion.at, number)
    return number


def use(services: Services, number: int, mark: str, by: Actor, now: datetime) -> None:
    """Give the post of a wording this text, in the name of who uses it; of a translation note that
    somebody has taken it over.

    Raises `Declined` where it was decided about already, `seen.Changed` where the post's text is
    not the one that `mark` stands for any more, and whatever `posting.rewrite` raises.
    """
    with services.store.transaction():
        suggestion = _open(services, number)
        if suggestion.post is not None:
            seen.rewrite(services, suggestion.post, suggestion.text, mark, by, now)
        _end(services, number, SuggestionEnd.USED, Verb.SUGGESTION_USED, by, now)


def drop(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Drop a suggestion; raises `Declined` where it was decided about already."""
    with services.store.transaction():
        _open(services, number)
        _end(services, number, SuggestionEnd.DROPPED, Verb.SUGGESTION_DROPPED, by, now)


def _open(services: Services, number: int) -> Suggestion:
    suggestion = services.store.suggestions.find(number)
    if suggestion is None:
        raise Declined(Why.OVER, f"suggestion {number}: somebody has decided about it already")
    return suggestion


def _end(
    services: Services, number: int, became: SuggestionEnd, verb: Verb, by: Actor, now: datetime
) -> None:
    services.store.suggestions.end(number, became)
    services.store.audit.note(by, verb, epoch(now), number)
