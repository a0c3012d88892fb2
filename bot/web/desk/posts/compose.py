"""A post of one's own: its text, picture, channels and days, kept as a draft until it is sent.

A form carries a mark of the draft that it shows. Where that was changed, sent or deleted in another
window meanwhile, what was written is kept as a draft of its own, and nothing is sent.

A picture is kept only once its description is written and the safeguarding checklist stands in no
way; what was answered is part of what is approved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.errors import Missing, OutOfResources, Overtaken, PictureUnfit
from bot.jobs.staff.writing import doubles, pictures, when
from bot.jobs.staff.writing.when import Remark
from bot.model.share import Answer as Said
from bot.model.staff import StaffRole
from bot.model.staff.drafts import MOST, Draft, OwnPicture
from bot.rules import amplification
from bot.text import visible, without_controls
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.drafted import Drafted, mark, remarks
from bot.web.desk.site import done, field, numbered
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
    return _empty(who) if number is None else _found(who, number)


def _empty(who: Colleague) -> Draft:
    campaigns = [each.id for each in who.services.active]
    return Draft(id=0, member=who.member.name, campaign="".join(campaigns[:1]), text="")


def _found(who: Colleague, number: str) -> Draft:
    draft = who.services.store.drafts.find(who.member.name, numbered(number))
    if draft is None:
        raise Missing("you have no such draft; it may have been sent, or deleted")
    return draft


def picture(who: Colleague) -> File:
    """Give the picture of a draft."""
    own = _asked(who).picture
    kept = who.services.store.own_pictures.find(own.digest) if own else None
    if kept is None:
        raise Missing("this draft has no picture")
    return File(content=kept[0], media_type=kept[1])


async def save(who: Colleague, form: Fields) -> Answer:
    """Keep what was written; and send it, or delete it, where that was pressed."""
    way, draft = field(form, "do"), _begun(who, form)
    if way == "delete":
        return _deleted(who, draft)
    written, wrong = await _written(who, draft, form)
    alt = _clean(form, "alt")
    if unkept := _unkept(who, written, wrong):
        return _page(who, replace(written, picture=None), wrong=unkept, alt=alt, status=422)
    written = _kept(who, written)
    if wrong:
        return _page(who, written, wrong=wrong, alt=alt, status=422)
    if not draft.id and "number" in who.parts:
        return done(who, "draft_beside", "compose", str(written.id))
    if way in ("send", "sure"):
        return _sent(who, written, sure=way == "sure")
    return done(who, "draft_kept", "compose", str(written.id))


def _unkept(who: Colleague, written: Draft, wrong: list[Remark]) -> list[Remark]:
    """Return why a new draft is not kept at all; nothing where it is, or where it stands already.

    `wrong` is what is wrong with its picture. Channels alone are not worth keeping.
    """
    if written.id:
        return []
    if len(who.services.store.drafts.all(written.member)) >= MOST:
        return [Remark(key="full", values={"most": MOST})]
    says = written.text or written.picture or written.due or written.again
    return [] if says else wrong or [Remark(key="empty")]


def _begun(who: Colleague, form: Mapping[str, str]) -> Draft:
    """Return the draft that the form shows; without a number where it is new, or another by now."""
    number = numbered(who.parts.get("number", ""))
    draft = who.services.store.drafts.find(who.member.name, number) or _empty(who)
    return draft if mark(draft) == field(form, "mark") else replace(draft, id=0)


def _deleted(who: Colleague, draft: Draft) -> Answer:
    if not draft.id:
        raise Overtaken("this draft has changed meanwhile, or is gone; look at it again")
    store = who.services.store
    store.drafts.drop(draft.member, draft.id)
    store.own_pictures.tidy(epoch(who.now))
    return done(who, "draft_deleted", "compose")


def _kept(who: Colleague, draft: Draft) -> Draft:
    store, moment = who.services.store, epoch(who.now)
    number = store.drafts.put(draft, moment)
    store.own_pictures.tidy(moment)
    kept = store.drafts.find(draft.member, number)
    assert kept is not None  # noqa: S101 - written above
    return kept


def _sent(who: Colleague, draft: Draft, *, sure: bool) -> Answer:
    drafted = Drafted(who, draft)
    wrong = drafted.composed.faults(who.now)
    if wrong or drafted.composed.all_excesses:
        return _page(who, draft, wrong=wrong, status=422)
    near = [] if sure else doubles.pairs(who.services, [*doubles.placed(drafted.composed)])
    if near:
        return _page(who, draft, near=doubles.remarks(near))
    drafted.composed.send(who.by, who.now, asks=not who.may(StaffRole.APPROVER))
    return done(who, "sent", "calendar", month=f"{drafted.first:%Y-%m}")


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
    return visible(without_controls(form.get(name, "").replace("\r\n", "\n")))


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
    except PictureUnfit:
        return "", [Remark(key="picture_unfit")]
    except OutOfResources:
        return "", [Remark(key="picture_later")]
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
    alt: str = "",
    status: int = 200,
) -> Shown:
    values = {
        "form": Drafted(who, draft, typed=alt),
        "wrong": remarks(who, wrong),
        "doubles": remarks(who, near),
    }
    title = who.words["menu"]["compose"]
    return Shown(template="compose.html", title=title, values=values, status=status)
