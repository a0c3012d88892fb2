"""The queue: what waits for approval, in the order in which it is due."""

from collections.abc import Mapping

from bot.errors import DrumbeatError, Overtaken
from bot.gaps import filled
from bot.jobs.sending import decisions
from bot.jobs.staff import posting, seen
from bot.jobs.staff.scopes import said_language
from bot.languages import behind_comma
from bot.model import DeliveryKey
from bot.model.outbox import Entry
from bot.model.outbox.browsing import Place, place
from bot.rules import planner
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card
from bot.web.desk.refused import Why, why
from bot.web.public.reader import Shown

PAGE = 8
"""Posts of a page; each has its text made anew, and its form carries what stands for it."""

_ALL = 2**31

Became = tuple[str, str, Why | None]
"""The title of a post, what was done about it, and why not."""


def queue(who: Colleague) -> Shown:
    """Show the posts that wait."""
    return _queue(who, [])


def _queue(who: Colleague, became: list[Became]) -> Shown:
    waiting = _waiting(who)
    behind = waiting[PAGE - 1] if len(waiting) > PAGE else None
    values = {
        "cards": [Card(who, entry) for entry in waiting[:PAGE]],
        "after": "-".join(map(str, (behind.due, *behind.key[:2]))) if behind else "",
        "became": became,
        "people": _to_people(who),
    }
    return Shown(template="queue.html", title=who.words["menu"]["queue"], values=values)


def _waiting(who: Colleague) -> list[Entry]:
    """Return the posts of the page that is asked for, and the one behind it."""
    after = place(who.query.get("after", ""))
    keys = _asking(who, after, PAGE + 1)
    return who.services.store.listing.several(keys)


def _asking(who: Colleague, after: Place | None, most: int) -> list[DeliveryKey]:
    now, far = epoch(who.now), epoch(who.now + planner.HORIZON)
    return who.services.store.browsing.asking(now, far, after, most)


def count(who: Colleague) -> int:
    """Return how many posts wait, as far as plans reach."""
    return len(_asking(who, None, _ALL))


def count_words(who: Colleague) -> int:
    """Return how many words to people wait, as far as plans reach."""
    return len(who.services.store.rewordings.waiting(epoch(who.now)))


def _to_people(who: Colleague) -> list[tuple[str, str]]:
    """Return the words to people that wait: what they are called, and their page."""
    lines = list[tuple[str, str]]()
    for number, _, channel, language in who.services.store.rewordings.waiting(epoch(who.now)):
        about = who.services.store.plan.occurrence(number)
        title = posting.title(who.services, about, who.language)
        spoken = said_language(language, who.language)
        path = f"{who.path('prompts', str(number), channel)}?language={language}"
        lines.append((behind_comma(f"{title} – {channel}", spoken, who.language), path))
    return lines


def approve(who: Colleague, form: Mapping[str, str]) -> Shown:
    """Approve the posts that were ticked, as they were shown, and say what became of each."""
    ticked = [(name, mark) for name, mark in form.items() if name.endswith("-0") and mark]
    # all are found before the first is approved, so that what fails has done nothing
    cards = [(Card(who, decisions.find_post(who.services, key)), mark) for key, mark in ticked]
    return _queue(who, [_approved(card, mark) for card, mark in cards])


def _approved(card: Card, mark: str) -> Became:
    return (f"{card.title} – {card.entry.channel}", *_became(card, mark))


def _became(card: Card, mark: str) -> tuple[str, Why | None]:
    who, words = card.who, card.who.words["queue"]
    try:
        seen.let_go(who.services, card.entry.key, mark, who.by, who.now)
    except seen.Changed:
        return str(words["changed"]), None
    except Overtaken:
        fresh = decisions.find_post(who.services, card.key)
        state = who.words["states"][fresh.state.word]
        return filled(who.words["outbox"]["is"], state=state), None
    except DrumbeatError as error:
        known = who.words["post"]["why_not"].get(card.why_not)
        reason = why(who, error) if known is None else Why(text=known, said=True)
        return str(words["not_done"]), reason
    return str(words["approved"]), None
