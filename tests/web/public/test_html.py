"""Every page in every language as the Nu Html Checker (vnu) sees it, which W3C's validator is.

It needs Java and vnu.jar, which the environment's VNU names (`.ci/run` brings both); without them
the check is skipped.
"""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pledging.filling import fill
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, publish, publishing
from tree import TOP, walked

from bot.jobs.people import joining
from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.counting import Sample
from bot.model.pledge import NewPledge, PledgeState, Proposed
from bot.web.visit import COOKIE

VNU = Path(os.environ.get("VNU", "vnu.jar"))
OCTOBER = datetime(2021, 10, 3, 10, tzinfo=UTC)
"""When the scale-up questionnaire is open."""

WORLD_DAY = datetime(2021, 6, 12, 10, tzinfo=UTC)
pytestmark = pytest.mark.slow
checked = pytest.mark.skipif(
    not (VNU.is_file() and shutil.which("java")), reason="no vnu.jar or no Java on this machine"
)


@pytest.fixture
def services(tmp_path):
    """Both campaigns with something on each of their pages, and Arabic letters from right to left."""
    folder = tmp_path / "arabic" / "content" / "ar"
    folder.mkdir(parents=True)
    shutil.copy(shipped_root() / "content" / "en" / "public.toml", folder)
    library, problems = read([tmp_path / "arabic", shipped_root()])
    assert problems == []
    with publishing(tmp_path, library) as made:
        joining.remember(made.store, "campaign_bot")
        number = publish(
            made, name='<b>A "name" & more', description="Two\n\nparagraphs, https://a.example"
        )
        fill(made, number)
        publish(made, audience=Audience.INDIVIDUAL)
        start = WORLD_DAY - timedelta(days=9)
        made.store.samples.add(
            Sample(
                tag="#endchildlabour2021",
                network=network,
                source=f"{network}.example",
                query="the tag",
                start=start + timedelta(days=n),
                end=start + timedelta(days=n + 1),
                resolution=86_400,
                reposts=False,
                collected=WORLD_DAY,
                uses=30 + n,
                blind=("posts that are not public",),
            )
            for network in ("mastodon", "x")
            for n in range(9)
        )
        yield replace(made, active=tuple(library.campaigns.values()))


def errors(folder):
    """What vnu says of the files in a folder, as (file, message)."""
    command = [
        "java",
        "-Xmx512m",
        "-jar",
        str(VNU),
        "--errors-only",
        "--format",
        "json",
        "--also-check-css",
        "--also-check-svg",
    ]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    said = json.loads(done.stderr)["messages"]
    return [(Path(each["url"]).name, each["message"], each.get("extract")) for each in said]


def kept(folder, pages):
    """Write what is HTML, CSS or SVG into a folder, each under a name that tells its path."""
    folder.mkdir()
    for path, page in pages.items():
        kind = page.headers.get("content-type", "").partition(";")[0]
        suffix = {"text/html": "html", "text/css": "css", "image/svg+xml": "svg"}.get(kind)
        if suffix and page.status != 303:
            name = path.strip("/").replace("/", "+").replace("?", "+") or "first"
            (folder / f"{name}.{suffix}").write_text(page.text, "utf-8")
    return folder


@checked
@pytest.mark.timeout(600)  # eight hundred pages
async def test_vnu_finds_no_error_on_any_page_in_any_language(services, asked, crawled, tmp_path):
    gone = publish(services)
    services.store.pledges.move(gone, PledgeState.WITHDRAWN, ANNA, MOMENT)
    async with asked(services, WORLD_DAY) as ask:
        pages = await crawled(ask, "/en/")
        for language in {*walked(), "ar"}:
            for path in (
                f"{CAMPAIGN}/pledges/{gone}",
                "nothing",
                f"{CAMPAIGN}/pledges?q=x&group=company",
            ):
                pages[f"/{language}/{path}"] = await ask(f"/{language}/{path}")
        for path in ("confirm/x", "leave/x", "report/x", "still/x", "official/x"):
            pages[f"/{path}"] = await ask(f"/{path}")
    folder = kept(tmp_path / "pages", pages)
    names = {file.name for file in folder.iterdir()}
    for language in {*walked(), "ar"}:
        for page in (
            "figures",
            "review",
            "stories",
            "pledges+1",
            "pledges+1+year",
            "calendar",
            "calendar+country",
        ):
            assert f"{language}+{CAMPAIGN}+{page}.html" in names
    assert {"static+public.css.css", "static+icon.svg.svg"} <= names
    assert errors(folder) == []


@checked
async def test_vnu_finds_no_error_on_the_pages_of_a_maker(services, asked, tmp_path):
    store, focal = services.store, services.store.editors.focal(1)
    opened = int(OCTOBER.timestamp())
    store.visits.open(store.visits.ask(focal, opened), "s" * 43, opened, 2 * opened)
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation='A "name" & <b>more',
        country="KE",
        language="en",
        answers={"name": "Read\n<i>labels"},
    )
    store.proposals.keep_coded("code", Proposed(new=new, handles=(), agreed={}), opened)
    store.proposals.claim(store.proposals.coded("code").id, focal)
    own = {"cookie": f"{COOKIE}={'s' * 43}", "sec-fetch-site": "same-origin"}
    pages = {}
    async with asked(services, OCTOBER) as ask:
        for language in ("en", "ar"):
            mine = f"/{language}/mine"
            pages[f"{mine}/closed"] = await ask(mine)
            pages[f"{mine}/lost"] = await ask(f"{mine}/1", {"do": "save"})
            pages[f"{mine}/wrong"] = await ask(f"{mine}/1", {"do": "save", "q-name": ""}, **own)
            for place in ("", "/1", "/1/scale-up", "/1/journey", "/1/editors", "/written/1"):
                pages[f"{mine}{place}"] = page = await ask(f"{mine}{place}", **own)
                assert page.status == 200, f"{mine}{place}"
            assert 'value="Read &lt;i&gt;labels"' in page.text, "browsers take line breaks out"
    folder = kept(tmp_path / "pages", pages)
    assert len(list(folder.iterdir())) == len(pages)
    assert errors(folder) == []


@checked
def test_vnu_says_what_is_wrong(tmp_path):
    (tmp_path / "page.html").write_text("<!doctype html><title>A</title><p id=a><p id=a>")
    (tmp_path / "page.css").write_text("p { colour: red }")
    assert {name for name, *_ in errors(tmp_path)} == {"page.html", "page.css"}


def test_ci_brings_vnu():
    assert "vnu-jar@" in (TOP / ".ci" / "run").read_text("utf-8")
