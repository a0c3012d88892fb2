"""Countries that go ahead of others, at the desk.

=============  ==================================================================
``listed``     how far each is, what they reported, and asking one for a report
``report``     what a country answered, and whether everybody may see it
=============  ==================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.countries import listed, report
from bot.web.desk.countries.listed import PATH
from bot.web.desk.pages import DeskPage

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=PATH,
        answer=listed.countries,
        menu="countries",
        needs=StaffRole.APPROVER,
        posted=listed.asked,
        sends=StaffRole.APPROVER,
    ),
    DeskPage(
        path=f"{PATH}/{{number}}",
        answer=report.report,
        needs=StaffRole.APPROVER,
        posted=report.decided,
        sends=StaffRole.APPROVER,
    ),
)
"""The pages about countries, by their path below /desk/."""
