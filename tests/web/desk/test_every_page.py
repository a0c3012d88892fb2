"""Every page of the desk's menu, and those behind it, with something on each: as axe sees it on a
telephone, and as the Nu Html Checker does.
"""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from browser import NEEDS_BROWSER, faults, tab
from fakes.base import free_port
from tree import TOP

from bot.jobs.staff import logins
from bot.web.desk import PAGES

from .conftest import ALL, NOW

pytestmark = pytest.mark.slow

VNU = Path(os.environ.get("VNU", "vnu.jar"))
BEHIND = (
    "reports/1",
    "pledges/1",
    "pledges/1/clear",
    "pledges/1/message",
    "pledges/1/editors",
    "pledges/matches",
    "amplify/1",
    "inbox/posts/1",
    "posts/1-1-0",
    "posts/1-1-0/edit",
    "posts/1-1-0/clear",
    "posts/1-1-0/hour",
    "prompts/1/telegram",
)
"""Pages that stand in no menu, each with something on it."""


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


def test_each_cell_says_its_column_where_a_table_stands_as_a_list():
    """On a telephone the heads of columns are not seen, and "1" or "–" alone says nothing."""
    found = 0
    for file in sorted((TOP / "bot/web/desk/templates").glob("*.html")):
        for table in re.findall(r'<table class="lines".*?</table>', file.read_text(), re.DOTALL):
            for row in re.findall(r"<tr>.*?</tr>", table.partition("<tbody>")[2], re.DOTALL):
                cells = re.findall(r"<t[dh][^>]*>(?!<form)", row)
                assert "<td>" not in cells[1:], (file.name, row)
                found += len(cells)
    assert found > 20


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
