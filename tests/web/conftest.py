"""A secretariat that mails, for tests of what comes of its letters; others bring services of their own."""

import pytest
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
