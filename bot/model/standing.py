"""How far the texts of a language are read: by whom, and whether they stand by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ORIGINAL = "en"
"""The language in which the texts that belong to no campaign are written first."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What content/<language>/language.toml says."""

    language: str
    #: a reader of the language and the subject, who is named with their consent; '' until then
    reviewed_by: str = ""
    reviewed_on: date | None = None
    #: who let the texts on consent, privacy and danger stand without the English; '' until then
    accepted_by: str = ""
    accepted_on: date | None = None
    #: each English term of the field, and what it is called in this language
    terms: Mapping[str, str] = field(default_factory=dict)
    #: where such a term is read, by its English
    sources: Mapping[str, str] = field(default_factory=dict)
    #: renderings that no text shall have, in small letters, and what stands in their place
    avoid: Mapping[str, str] = field(default_factory=dict)
    #: digests of the texts that were accepted, by file below the language and block or dotted key
    accepted: Mapping[tuple[str, str], str] = field(default_factory=dict)
    #: short digests of all texts that were read, by file below the language
    reviewed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_original(self) -> bool:
        """Whether the others are translated from it, so that nothing has to stand beside it."""
        return self.language.split("-")[0] == ORIGINAL

    @property
    def is_read(self) -> bool:
        """Whether a named reader has read the texts, or nobody needs to."""
        return self.is_original or bool(self.reviewed_by)

    @property
    def is_accepted(self) -> bool:
        """Whether somebody let texts on consent, privacy and danger stand without the English ones:
        those that `stands` knows.
        """
        return self.is_original or bool(self.accepted_by)

    def stands(self, file: str, key: str, digest: str) -> bool:
        """Return whether a text stands without the English one: as somebody accepted it, so it is.

        `file` is its name below the language, `key` a block or a dotted key.
        """
        return self.is_original or (self.is_accepted and self.accepted.get((file, key)) == digest)
