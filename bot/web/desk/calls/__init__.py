"""What people answer to calls, at the desk.

===========  ==================================================================
``listed``   the surveys of pledge-makers that were answered
``survey``   what came of one, with each answer, which staff can delete
===========  ==================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.calls import listed, survey
from bot.web.desk.calls.listed import PATH
from bot.web.desk.pages import DeskPage

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path=PATH, answer=listed.calls, menu="calls", needs=StaffRole.APPROVER),
    DeskPage(
        path=f"{PATH}/{{number}}/{{year}}",
        answer=survey.survey,
        needs=StaffRole.APPROVER,
        posted=survey.removed,
        sends=StaffRole.APPROVER,
    ),
)
"""The pages about calls, by their path below /desk/."""
