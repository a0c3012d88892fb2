"""Whether a copy of a database may be brought back: not one of a newer version, nor of a
rehearsal.
"""

from collections.abc import Mapping
from pathlib import Path

from bot.errors import WrongDatabase
from bot.model.database import Server
from bot.store.db import Database, rows_of_copy
from bot.store.meta import LIVE, Meta
from bot.store.schema import refuse_newer, refuse_unknown


def refuse_unfit(copy: Database, file: Path) -> None:
    """Raise an error that names `file`, of which this is an open copy, where it is unfit."""
    refuse_newer(copy)
    _refuse_made_up(Meta(copy).get("kind"), file)


def fit_dump(server: Server, file: Path) -> Mapping[str, str]:
    """Do the same with a copy of a server's database before it is brought back; return what `Meta`
    holds in it.

    Raises `StoreError` for a file that is no such copy.
    """
    refuse_unknown(file, [row["name"] for row in rows_of_copy(server, file, "migration")])
    meta = {row["key"]: row["value"] for row in rows_of_copy(server, file, "meta")}
    _refuse_made_up(meta.get("kind"), file)
    return meta


def _refuse_made_up(kind: str | None, file: Path) -> None:
    if kind != LIVE:
        raise WrongDatabase(
            f"{file}: this file belongs to `drumbeat rehearse`; nothing real can go on from it"
        )
