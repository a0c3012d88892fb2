"""TOML files of people, changed with their comments, order and blanks left as they are.

A place in a file is the tuple of its keys, with a number where it lies in a list of tables. What
stands there is a text, a number, a list …; each value in an inline table has a place of its own.
Each function raises ValueError for a text that is no TOML.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Item, Table

Place = tuple[str | int, ...]

_NO_VALUES: Final = (Comment, Table, AoT)

MARK: Final = "untranslated"
"""The comment above what nobody has translated yet."""


def with_keys(text: str, values: Mapping[str, str | date]) -> str:
    """Return a text with these keys outside of all tables: in the place of those that it has, else
    before all else, where no comment speaks of another key.
    """
    table, new = _document(text), tomlkit.document()
    for key, value in values.items():
        (table if key in table else new)[key] = value
    return new.as_string() + table.as_string()


def with_table(text: str, name: str, table: Mapping[str, Any]) -> str:
    """Return a text with this table in the place of the one that it has of this name, if any."""
    document = _document(text)
    document[name] = table
    return document.as_string()


def as_toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML, a text of several lines in as many."""
    return tomlkit.dumps(_lined(table))


def _lined(value: Any) -> Any:
    match value:
        case str():
            return tomlkit.string(value, multiline="\n" in value)
        case Mapping():
            return {key: _lined(each) for key, each in value.items()}
    return value


def values(text: str) -> dict[Place, Any]:
    """Return what stands at each place."""
    every = [each for each in _pieces(_document(text)) if not isinstance(each[2], _NO_VALUES)]
    return {at: value for place, _, item in every for at, value in _leaves(place, item.unwrap())}


def _leaves(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    if not isinstance(value, Mapping):
        yield place, value
        return
    for key, each in value.items():
        yield from _leaves((*place, str(key)), each)


def with_values(text: str, others: Mapping[Place, Any]) -> str:
    """Return a text with other values at some of its places."""
    document = _document(text)
    for place, table, item in list(_pieces(document)):
        if not isinstance(item, _NO_VALUES):
            was = item.unwrap()
            if (value := _other(place, was, others)) != was:
                table[str(place[-1])] = value
    return document.as_string()


def _other(place: Place, value: Any, others: Mapping[Place, Any]) -> Any:
    if not isinstance(value, Mapping):
        return others.get(place, value)
    inner = tomlkit.inline_table()
    inner.update({key: _other((*place, str(key)), each, others) for key, each in value.items()})
    return inner


class InTheWay(ValueError):
    """Nothing can be put at `place`, or below it, since something else stands there."""

    def __init__(self, place: Place, said: str) -> None:
        self.place = place
        super().__init__(said)


def with_more(text: str, others: Mapping[Place, Any]) -> str:
    """Return a text with what stands at places that it doesn't have, each below its table.

    Raises `InTheWay` for a place below which nothing can stand on a line of its own, since there is
    a value, an inline table, a list of tables, or a key with points, and for a table that stands
    where a value should: what is there stays.
    """
    document = _document(text)
    for place in set(_closed(document)):
        if any(other[: len(place)] == place for other in others):
            raise InTheWay(place, "must be a table here, with each of its texts on its own line")
    for (*tables, key), value in others.items():
        table: Any = document
        for each in map(str, tables):
            if each not in table:
                table[each] = tomlkit.table()
            table = table[each]
        if str(key) in table:
            raise InTheWay((*tables, key), "must be no table here")
        table[str(key)] = _lined(value)
    return document.as_string()


def _closed(table: Container, above: Place = ()) -> Iterator[Place]:
    for key, item in table.body:
        if key is not None:
            place = (*above, key.key)
            is_open = isinstance(item, Table) and not key.is_dotted()
            yield from _closed(item.value, place) if is_open else (place,)


def marked(text: str, wants: Callable[[Place, Any], bool]) -> str:
    """Return a text with a line `# untranslated` above each entry of which `wants`, asked by its
    place and its value, says that it needs one.
    """
    document = _document(text)
    _mark(document, wants, ())
    return document.as_string()


def _mark(table: Container, wants: Callable[[Place, Any], bool], above: Place) -> None:
    for key, item in list(table.body):
        place = above if key is None else (*above, key.key)
        inner = [] if key is None or key.is_dotted() else _tables(item)
        for number, each in enumerate(inner):
            _mark(each, wants, (*place, number) if isinstance(item, AoT) else place)
        if key is not None and not inner and wants(place, item.unwrap()):
            table.body.insert(_at(table, item), (None, tomlkit.comment(MARK)))


def _at(table: Container, item: Item) -> int:
    return next(at for at, (_, other) in enumerate(table.body) if other is item)


def marks(text: str) -> list[Place]:
    """Return the place of the entry, or of the table, that comes next below each mark, as any
    editor leaves it.
    """
    places: list[Place] = []
    waiting: Place | None = None
    for place, _, item in _pieces(_document(text)):
        if _is_mark(item):
            waiting = place
        elif not isinstance(item, Comment):
            places += [] if waiting is None else [place]
            waiting = None
    return places if waiting is None else [*places, waiting]


def _is_mark(item: Item) -> bool:
    return isinstance(item, Comment) and item.as_string().strip().lstrip("# \t") == MARK


def _document(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _pieces(table: Container, above: Place = ()) -> Iterator[tuple[Place, Container, Item]]:
    """Yield each entry, head of a table and comment in their order, with its place and the table in
    which it stands; a comment has the place of that table.
    """
    for key, item in table.body:
        place = above if key is None else (*above, key.key)
        tables = _tables(item)
        if isinstance(item, Comment) or (key is not None and not tables):
            yield place, table, item
        for number, inner in enumerate(tables):
            at = (*place, number) if isinstance(item, AoT) else place
            if not (isinstance(item, Table) and item.is_super_table()):
                yield at, table, item
            yield from _pieces(inner, at)


def _tables(item: Item) -> list[Container]:
    """Return the tables below a key; none where a value stands there."""
    match item:
        case Table():
            return [item.value]
        case AoT():
            return [each.value for each in item.body]
    return []
