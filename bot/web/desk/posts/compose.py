"""A post of one's own: its text, picture, channels and days, kept as a draft until it is sent.

A picture is kept only once its description is written and the safeguarding checklist stands in no
way; what was answered is part of what is approved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.errors import OutOfResources, PictureUnfit, UsageError
from bot.jobs.staff.writing import pictures, when
from bot.jobs.staff.writing.composed import Composed
from bot.jobs.staff.writing.doubles import doubles, placed
from bot.jobs.staff.writing.when import Remark
from bot.model import Channel
from bot.model.share import Answer as Said
from bot.model.staff import StaffRole
from bot.model.staff.drafts import MOST, Draft, OwnPicture
from bot.rules import amplification
from bot.text import filled, without_controls
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import cards
from bot.web.desk.site import done, field
from bot.web.forms import Fields
from bot.web.public.reader import Answer, File, Shown

MOST_BYTES = pictures.MOST_BYTES + 200_000
"""Bytes of a form with its picture."""

_AGAIN = ("every", "until", "but", "dates")
_MOST_DAYS = 2_000
"""Characters of a field for days."""

_ON = "on-"
"""Begins the name of the field of a channel."""


def compose(who: Colleague) -> Shown:
    """Show an empty form, or a draft."""
    return _page(who, _asked(who))


def _asked(who: Colleague) -> Draft:
    number = who.parts.get("number")
    if number is None:
        active = who.services.active
        return Draft(id=0, member=who.member.name, campaign=active[0].id if active else "", text="")
    known = number.isascii() and number.isdecimal() and len(number) < 10  # noqa: PLR2004
    draft = who.services.store.drafts.find(who.member.name, int(number)) if known else None
    if draft is None:
        raise UsageError("you have no such draft; it may have been sent, or deleted")
    return draft


def picture(who: Colleague) -> File:
    """Give the picture of a draft."""
    own = _asked(who).picture
    kept = who.services.store.own_pictures.find(own.digest) if own else None
    if kept is None:
        raise UsageError("this draft has no picture")
    return File(content=kept[0], media_type=kept[1])


async def save(who: Colleague, form: Fields) -> Answer:
    """Keep what was written; and send it, or delete it, where that was pressed."""
    draft, way, store = _asked(who), field(form, "do"), who.services.store
    if way == "delete":
        store.drafts.drop(draft.member, draft.id)
        store.own_pictures.tidy(epoch(who.now))
        return done(who, "draft_deleted", "compose")
    if not draft.id and len(store.drafts.all(draft.member)) >= MOST:
        raise UsageError(f"you have {MOST} drafts, which is the most: send or delete one first")
    written, wrong = await _written(who, draft, form)
    written = _kept(who, written)
    if wrong:
        return _page(who, written, wrong=wrong, status=422)
    if way in ("send", "sure"):
        return _sent(who, written, sure=way == "sure")
    return done(who, "draft_kept", "compose", str(written.id))


def _kept(who: Colleague, draft: Draft) -> Draft:
    store, moment = who.services.store, epoch(who.now)
    number = store.drafts.put(draft, moment)
    store.own_pictures.tidy(moment)
    kept = store.drafts.find(draft.member, number)
    assert kept is not None  # noqa: S101 - written above
    return kept


def _sent(who: Colleague, draft: Draft, *, sure: bool) -> Answer:
    composed = Composed(who.services, draft)
    wrong = composed.faults(who.now)
    if wrong or composed.all_excesses:
        return _page(who, draft, wrong=wrong, status=422)
    near = [] if sure else doubles(who.services, [*placed(composed)])
    if near:
        return _page(who, draft, near=near)
    composed.send(who.by, who.now, asks=not who.may(StaffRole.APPROVER))
    return done(who, "sent", "calendar", month=f"{who.local(composed.dues[0]):%Y-%m}")


# what was written


async def _written(who: Colleague, draft: Draft, form: Fields) -> tuple[Draft, list[Remark]]:
    """Return the draft with what the form has, and what is wrong with its picture."""
    own, wrong = await _picture(who, draft.picture, form)
    written = replace(
        draft,
        campaign=_campaign(who, form) or draft.campaign,
        text=_clean(form, "text"),
        channels=tuple(name for name in who.services.settings.channels if form.get(f"{_ON}{name}")),
        due=when.formed(when.local(field(form, "due"))),
        again={name: _clean(form, name)[:_MOST_DAYS] for name in _AGAIN if field(form, name)},
        picture=own,
    )
    return written, wrong


def _campaign(who: Colleague, form: Mapping[str, str]) -> str:
    return next((each.id for each in who.services.active if each.id == form.get("campaign")), "")


def _clean(form: Mapping[str, str], name: str) -> str:
    return without_controls(form.get(name, "").replace("\r\n", "\n")).strip()


async def _picture(
    who: Colleague, own: OwnPicture | None, form: Fields
) -> tuple[OwnPicture | None, list[Remark]]:
    """Return the picture with what is said of it; None, and why, where it may not be kept."""
    data = form.files.get("picture")
    if form.get("without") or (data is None and own is None):
        return None, []
    answers, alt = _answers(form), _clean(form, "alt")
    if blocks := [*amplification.stands_in_the_way(answers), *([] if alt else ["alt"])]:
        return None, [Remark(key=f"picture_{name}") for name in blocks]
    digest, wrong = (
        await _digest(who, data) if data is not None or own is None else (own.digest, [])
    )
    if not digest:
        return None, wrong
    return OwnPicture(digest=digest, alt=alt, vouched=amplification.vouched(answers)), []


async def _digest(who: Colleague, data: bytes | None) -> tuple[str, list[Remark]]:
    """Return the hash under which a picture that was sent is kept; '' and why, where it is not."""
    try:
        made = await pictures.clean(data or b"")
    except (PictureUnfit, OutOfResources) as error:
        return "", [Remark(key="picture_unfit", values={"why": error})]
    return who.services.store.own_pictures.keep(made), []


def _answers(form: Mapping[str, str]) -> dict[str, Said]:
    known = {said.value: said for said in Said}
    return {
        name: known[form[name]] for name in amplification.OWN_PICTURE if form.get(name) in known
    }


# how it is shown


def _page(
    who: Colleague,
    draft: Draft,
    *,
    wrong: Iterable[Remark] = (),
    near: Iterable[Remark] = (),
    status: int = 200,
) -> Shown:
    composed = Composed(who.services, draft)
    values = {
        **_offered(who, draft),
        "draft": draft,
        "said": cards.said(draft.picture.vouched) if draft.picture else {},
        "shown": [_preview(who, composed, channel) for channel in composed.channels],
        "dues": [who.instant(due) for due in composed.dues],
        "wrong": remarks(who, wrong),
        "doubles": remarks(who, near),
    }
    title = who.words["menu"]["compose"]
    return Shown(template="compose.html", title=title, values=values, status=status)


def _offered(who: Colleague, draft: Draft) -> dict[str, object]:
    services, number = who.services, str(draft.id)
    words = services.renderer.words
    return {
        "action": who.path("compose", number) if draft.id else who.path("compose"),
        "picture": who.path("compose", number, "picture") if draft.picture else "",
        "campaigns": [(each.id, words(each, who.language).title) for each in services.active],
        "channels": [name for name, each in services.settings.channels.items() if each.posts],
        "drafts": [each for each in services.store.drafts.all(draft.member) if each.id != draft.id],
        "zone": services.settings.zone,
    }


def remarks(who: Colleague, given: Iterable[Remark]) -> list[str]:
    """Return a sentence for each of these."""
    words = who.words["compose"]["wrong"]
    return [filled(words[each.key], **_values(who, each)) for each in given]


def _values(who: Colleague, remark: Remark) -> dict[str, object]:
    values = dict(remark.values)
    if isinstance(at := values.get("at"), int):
        values["at"] = who.instant(at)
    return values


def _preview(who: Colleague, composed: Composed, channel: Channel) -> dict[str, object]:
    """Return what a channel would show, with what is too long there."""
    return {
        "channel": channel.name,
        "parts": cards.parts(who, channel.name, composed.posts),
        "over": cards.excesses(who, composed.excesses(channel)),
    }
