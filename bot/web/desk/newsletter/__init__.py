"""The letter of a month at the desk: a draft that staff change, and one of them approves."""

from bot.jobs.newsletter.digests import LONGEST
from bot.model.staff import StaffRole
from bot.web.desk.newsletter import digest
from bot.web.desk.pages import DeskPage

_MOST_BYTES = 20 * LONGEST * 4
"""Bytes of the form: the longest texts of several languages, every byte written as %XX."""

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=digest.PATH,
        answer=digest.digest,
        menu="digest",
        posted=digest.changed,
        sends=StaffRole.WRITER,
        most_bytes=_MOST_BYTES,
    ),
    DeskPage(path=f"{digest.PATH}/approve", answer=digest.look, posted=digest.approved),
)
"""The pages, by their path below /desk/."""
