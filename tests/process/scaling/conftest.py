"""A database of the tests' server of PostgreSQL, for each test that several processes share."""

import pytest
from cluster import name_of


@pytest.fixture
def database(server, tmp_path):
    """A new database with the tables of this version."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    name = name_of(tmp_path)
    yield server.made(name)
    server.drop(name)


@pytest.fixture
def place(database):
    """The same, by what libpq connects with."""
    return dict(database.connecting())
