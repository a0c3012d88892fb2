"""Pictures as they leave, kept by the hash of their bytes: what was made of a file once stays the
same for everyone who looks, approves or sends.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from bot.store.topic import Topic

DAY = 86_400
"""Seconds after which it is written again that a picture is still wanted."""


@dataclass(frozen=True, kw_only=True)
class PictureKey:
    """A file by the hash of its bytes, and what a network takes."""

    source: str
    #: most bytes
    most: int
    #: shows pictures that move
    moving: bool

    @classmethod
    def of(cls, data: bytes, most: int, *, moving: bool) -> "PictureKey":
        """Return the key of a file with these bytes."""
        return cls(source=_hash(data), most=most, moving=moving)


@dataclass(frozen=True, kw_only=True)
class KeptPicture:
    """What was made of a file; with a `fault`, nothing."""

    mime: str = ""
    width: int = 0
    height: int = 0
    data: bytes = field(default=b"", repr=False)
    #: why it can't leave; empty where it can
    fault: str = ""


class Pictures(Topic):
    """Pictures that are ready to leave, each once however many networks take it."""

    def find(self, key: PictureKey) -> KeptPicture | None:
        """Return what was made of a file for such a network, or None."""
        return self._database.first(
            KeptPicture,
            "SELECT coalesce(p.mime, '') AS mime, coalesce(p.width, 0) AS width, coalesce(p.height,"
            " 0) AS height, coalesce(p.data, :none) AS data, r.fault AS fault FROM picture_ready r"
            " LEFT JOIN picture p ON p.digest = r.digest WHERE r.source = :source AND r.most ="
            " :most AND r.moving = :moving",
            {**_params(key), "none": b""},
        )

    def missing(self, keys: Iterable[PictureKey], now: int) -> list[PictureKey]:
        """Return those of which nothing was made yet, each once; of the others is remembered that
        they are wanted.
        """
        lacking = []
        for key in dict.fromkeys(keys):
            wanted = self._database.value(
                "SELECT wanted FROM picture_ready WHERE source = :source AND most = :most AND"
                " moving = :moving",
                _params(key),
            )
            if wanted is None:
                lacking.append(key)
            elif wanted < now - DAY:
                self._database.execute(
                    "UPDATE picture_ready SET wanted = :now WHERE source = :source AND most = :most"
                    " AND moving = :moving",
                    {**_params(key), "now": now},
                )
        return lacking

    def keep(self, key: PictureKey, made: KeptPicture, now: int) -> None:
        """Keep what was made of a file; what another process kept before it stays."""
        digest = None if made.fault else sha256(made.data).hexdigest()
        with self._database.transaction():
            if digest is not None:
                self._database.execute(
                    "INSERT INTO picture (digest, mime, width, height, data) VALUES (:digest,"
                    " :mime, :width, :height, :data) ON CONFLICT (digest) DO NOTHING",
                    {
                        "digest": digest,
                        "mime": made.mime,
                        "width": made.width,
                        "height": made.height,
                        "data": made.data,
                    },
                )
            self._database.execute(
                "INSERT INTO picture_ready (source, most, moving, digest, fault, wanted) VALUES"
                " (:source, :most, :moving, :digest, :fault, :now) ON CONFLICT (source, most,"
                " moving) DO NOTHING",
                {**_params(key), "digest": digest, "fault": made.fault, "now": now},
            )

    def tidy(self, before: int) -> None:
        """Delete what nobody has wanted since then."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM picture_ready WHERE wanted < :before", {"before": before}
            )
            self._database.execute(
                "DELETE FROM picture WHERE digest NOT IN (SELECT digest FROM picture_ready WHERE"
                " digest IS NOT NULL)"
            )


@lru_cache(maxsize=32)
def _hash(data: bytes) -> str:
    """Return the hash of a file, which is asked for again and again while its post waits."""
    return sha256(data).hexdigest()


def _params(key: PictureKey) -> dict[str, object]:
    return {"source": key.source, "most": key.most, "moving": int(key.moving)}
