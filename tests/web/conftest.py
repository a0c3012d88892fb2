"""A secretariat that mails, for tests of what comes of its letters; others bring services of their own."""

import sys
from inspect import iscoroutinefunction

import pytest
import pytest_asyncio
from fakes.mail import post_office
from mailing.served import services_in


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def services(tmp_path, library, office):
    built = services_in(tmp_path, library, office, answer=30.0)
    yield built
    built.store.close()


def pytest_collection_modifyitems(items):
    """Let the tests with a browser share a loop, and so the browser."""
    for item in items:
        if hasattr(item.module, "NEEDS_BROWSER") and iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def browser_is_closed():
    """End the browser with the last test of pages, where there was one."""
    yield
    if browser := sys.modules.get("browser"):
        await browser.close()
