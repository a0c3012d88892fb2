"""Pledges at the desk: what waits for staff, where each journey stands, and a pledge with all that
staff can decide about it.

=============  ==============================================================
``listed``     what waits, and the board of journeys
``card``       a pledge as it is shown: answers, what changed, accounts, steps
``matching``   makers who might work together
``known``      the pledge that a path names
``one``        a pledge's page, and what is decided there
``message``    writing to those who look after it
``people``     inviting and appointing, where nobody can be reached
=============  ==============================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.pages import DeskPage
from bot.web.desk.pledges import listed, matching, message, one, people
from bot.web.desk.pledges.listed import PATH

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path=PATH, answer=listed.pledges, menu="pledges", needs=StaffRole.APPROVER),
    DeskPage(
        path=matching.PATH,
        answer=matching.matching,
        posted=matching.decided,
        needs=StaffRole.APPROVER,
    ),
    DeskPage(
        path=f"{PATH}/{{number}}",
        answer=one.pledge,
        needs=StaffRole.APPROVER,
        posted=one.decided,
        sends=StaffRole.APPROVER,
        most_bytes=30_000,
    ),
    DeskPage(
        path=f"{PATH}/{{number}}/{message.BELOW}",
        answer=message.message,
        needs=StaffRole.APPROVER,
        posted=message.sent,
        most_bytes=30_000,
    ),
    DeskPage(
        path=f"{PATH}/{{number}}/{people.BELOW}",
        answer=people.editors,
        needs=StaffRole.APPROVER,
        posted=people.changed,
    ),
)
"""The pages about pledges, by their path below /desk/."""
