"""What all alarms are, and how one is kept as text and read again."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The base of all alarms; of one kind and subject there is one open alarm at most.

    A field of a subclass that has its default value is left out of the detail.
    """

    #: as stored, and as blocks of `alerts` in the chat's texts are called
    kind: ClassVar[str]
    #: what it is about: a channel, a delivery's key, "campaign/action", …
    subject: str
    #: what is wrong and what to do, for logs and the command line
    text: str

    def detail(self) -> dict[str, Any]:
        """Return what is kept to say it in other languages; plain values, ready for JSON."""
        return {
            field.name: value
            for field in _own(type(self))
            if (value := getattr(self, field.name)) != field.default or field.default is MISSING
        }

    def values(self) -> dict[str, Any]:
        """Return all fields by their names, for a template."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def read(cls, subject: str, text: str, detail: Mapping[str, Any]) -> Self:
        """Return the alarm of what is stored.

        What a row of an older version lacks is empty; what is not of this class is left out.
        """
        own = _own(cls)
        known = {field.name: detail[field.name] for field in own if field.name in detail}
        empty = {field.name: _empty(field) for field in own if field.default is MISSING}
        return cls(subject=subject, text=text, **{**empty, **known})


def _own(cls: type[Alarm]) -> list[Field[Any]]:
    return [field for field in fields(cls) if field.name not in ("subject", "text")]


def _empty(field: Field[Any]) -> Any:
    assert callable(field.type)  # noqa: S101 - annotations are not put off in this file
    return field.type()


@dataclass(frozen=True, kw_only=True)
class OtherAlarm(Alarm):
    """An alarm of a kind that this version doesn't know; it is read, never raised."""

    kind = "other"
