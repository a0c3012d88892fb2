"""Databases that services are refused on: nothing of them stays open."""

from contextlib import closing

import psutil
import pytest
from helpers import at, write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import WrongDatabase
from bot.networks.dry.network import Network as Dry
from bot.store import Store


def chat(settings, library):
    return app.open_chat(settings, library, Dry(settings.channels["chat"], {}))


@pytest.mark.parametrize("opener", [app.open_live, app.open_plan, app.open_restored, chat])
def test_a_rehearsals_file_is_closed_again(opener, tmp_path):
    config = write_operator(tmp_path, at("2021-05-01").date())
    settings = open_settings(config)
    with closing(Store(settings.database)) as store:
        store.meta.claim("rehearsal")
    with pytest.raises(WrongDatabase) as refusal:  # which keeps all that the opener held
        opener(settings, open_library(settings, settings.active))
    held = [f.path for f in psutil.Process().open_files() if f.path.startswith(str(tmp_path))]
    assert held == [], refusal.value
