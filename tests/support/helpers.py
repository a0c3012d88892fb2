"""What tests of commands share: a folder as an operator has it, the command line run in this
process, and a process that really gets no more memory or descriptors.
"""

import resource
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from bot import app
from bot.cli.common import open_library, open_settings
from bot.jobs.planning import plan

NOBODY = {}
"""An environment without any secret."""

_CAMPAIGN = """
language = "en"
languages = ["en"]
hashtag = "#Trees"
hashtags = ["#Trees"]
contact = "trees@example.org"
source = "the plan of the tree committee"
"""

_CALENDAR = """
[observances.tree-day]
when = {{ month = {month}, day = {day} }}
source = "the plan of the tree committee"

[[action]]
id = "tree-day"
kind = "share"
observance = "tree-day"
to = ["nudge", "post"]
hashtags = ["#Trees"]
grace = "{grace}"
source = "the plan of the tree committee"
"""

_TEXT = """
{% block title %}Plant a tree{% endblock %}
{% block nudge %}Plant a tree today. #Trees{% endblock %}
{% block share %}I plant a tree. #Trees{% endblock %}
{% block post %}Today we plant trees. #Trees{% endblock %}
"""

_CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.board]
network = "dry"
language = "en"
approve = "review"

[channels.chat]
network = "telegram"
language = "en"
approve = "auto"
nudges = true
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def write_pack(folder: Path, day: date, grace: str = "12h") -> None:
    """A campaign with one action on `day` of every year."""
    campaigns, content = folder / "campaigns" / "trees", folder / "content" / "en" / "trees"
    campaigns.mkdir(parents=True, exist_ok=True)
    content.mkdir(parents=True, exist_ok=True)
    (campaigns / "campaign.toml").write_text(_CAMPAIGN, "utf-8")
    (campaigns / "calendar.toml").write_text(
        _CALENDAR.format(month=day.month, day=day.day, grace=grace), "utf-8"
    )
    (content / "tree-day.j2").write_text(_TEXT, "utf-8")
    (content / "words.toml").write_text(
        'title = "Trees"\nabout = "Trees for all."\n\n[observances]\ntree-day = "Tree day"\n',
        "utf-8",
    )


def write_operator(folder: Path, day: date, grace: str = "12h", config: str = _CONFIG) -> Path:
    """An operator's folder: a pack of their own and config.toml, which is given back."""
    write_pack(folder / "pack", day, grace)
    file = folder / "config.toml"
    file.write_text(config, "utf-8")
    return file


@contextmanager
def live(config: Path, environ=NOBODY):
    """Services as `run` opens them."""
    settings = open_settings(config)
    services = app.open_live(settings, open_library(settings, settings.active), environ=environ)
    try:
        yield services
    finally:
        services.store.close()


def planned(config: Path, now: datetime, people=()) -> None:
    """Subscribe people and play one tick."""
    with live(config) as services:
        services.store.people.add(people)
        plan.run(services, now)


@contextmanager
def limited(kind, most):
    """Let the process have no more than so much of one of `resource.RLIMIT_…`."""
    limits = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, limits)


def little_memory(more=60_000_000):
    """Let the process take so many bytes more than it has."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return limited(resource.RLIMIT_AS, pages * resource.getpagesize() + more)


def no_descriptors():
    """Let the process open no file any more; what is open stays so."""
    return limited(resource.RLIMIT_NOFILE, 0)
