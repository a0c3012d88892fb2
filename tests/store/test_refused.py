"""Databases that services are refused on: nothing of them stays open."""

from contextlib import closing

import psutil
import pytest
from helpers import at, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import UsageError, WrongDatabase
from bot.jobs.rehearsal.script import Script
from bot.networks.dry.network import Network as Dry
from bot.store import Store


def chat(settings, library):
    return app.open_chat(settings, library, Dry(settings.channels["chat"], {}))


@pytest.fixture
def settings(tmp_path):
    """Settings whose database is a rehearsal's, of a campaign that is there no more."""
    day = at("2021-05-01").date()
    settings = open_settings(write_operator(tmp_path, day))
    script = Script(campaigns=("gone",), start=day, end=day, subscribers=1, seed=1)
    with closing(Store(settings.database)) as store:
        store.meta.claim("rehearsal")
        store.meta.put("script", script.dumps())
    return settings


@pytest.mark.parametrize(
    ("opener", "kind"),
    [
        (app.open_live, WrongDatabase),
        (app.open_plan, UsageError),
        (app.open_restored, WrongDatabase),
        (chat, WrongDatabase),
    ],
)
def test_a_rehearsals_file_is_closed_again(opener, kind, settings, tmp_path):
    with pytest.raises(kind) as refusal:  # which keeps all that the opener held
        opener(settings, open_library(settings, settings.active))
    held = [f.path for f in psutil.Process().open_files() if f.path.startswith(str(tmp_path))]
    assert held == [], refusal.value
