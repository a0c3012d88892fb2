"""All tests of the store are played on SQLite and on PostgreSQL, but those marked `sqlite`, which
look at the file itself, or at how SQLite goes about a statement.
"""

from collections.abc import Iterator

import pytest
from cluster import Cluster
from cluster.instead import Instead


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a test once for each kind of database."""
    alone = metafunc.definition.get_closest_marker("sqlite") is not None
    kinds = ["sqlite"] if alone else ["sqlite", "postgres"]
    metafunc.parametrize("engine", kinds, indirect=True)


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The kind of database that stands behind each file of the test."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    server: Cluster | None = request.getfixturevalue("server")
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    instead = Instead(server, monkeypatch)
    yield "postgres"
    instead.close()
