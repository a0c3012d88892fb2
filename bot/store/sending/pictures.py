"""Pictures as they leave, kept by the hash of their bytes: what was made of a file once stays the
same for everyone who looks, approves or sends.
"""

from collections.abc import Iterable
from hashlib import sha256

from bot.errors import PictureUnfit
from bot.model.message import PictureKey, ReadyPicture
from bot.store.topic import Topic

DAY = 86_400
"""Seconds after which it is written again that a picture is still wanted."""


class Pictures(Topic):
    """Pictures that are ready to leave, each once however many networks take it."""

    def find(self, key: PictureKey) -> ReadyPicture | PictureUnfit | None:
        """Return what was made of a file for such a network, or why nothing can be; else None."""
        picture = self._database.first(
            ReadyPicture,
            "SELECT p.mime, p.width, p.height, p.data FROM picture_ready r JOIN picture p ON"
            " p.digest = r.digest WHERE r.source = :source AND r.most = :most AND r.moving ="
            " :moving",
            _params(key),
        )
        if picture is not None:
            return picture
        fault = self._database.value(
            "SELECT fault FROM picture_ready WHERE source = :source AND most = :most AND moving ="
            " :moving",
            _params(key),
        )
        return None if fault is None else PictureUnfit(fault)

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

    def keep(self, key: PictureKey, made: ReadyPicture | PictureUnfit, now: int) -> None:
        """Keep what was made of a file; what another process kept before it stays."""
        digest, fault = None, ""
        with self._database.transaction():
            if isinstance(made, PictureUnfit):
                fault = str(made)
            else:
                digest = sha256(made.data).hexdigest()
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
                {**_params(key), "digest": digest, "fault": fault, "now": now},
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


def _params(key: PictureKey) -> dict[str, object]:
    return {"source": key.source, "most": key.most, "moving": int(key.moving)}
