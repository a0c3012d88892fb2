"""What somebody sent to a call, at the link that is theirs alone: what is kept, what became of it,
and taking it back.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.calls import entries
from bot.model.calls.entry import Entry
from bot.times import iso
from bot.web.public.reader import File, Reader, Shown


def entry(reader: Reader) -> Shown:
    """Show what is kept of it; 404 for no link of ours."""
    return _page(reader, _there(reader))


def taken_back(reader: Reader, form: Mapping[str, str]) -> Shown:
    """Delete it, where the box is ticked."""
    there, said = _there(reader), reader.words["calls"]
    if not form.get("sure"):
        return _page(reader, there, reader.words["mine"]["tick_first"])
    entries.take_back(reader.services, there, reader.now)
    values = {"text": said["deleted"]}
    return Shown(template="message.html", title=said["deleted_title"], indexed=False, values=values)


def export(reader: Reader) -> File:
    """Give all that is kept of it, to who has its link."""
    there = _there(reader)
    told = {**vars(there.sent), "at": iso(there.at), "state": there.state.word}
    return File(
        content=json.dumps(told, ensure_ascii=False, indent=2).encode(),
        media_type="application/json; charset=utf-8",
        filename="export.json",
    )


def _there(reader: Reader) -> Entry:
    there = reader.services.store.entries.opened_by(reader.parts["secret"])
    if there is None or there.sent.campaign != reader.of.id or not reader.takes:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return there


def _page(reader: Reader, there: Entry, problem: str = "") -> Shown:
    words = reader.about(reader.of).calls.get(there.sent.call)
    said = reader.words["calls"]
    return Shown(
        template="call_sent.html",
        title=words.title if words else there.sent.call,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        indexed=False,
        trail=((said["title"], reader.here(entries.PATH)),),
        values={
            "path": reader.here(entries.PATH, entries.MINE, reader.parts["secret"]),
            "entry": there.sent,
            "lines": entries.lines(reader.services, there.sent, reader.language),
            "standing": said["states"][there.state.word],
            "notice": said["sent"] if reader.query.get("sent") and not problem else "",
            "problem": problem,
        },
    )
