"""What people answer to calls, at the desk.

===========  ==================================================================
``listed``   what people sent to calls, and surveys of pledge-makers that were answered
``entry``    what somebody sent, with the safeguarding checklist
``survey``   what came of one, with each answer, which staff can delete
===========  ==================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.calls import entry, listed, survey
from bot.web.desk.calls.listed import PATH
from bot.web.desk.pages import DeskPage

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=PATH,
        answer=listed.calls,
        menu="calls",
        needs=StaffRole.APPROVER,
        posted=listed.decided,
        sends=StaffRole.APPROVER,
    ),
    DeskPage(
        path=f"{PATH}/{listed.SENT}/{{number}}",
        answer=entry.entry,
        needs=StaffRole.APPROVER,
        posted=entry.decided,
        sends=StaffRole.APPROVER,
    ),
    DeskPage(
        path=f"{PATH}/{{number}}/{{year}}",
        answer=survey.survey,
        needs=StaffRole.APPROVER,
        posted=survey.removed,
        sends=StaffRole.APPROVER,
    ),
)
"""The pages about calls, by their path below /desk/."""
