"""What a disk may hold after the power was cut under a process."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

SECTOR = 512
"""A disk writes so many bytes wholly or not at all."""


def compiled(compiler: str, folder: Path) -> Path:
    """The library that keeps what a process has synced, `power_cut.c`."""
    library, source = folder / "power_cut.so", Path(__file__).with_name("power_cut.c")
    line = [compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl", "-lpthread"]
    subprocess.run(line, check=True)
    return library


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A folder in which a process works, and what of its files is synced."""

    shim: Path
    folder: Path
    synced: Path

    @property
    def env(self) -> dict[str, str]:
        """What makes a process keep what it synced."""
        folders = {"CUT_FROM": str(self.folder), "CUT_TO": str(self.synced)}
        return {"LD_PRELOAD": str(self.shim), **folders}

    @property
    def database(self) -> Path:
        return self.folder / "drumbeat.db"

    def put(self, found: Path) -> None:
        """Go on with what was found after a cut. Of the cards, which are made again, nothing is."""
        for each in self.folder.glob("drumbeat*"):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        shutil.copytree(found, self.folder, dirs_exist_ok=True)

    def sync(self) -> None:
        """Take everything that is there for synced."""
        for file in self.folder.glob("drumbeat*"):
            if file.is_file():
                shutil.copy(file, self.synced)

    def cut(self, to: Path, share: float, rng: Random) -> None:
        """Write what may be found after a cut: all that is synced and, in any order, this share of
        what isn't yet.
        """
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        for file in self.synced.iterdir():
            synced, now = file.read_bytes(), self.folder / file.name
            latest = now.read_bytes() if now.exists() else synced
            (to / file.name).write_bytes(_mixed(synced, latest, share, rng))


def _mixed(synced: bytes, latest: bytes, share: float, rng: Random) -> bytes:
    if synced == latest:
        return synced
    length = len(latest if rng.random() < share else synced)
    mixed = bytearray(synced[:length].ljust(length, b"\0"))
    for at in range(0, length, SECTOR):
        if rng.random() < share:
            piece = latest[at : min(at + SECTOR, length)]
            mixed[at : at + len(piece)] = piece
    return bytes(mixed)
