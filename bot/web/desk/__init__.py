"""The secretariat's desk: what staff do in a browser, behind a login without passwords.

A page is a function from a `Colleague` (who is at the desk, and what they ask for) to what it
shows; sessions, roles, forms and headers are the business of `site`. What pages decide goes through
the functions of `bot.jobs`, as in the chat and at the command line, in the name of the same person.

==============  ===================================================================
``colleague``   what a page knows of who is there
``pages``       what a page is: path, role, form
``site``        sessions, roles, tokens of forms, headers; the way in and out
``view``        templates and the menu
``scoped``      what is held, in words
``refused``     why something was not done, in words
``noted``       how a post came to stand as it does, in words
``live``        pages that go on by themselves
``today``       what comes next, and what went out
``posts``       the calendar, each post, and what waits for approval
``broadcasts``  what goes to people of an occurrence on a channel
``machines``    what lets programs act for members of staff, and what they suggest
``clearances``  posts and pledges that are sent for clearance by a link
``others``      what people ask, and posts of pledge-makers before they are passed on
``log``         who did what
``settings``    the settings to be looked at, and what is wrong with the data
``pledges``     what waits for staff, where journeys stand, decisions about a pledge
``countries``   how far countries are that go ahead, and what they report
``events``      what people can come to, and how many do
``newsletter``  the letter that tells of a month
``calls``       what people answer to surveys of pledge-makers
``results``     what people did with posts of ours, a month at a time
``reports``     messages that a child is in danger
``sending``     what is held, and what became of all that was to leave
==============  ===================================================================

To add a page: a function ``(Colleague) -> Shown`` in a file named after it, its template in
``templates/``, its words as a table in each content/<language>/desk.toml, a line in `PAGES`.
"""

from starlette.routing import Route

from bot.jobs.staff.logins import DESK, ENTER
from bot.model.staff import StaffRole
from bot.web.desk import (
    broadcasts,
    calls,
    clearances,
    countries,
    events,
    log,
    machines,
    newsletter,
    others,
    pledges,
    posts,
    reports,
    results,
    sending,
    settings,
    today,
)
from bot.web.desk.pages import DeskPage
from bot.web.desk.site import Desk

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path="", answer=today.today, menu="today", posted=today.resumed),
    *posts.PAGES,
    *broadcasts.PAGES,
    DeskPage(
        path=clearances.PATH,
        answer=clearances.listed,
        menu="clearances",
        posted=clearances.decided,
        sends=clearances.SENDS,
    ),
    *(
        DeskPage(
            path=path,
            answer=clearances.form_of,
            needs=role,
            posted=clearances.send,
            sends=role,
        )
        for path, role in (
            ("posts/{key}/clear", clearances.SENDS),
            ("pledges/{number}/clear", clearances.PLEDGES),
        )
    ),
    DeskPage(
        path=reports.PATH,
        answer=reports.listed,
        needs=StaffRole.SAFEGUARDING,
        menu="reports",
    ),
    DeskPage(
        path=f"{reports.PATH}/{{number}}",
        answer=reports.report,
        needs=StaffRole.SAFEGUARDING,
        posted=reports.taken,
        sends=StaffRole.SAFEGUARDING,
    ),
    *sending.PAGES,
    *pledges.PAGES,
    *countries.PAGES,
    *events.PAGES,
    *calls.PAGES,
    *others.PAGES,
    DeskPage(
        path=results.PATH,
        answer=results.results,
        menu="results",
        posted=results.sent,
        sends=StaffRole.WRITER,
    ),
    DeskPage(path=f"{results.PATH}.pdf", answer=results.file),
    *newsletter.PAGES,
    *machines.PAGES,
    DeskPage(path=settings.PATH, answer=settings.settings, needs=StaffRole.ADMIN, menu="settings"),
    DeskPage(path="log", answer=log.log, needs=StaffRole.ADMIN, menu="log"),
    DeskPage(path="log.csv", answer=log.table, needs=StaffRole.ADMIN),
)
"""The pages, by their path below /desk/, in the order of the menu."""


def routes(desk: Desk, base: str) -> list[Route]:
    """Return the routes of the desk where all its paths begin with `base`."""
    below, both = f"{base}/{DESK}", ["GET", "POST"]
    return [
        Route(f"{below}/enter", desk.enter, methods=both),
        Route(f"{below}/{ENTER}/{{secret}}", desk.come_in, methods=both),
        Route(f"{below}/leave", desk.leave, methods=["POST"]),
        Route(f"{below}/language", desk.speak, methods=["POST"]),
        Route(f"{below}/static/{{name}}", desk.static),
        Route(below, desk.route(PAGES[0])),
        *(Route(f"{below}/{page.path}", desk.route(page), methods=page.methods) for page in PAGES),
        Route(f"{below}/{{rest:path}}", desk.nowhere),
    ]


__all__ = ["PAGES", "Desk", "DeskPage", "routes"]
