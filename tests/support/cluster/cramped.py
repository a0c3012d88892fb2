"""A server whose disk is small, so that it can be filled."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cluster import Cluster, programs

MEGABYTES = 160
"""Of that disk; what is in it takes about half."""


class Cramped(Cluster):
    """A server with nothing but its folder's disk, and a journal in small pieces, which are soon
    used up.
    """

    MADE_WITH = ("--wal-segsize=1",)

    def fill(self) -> None:
        """Leave no space at all."""
        with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def make_room(self) -> None:
        """Let there be space again."""
        (self.folder / "ballast").unlink()


@contextmanager
def cramped() -> Iterator[Cramped | None]:
    """Yield one that ends with the block; None where PostgreSQL is not installed, or where nothing
    may be mounted.
    """
    bin_ = programs()
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        disk = ("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder)
        if bin_ is None or subprocess.run(disk, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            cluster = Cramped(bin_, Path(folder))
            try:
                yield cluster
            finally:
                cluster.close()
        finally:
            subprocess.run(("umount", "--lazy", folder), check=True)
