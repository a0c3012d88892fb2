"""A question to the makers of a pledge, at the link that is its asker's alone: what is kept, what
became of it, and taking it back.
"""

import json
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.staff.questions import peers
from bot.model.person import Question
from bot.rules.pledges.peers import over
from bot.text import address_form
from bot.times import from_epoch, iso
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import File, Reader, Shown

MINE = "asked"
"""The path of these pages behind the pledges; a secret follows."""


def question(reader: Reader) -> Shown:
    """Show what became of it; 404 for no link of ours."""
    return _page(reader, _there(reader))


def taken_back(reader: Reader, form: Mapping[str, str]) -> Shown:
    """Delete it, where the box is ticked."""
    there, said = _there(reader), reader.words["asking"]
    if not form.get("sure"):
        return _page(reader, there, reader.words["mine"]["tick_first"])
    peers.take_back(reader.services, there.id, reader.now)
    values = {"text": said["deleted"]}
    return Shown(template="message.html", title=said["deleted_title"], indexed=False, values=values)


def export(reader: Reader) -> File:
    """Give all that is kept of it, to who has its link."""
    there = _there(reader)
    told = {
        "at": iso(there.at),
        "text": there.text,
        "address": address_form(there.address),
        "answer": there.answer,
        **({"pledge": there.peer.pledge, "contact": there.peer.contact} if there.peer else {}),
    }
    return File(
        content=json.dumps(told, ensure_ascii=False, indent=2).encode(),
        media_type="application/json; charset=utf-8",
        filename="export.json",
    )


def _there(reader: Reader) -> Question:
    store = reader.services.store
    number = store.peers.opened_by(reader.parts["secret"])
    there = store.inbox.question(number) if number is not None else None
    pledge = store.pledges.get(there.peer.pledge) if there and there.peer else None
    elsewhere = pledge is not None and pledge.campaign != reader.of.id
    if there is None or elsewhere or not reader.takes:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return there


def _day(reader: Reader, at: int) -> date:
    return reader.services.today(from_epoch(at))


def _page(reader: Reader, there: Question, problem: str = "") -> Shown:
    said, peer, ends = reader.words["asking"], there.peer, over(there)
    pledge = reader.services.store.pledges.get(peer.pledge) if peer else None
    # what is not public any more is not named
    if pledge and not reader.services.store.public_pledges.is_public(pledge):
        pledge = None
    name = plain((pledge.approved or {}).get("name", "")) if pledge else ""
    ended = there.told_as.removeprefix("_") if there.answer == "" else "answered"
    standing = "waits" if there.answer is None else ended
    return Shown(
        template="asking_sent.html",
        title=said["yours"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        indexed=False,
        trail=((reader.words["pledges"]["title"], reader.here("pledges")),),
        values={
            "path": reader.here("pledges", MINE, reader.parts["secret"]),
            "question": there,
            # not as a contact is spelled: that would tell who is one
            "address": address_form(there.address),
            "contact": peer.contact if peer else "",
            "asked": name,
            "pledge": reader.here("pledges", str(pledge.id)) if pledge else "",
            "standing": said[standing],
            "over": filled(said["over"], day=reader.day(_day(reader, ends))) if ends else "",
            "notice": said["sent"] if reader.query.get("sent") and not problem else "",
            "problem": problem,
        },
    )
