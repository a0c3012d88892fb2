"""Every page of the desk's menu, and those behind it, with something on each: as axe sees it on a
telephone, and as the Nu Html Checker does.
"""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import house
import orchard
import pytest
from browser import NEEDS_BROWSER, faults, tab
from fakes.base import free_port
from tree import TOP

from bot.config import Safeguarding
from bot.jobs.machines import suggestions, tokens
from bot.jobs.planning import plan
from bot.jobs.staff import clearances, logins
from bot.model import Audience
from bot.model.share import Candidate
from bot.model.staff import Member, StaffRole
from bot.model.staff.clearance import Subject
from bot.model.staff.machines import TokenScope
from bot.times import epoch, from_epoch
from bot.web.desk import PAGES

from .conftest import MEMBERS, NOW

pytestmark = pytest.mark.slow

VNU = Path(os.environ.get("VNU", "vnu.jar"))
ALL = Member(
    name="ada", email="ada@example.org", roles=frozenset({StaffRole.ADMIN, StaffRole.SAFEGUARDING})
)
BEHIND = (
    "reports/1",
    "pledges/1",
    "pledges/1/clear",
    "pledges/1/message",
    "pledges/1/editors",
    "amplify/1",
    "posts/1-1-0",
    "posts/1-1-0/edit",
    "posts/1-1-0/clear",
)
"""Pages that stand in no menu, each with something on it."""


@pytest.fixture
def filled(services):
    """Services with something on each page, and somebody who sees all of them."""
    settings = replace(
        services.settings,
        members=(*MEMBERS, ALL),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
    )
    services = replace(services, settings=settings)
    store = services.store
    plan.run(services, NOW - timedelta(days=1))
    store.inbox.flag(1, "", "KE", "en", "<i>Help</i>", epoch(NOW))
    store.people.add([house.person(1)])
    person = store.people.first(Audience.INDIVIDUAL)
    row = Candidate(
        network="mastodon",
        uri="https://m.example/1",
        post="1",
        url="https://m.example/@acme/1",
        author="acme@m.example",
        pledge=orchard.add_pledge(services, person, name='<b>A "name"'),
        text="We planted <b>",
        media=True,
        posted=from_epoch(1),
        channel=None,
    )
    store.amplify.add([row], 1)
    for member in (ALL, MEMBERS[1]):
        tokens.make(services, member, "<i>", [TokenScope.READ], None, member.actor, NOW)
    suggestions.wording(services, "1-1-0", "A <b> text", "<i>", ALL.actor, NOW)
    suggestions.translation(services, "trees", "deed", "en", "x" * 99, "", ALL.actor, NOW)
    clearances.ask(services, Subject(pledge=row.pledge), 'The <b> "office"', ALL.actor, NOW)
    return services


def paths():
    """The paths of the menu's pages, and those behind them."""
    return [page.path for page in PAGES if page.menu] + list(BEHIND)


def errors(folder):
    """What vnu says of the files in a folder."""
    command = ["java", "-Xmx512m", "-jar", str(VNU), "--errors-only", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()


@NEEDS_BROWSER
async def test_axe_finds_nothing_on_a_telephone(filled):
    filled = replace(filled, settings=replace(filled.settings, web=None))
    port = free_port()
    async with tab(filled, NOW, width=360, port=port) as page:
        origin = f"http://127.0.0.1:{port}"
        await page.goto(logins.link(filled, ALL, ALL.actor, NOW, origin))
        await page.get_by_role("button").press("Enter")
        wrong = {}
        for path in paths():
            answer = await page.goto(f"/desk/{path}")
            assert answer.status == 200, path
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if (found := await faults(page)) or wide:
                wrong[path] = (found, wide)
        assert wrong == {}


def test_no_list_has_a_role_that_takes_its_lines_from_it():
    """What a form says stands in no page that is only looked at."""
    templates = sorted((TOP / "bot" / "web").rglob("*.html"))
    lists = re.compile(r"<(?:ul|ol|dl)[^>]*\srole=")
    assert templates
    assert [path.name for path in templates if lists.search(path.read_text("utf-8"))] == []


@pytest.mark.skipif(
    not (VNU.is_file() and shutil.which("java")), reason="no vnu.jar or no Java on this machine"
)
async def test_vnu_finds_no_error(filled, desk, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    async with desk(filled) as sit:
        seat = await sit("ada")
        for path in (*paths(), "enter"):
            told = await seat.gets(f"/desk/{path}")
            assert told.status == 200, path
            (folder / f"{path.replace('/', '+') or 'today'}.html").write_text(told.text, "utf-8")
    assert errors(folder) == ""
    assert len(list(folder.iterdir())) == len(paths()) + 1
