"""Announcements to subscribers: written, read as they go out, and sent by a second press.

A form carries what was written, and a mark of what was read: what is another one by then is shown
again before it leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from bot.conversation.staff.common import LONGEST
from bot.gaps import filled
from bot.jobs.sending import holds
from bot.jobs.staff import posting
from bot.jobs.staff.announcing import Announcement, Outlet
from bot.jobs.staff.scopes import said_group, said_language
from bot.jobs.texts import letters
from bot.languages import country_name, naming, said_list
from bot.model import Audience
from bot.model.staff import Whom
from bot.rules.reading import places
from bot.text import visible, without_controls
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Shown

PATH = "announce"

MOST_BYTES = 100_000
"""Bytes of a form: a text in any script, and some more, so that one too long is told its length."""

_SPOKEN = "chat/words"
"""The table that each language has of those in which people hear from us."""

_GROUP = "group-"
"""Begins the name of the field that ticks a stakeholder group, before its id."""

_CHANGE, _ASK, _YES = "change", "send", "yes"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody filled in, as they did; '' for everybody."""

    text: str = ""
    #: word of the only audience
    audience: str = ""
    #: tag of the only language
    language: str = ""
    #: name or code of the only country
    country: str = ""
    #: ids of the only stakeholder groups
    groups: tuple[str, ...] = ()


def announce(who: Colleague) -> Shown:
    """Show an empty form."""
    return _form(who, Written())


def posted(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Show how it would go out; ask once more; or send it, where that was answered."""
    written, way, seen = _written(form), field(form, "do"), field(form, "mark")
    if way == _CHANGE:
        return _form(who, written)
    meant = _meant(who, written)
    if wrong := [*_unknown(who, written), *_unfit(who, meant)] or [*_lost(who, meant)]:
        return _form(who, written, wrong)
    if way in (_ASK, _YES) and seen != meant.mark():
        return _preview(who, written, meant, changed=True)
    if way != _YES:
        return _preview(who, written, meant, sure=way == _ASK)
    meant.send(seen, who.by, who.now)
    return done(who, "announced", PATH)


def _written(form: Mapping[str, str]) -> Written:
    text = without_controls(form.get("text", "").replace("\r\n", "\n")).strip()
    audience, language, country = (
        field(form, name) for name in ("audience", "language", "country")
    )
    ticked = (name for name, value in form.items() if value and name.startswith(_GROUP))
    groups = tuple(sorted(name.removeprefix(_GROUP) for name in ticked))
    return Written(text=text, audience=audience, language=language, country=country, groups=groups)


def _meant(who: Colleague, written: Written) -> Announcement:
    audiences = tuple(each for each in Audience if written.audience in ("", each.word))
    country = _country(who, written)
    whom = Whom(
        audiences=audiences, language=written.language, country=country, groups=written.groups
    )
    return Announcement(who.services, written.text, whom)


def _country(who: Colleague, written: Written) -> str:
    known = naming(who.language).territories
    return places.country(written.country, known) if written.country else ""


def _languages(who: Colleague) -> list[str]:
    return sorted(who.services.renderer.tags(_SPOKEN).values())


# what is wrong with it


def _unknown(who: Colleague, written: Written) -> Iterator[str]:
    """Yield a sentence for each part of whom it is for that is not there: what nobody knows must
    never mean everybody.
    """
    words = who.words["announce"]["wrong"]
    known = [each.word for each in Audience]
    gone = written.audience not in ("", *known) or written.language not in ("", *_languages(who))
    if gone or not set(written.groups) <= set(holds.groups(who.services)):
        yield words["gone"]
    if written.country and not _country(who, written):
        yield words["no_country"]


def _unfit(who: Colleague, meant: Announcement) -> Iterator[str]:
    words, length = who.words["announce"]["wrong"], len(meant.text)
    if not visible(meant.text):
        yield words["empty"]
    if length > LONGEST:
        yield filled(words["too_long"], count=who.number(length), most=who.number(LONGEST))


def _lost(who: Colleague, meant: Announcement) -> Iterator[str]:
    """Yield a sentence for each reason why it would not arrive."""
    words = who.words["announce"]["wrong"]
    if not meant.count:
        yield words["nobody"]
    for outlet in meant.outlets:
        for over in outlet.over if outlet.count else ():
            count, most = who.number(over.count), who.number(over.most)
            yield filled(words["over"], channel=outlet.channel, count=count, most=most)


# how it is shown


def _form(who: Colleague, written: Written, wrong: list[str] | None = None) -> Shown:
    values = {
        "written": written,
        "wrong": wrong or [],
        "audiences": [each.word for each in Audience],
        "spoken": [(tag, said_language(tag, who.language)) for tag in _languages(who)],
        "groups": [(each, _called(who, each)) for each in holds.groups(who.services)],
        "preview": None,
        "ways": said_list(_ways(who), who.language),
    }
    return _shown(who, values, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


def _ways(who: Colleague) -> list[str]:
    """Return how people hear from us here, without what there is not."""
    ways = who.words["announce"]["ways"]
    there = {letters.kind(each.network) or each.network for each in posting.reached(who.services)}
    known = [said for kind, said in ways.items() if kind in there]
    return known + sorted(who.network(each) for each in there - ways.keys())


def _preview(
    who: Colleague,
    written: Written,
    meant: Announcement,
    *,
    sure: bool = False,
    changed: bool = False,
) -> Shown:
    preview = {
        "mark": meant.mark(),
        "count": who.number(meant.count),
        "whom": _whom(who, meant, written.audience),
        "outlets": [_outlet(who, each) for each in meant.outlets if each.count],
        "before": _before(who, meant),
        "sure": sure,
        "changed": changed,
    }
    values = {"written": written, "wrong": [], "preview": preview}
    return _shown(who, values, HTTPStatus.CONFLICT if changed else HTTPStatus.OK)


def _shown(who: Colleague, values: dict[str, object], status: int) -> Shown:
    title = who.words["menu"]["announce"]
    return Shown(template="announce.html", title=title, values=values, status=status)


def _whom(who: Colleague, meant: Announcement, audience: str) -> str:
    parts = (
        who.words["announce"]["audiences"][audience or "everybody"],
        said_language(meant.whom.language, who.language) if meant.whom.language else "",
        country_name(meant.whom.country, who.language) if meant.whom.country else "",
        _only(who, [_called(who, each) for each in meant.whom.groups]),
    )
    return " · ".join(filter(None, parts))


def _only(who: Colleague, groups: list[str]) -> str:
    words, named = who.words["announce"], said_list(groups, who.language)
    return filled(words["only_groups"], groups=named) if groups else ""


def _called(who: Colleague, group: str) -> str:
    return said_group(who.services, group, who.language)


def _outlet(who: Colleague, outlet: Outlet) -> dict[str, str]:
    count = who.number(outlet.count)
    said = filled(who.words["announce"]["on"], channel=outlet.channel, count=count)
    return {"title": said, "subject": outlet.subject, "text": outlet.text}


def _before(who: Colleague, meant: Announcement) -> str:
    own = meant.before()
    if own is None:
        return ""
    values = {"at": who.instant(own.at), "name": who.name_of(own.by)}
    return filled(who.words["announce"]["before"], **values)
