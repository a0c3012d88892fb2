"""Secrets from the environment, or from the files that it names.

Messages name the variable, never what it holds.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bot.errors import DataError
from bot.files import limits
from bot.files.opening import read_given
from bot.model import Problem, Secret

_PREFIX: Final = "DRUMBEAT"


def variable(account: str, field: str) -> str:
    """Return the environment variable that holds this field of an account's secret.

    The same name with _FILE at its end is the variable that names a file instead.
    """
    return f"{_PREFIX}_{account}_{field}".upper().replace("-", "_")


def secrets(
    account: str, fields: Iterable[str], environ: Mapping[str, str]
) -> tuple[dict[str, Secret], list[str]]:
    """Return an account's secrets by field, and the names of the variables that are missing.

    A field stands in DRUMBEAT_<ACCOUNT>_<FIELD>, upper-cased and with '-' as '_', or in a file that
    the same variable with _FILE at its end names. Line ends and invisible marks round a secret come
    from copying and are left off. An empty variable counts as missing.

    Raises `DataError`, which names the variable, when a named file can't be read or is empty, since
    who names a file means the account to be live; and when a secret is no text.
    """
    known: dict[str, Secret] = {}
    missing: list[str] = []
    problems: list[Problem] = []
    for field in fields:
        name = variable(account, field)
        if value := clean(environ.get(name, "")):
            if _is_text(value):
                known[field] = Secret(value)
            else:
                cause = "holds bytes that are no UTF-8; copy the secret again"
                problems.append(Problem(file="environment", key=name, message=cause))
        elif file := environ.get(f"{name}_FILE"):
            text, cause = _secret_file(Path(file))
            if cause:
                problems.append(Problem(file="environment", key=f"{name}_FILE", message=cause))
            else:
                known[field] = Secret(text)
        else:
            missing.append(name)
    if problems:
        raise DataError(problems)
    return known, missing


def _is_text(value: str) -> bool:
    """Return whether a value is text: other bytes of the environment come as surrogates."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def clean(text: str) -> str:
    """Return the text without invisible characters at its ends: line ends, marks like U+200B."""

    def unseen(sign: str) -> bool:
        return unicodedata.category(sign) in ("Cf", "Cc")

    start = next((n for n, sign in enumerate(text) if not unseen(sign)), len(text))
    rest = next((n for n, sign in enumerate(reversed(text)) if not unseen(sign)), 0)
    return text[start : len(text) - rest]


def _secret_file(path: Path) -> tuple[str, str]:
    """Return the file's text, and an empty cause; or an empty text and why there is none."""
    try:
        text = clean(read_given(path, limits.MOST_SECRET).decode("utf-8"))
    except OSError as error:
        return "", f"the file it names can't be read: {_told(error)}"
    except UnicodeDecodeError:
        return "", "the file it names is not UTF-8 text; copy the secret into it again"
    return text, "" if text else "the file it names is empty; put the secret into it"


def _told(error: OSError) -> str:
    """Return why a file can't be read, and what to do."""
    match error:
        case FileNotFoundError():
            what = "make it, or take the variable out"
        case PermissionError():
            what = "the user who runs drumbeat must be able to read it and enter its folder"
        case OSError(errno=int()):
            what = "name a plain file"
        case _:  # one of ours, which says it
            return str(error)
    return f"{error.strerror}; {what}"
