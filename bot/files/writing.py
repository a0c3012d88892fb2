"""Files of people, written: all of them or none, each whole at any moment."""

import codecs
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.model import Problem


def write(root: Path, files: Mapping[Path, str | bytes]) -> None:
    """Write files, given by their paths below the root, in their order, also in the place of those
    that are there. A text gets the line ends and the byte order mark that its file had; a link to a
    file stays one.

    Raises `UsageError` where a link would lead the writing out of the root, `OSError` when the disk
    refuses; then all is as it was. `DataError` names each file of which that isn't true.
    """
    _refuse_links(root, files)
    contents = {(root / below).resolve(): content for below, content in files.items()}
    before = {file: file.read_bytes() if file.exists() else None for file in contents}
    made: list[Path] = []
    try:
        for file, content in contents.items():
            _make_folders(file.parent, made)
            _write_part(file, content, before[file])
        for file in contents:
            _part(file).replace(file)
    except BaseException:
        _take_back(before, made)
        raise


def read_text(file: Path) -> str:
    r"""Return the text of a file with every line end as "\n", without a byte order mark; '' where
    there is none. Raises `OSError`, and `UnicodeDecodeError` for what is no UTF-8.
    """
    return file.read_text("utf-8-sig") if file.exists() else ""


def _refuse_links(root: Path, files: Iterable[Path]) -> None:
    for below in files:
        there = (root / below, *(root / below).parents)
        present = next(each for each in there if each.exists() or each.is_symlink())
        real = present.resolve()
        if not (real.is_relative_to(root.resolve()) or root.resolve().is_relative_to(real)):
            raise UsageError(
                f"{present} is a symbolic link that leads out of {root}; nothing was written"
            )


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _part(file: Path) -> Path:
    return file.with_name(f"{file.name}.part")


def _write_part(file: Path, content: str | bytes, before: bytes | None) -> None:
    part = _part(file)
    part.write_bytes(_as_before(content, before or b"") if isinstance(content, str) else content)
    if before is not None:
        part.chmod(file.stat().st_mode)


def _as_before(text: str, before: bytes) -> bytes:
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    is_wide = 2 * before.count(b"\r\n") > before.count(b"\n")
    return mark + (text.replace("\n", "\r\n") if is_wide else text).encode()


def _take_back(before: Mapping[Path, bytes | None], made: Iterable[Path]) -> None:
    left: list[Problem] = []
    for file, data in before.items():
        try:
            _put_back(file, data)
        except OSError as error:
            message = f"can't be put back as it was: {error.strerror or error}; look at it"
            left.append(Problem(file=str(file), key="", message=message))
    for folder in reversed([*made]):
        with suppress(OSError):
            folder.rmdir()
    if left:
        raise DataError(left)


def _put_back(file: Path, data: bytes | None) -> None:
    if _part(file).exists():
        _part(file).unlink()
    if data is None and file.exists():
        file.unlink()
    elif data is not None and file.read_bytes() != data:
        file.write_bytes(data)
