"""What others posted and what people ask, at the desk.

=============  ===================================================================
``amplify``    posts and links of pledge-makers, before they are passed on
``inbox``      questions from the chat, and posts with the hashtag that ask
``checklist``  the safeguarding checklist as a form, which both have
=============  ===================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.others import amplify, inbox
from bot.web.desk.pages import DeskPage

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=inbox.PATH,
        answer=inbox.inbox,
        menu="inbox",
        needs=StaffRole.WRITER,
        posted=inbox.answered,
        sends=StaffRole.WRITER,
    ),
    DeskPage(
        path=f"{inbox.POSTS}/{{number}}",
        answer=inbox.post,
        posted=inbox.decided,
        needs=StaffRole.WRITER,
        sends=StaffRole.WRITER,
    ),
    DeskPage(path=amplify.PATH, answer=amplify.listed, menu="amplify", needs=StaffRole.APPROVER),
    DeskPage(
        path=f"{amplify.PATH}/{{number}}",
        answer=amplify.review,
        posted=amplify.decided,
        needs=StaffRole.APPROVER,
    ),
)
"""The pages about others' posts and questions, by their path below /desk/."""
