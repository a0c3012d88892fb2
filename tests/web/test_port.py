"""What the health port tells of failures: of an error with a secret and somebody's address in it,
neither comes out there, in the log, or by an alarm.
"""

import io
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import house
import pytest
from aiohttp import web

from bot import errors
from bot.cli.log import DiscreetFormatter, JsonFormatter, of_others
from bot.config import Alerts
from bot.jobs.monitoring.failures import Failures
from bot.jobs.monitoring.life import Life
from bot.jobs.monitoring.view import Viewer
from bot.jobs.operations.alarms import Alarms
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Problem, Secret
from bot.networks.common.redact import HIDDEN, conceal
from bot.web.port import Port

pytestmark = [
    pytest.mark.slow,
    # Apprise imports a module that Python is about to drop
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]

SECRET = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ADDRESS = "maria.lopez@mail.example"
PLANTED = f"{ADDRESS} was refused at https://api.example/bot{SECRET}/send"
NOW = datetime(2021, 6, 12, 12, 0, tzinfo=UTC)

OF_OURS = {
    errors.StoreError: "the database can't be written",
    errors.RenderError: "content/en/trees/tree-day.j2: block post",
    errors.StandsStill: "telegram: nothing has moved",
    errors.OutOfResources: "no room",
    errors.NoPlace: "the pages can't listen",
}
"""Errors that speak of the program and its files, which staff shall hear."""


def family(kind):
    yield kind
    for each in kind.__subclasses__():
        yield from family(each)


def made(kind):
    if kind is errors.DataError:
        return kind([Problem(file="people.csv", key="3", message=PLANTED)])
    if kind is errors.RateLimited:
        return kind(PLANTED, retry_after=1)
    return kind(PLANTED, address=ADDRESS) if kind is errors.Moved else kind(PLANTED)


def may_quote(kind):
    return kind.__module__ == "bot.errors" and not issubclass(kind, tuple(OF_OURS))


STRANGE = [
    *sorted(filter(may_quote, family(errors.DrumbeatError)), key=str),
    aiohttp.ClientError, ValueError, KeyError, TypeError, AssertionError,
]  # fmt: skip


@pytest.fixture
def log():
    """What the log says in its two forms."""
    # before pytest's own handler, which would write the traceback first, and for all
    stream, ours = io.StringIO(), logging.getLogger("bot")
    handlers = []
    for formatter in (DiscreetFormatter("%(levelname)s %(message)s"), JsonFormatter()):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        handler.addFilter(of_others)
        ours.addHandler(handler)
        handlers.append(handler)
    yield stream
    for handler in handlers:
        ours.removeHandler(handler)


async def told(folder, error):
    """All that is told of a job that fails by this error: /healthz, /metrics, the alarm as it is
    kept, and what leaves by `[alerts] url`.
    """
    conceal([Secret(SECRET)], loggers=())
    left = []

    async def take(request):
        left.append(await request.text())
        return web.Response()

    application = web.Application()
    application.router.add_post("/", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    way = Alerts(url=Secret(f"json://127.0.0.1:{runner.addresses[0][1]}"), heartbeat=None)
    services = house.services(folder)
    services = replace(services, settings=replace(services.settings, alerts=way))
    alarms = Alarms()
    failures = Failures(lambda: services, alarms, lambda: NOW)

    async def fail():
        raise error from RuntimeError(PLANTED)

    await failures.guard("retention", fail)
    await alarms.tell(services, NOW)
    [alert] = services.store.alerts.current()
    dispatchers = {"telegram": Dispatcher(services, "telegram", NOW)}
    port = Port(Viewer(lambda: services, dispatchers, Life(failures)).look)
    await port.follow("127.0.0.1:0")
    pages = []
    async with aiohttp.ClientSession() as session:
        for page in ("healthz", "metrics"):
            async with session.get(f"http://127.0.0.1:{port.number}/{page}") as answer:
                pages.append(await answer.text())
    await port.follow(None)
    await runner.cleanup()
    services.store.close()
    return [*pages, f"{alert.text} {json.dumps(alert.detail)}", *left]


@pytest.mark.parametrize("kind", STRANGE, ids=lambda kind: kind.__name__)
async def test_of_an_error_that_may_quote_somebody_nothing_but_its_class_is_told(
    tmp_path, log, kind
):
    said = [*await told(tmp_path, made(kind)), log.getvalue()]
    assert len(said) == 5, "the alarm left, too"
    for text in said:
        assert SECRET not in text
        assert ADDRESS not in text
    health, metrics, alert, alarm, lines = said
    for text in (health, alert, alarm):
        assert f"the job 'retention' fails: {kind.__name__}; the log says more" in text
    assert 'drumbeat_job_failing{task="retention"} 1.0' in metrics
    assert "in fail" in lines, "where it failed"


@pytest.mark.parametrize("kind", OF_OURS, ids=lambda kind: kind.__name__)
async def test_an_error_of_the_program_and_its_files_is_told_without_secrets(tmp_path, log, kind):
    words = f"{OF_OURS[kind]}: {SECRET}"
    health, _, alert, alarm, lines = [*await told(tmp_path, kind(words)), log.getvalue()]
    for text in (health, alert, alarm, lines):
        assert f"{OF_OURS[kind]}: {HIDDEN}" in text
        assert SECRET not in text
