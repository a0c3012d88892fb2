"""Programs at the desk: what lets them act for members of staff, and what they suggest.

===============  ==========================================================
``tokens``       keys by which programs act in one's name
``suggestions``  texts that programs suggest, to be used or dropped
===============  ==========================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.machines import suggestions, tokens
from bot.web.desk.pages import DeskPage

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=suggestions.PATH,
        answer=suggestions.listed,
        menu="suggestions",
        posted=suggestions.decided,
        sends=StaffRole.WRITER,
        most_bytes=2_000,
    ),
    DeskPage(
        path=tokens.PATH,
        answer=tokens.listed,
        menu="tokens",
        posted=tokens.changed,
        sends=StaffRole.READER,
    ),
)
"""The pages, by their path below /desk/, in the order of the menu."""
