"""How far each language is read: what `check` and `doctor` say of it."""

from collections.abc import Container, Iterable, Iterator, Sequence

from bot.files.frozen import Files
from bot.files.standing import read_standing
from bot.jobs.campaigns.languages.accepting import accepted_otherwise, read_otherwise
from bot.model import Problem
from bot.model.standing import Standing
from bot.render.languages.whole import withheld
from bot.text import counted

_UNREAD = (
    "{tags}: nobody who is named has read these languages' texts, and people are told so; have them"
    " read, then `drumbeat language review TAG --by NAME`"
)
_UNACCEPTED = (
    "{tags}: texts on consent, privacy and danger stand beside the English, until `drumbeat"
    " language accept TAG --by NAME`"
)
_WITHHELD = (
    "{tags}: not offered in the chat or on pages, since texts are left to translate; `drumbeat"
    " check` names them, and `drumbeat language list` says how many files have some"
)
_CHANGED = (
    "{tag}: the English stands again beside {texts} on consent, privacy and danger, which changed"
    " or came since the language was accepted on {day} ({by}); once somebody has read these,"
    " `drumbeat language accept {tag} --by NAME`: {which}"
)
_SINCE = (
    "{tag}: {texts} changed or came since {by} read the language on {day}; once somebody has read"
    " these, `drumbeat language review {tag} --by NAME`: {which}"
)
_NAMED = 10
"""Most texts or files that are named in a sentence."""


def standings(files: Files) -> list[Standing]:
    """Return how far each language is read that has texts of its own, by tag."""
    return [read_standing(files, tag)[0] for tag in files.folders("content")]


def problems(files: Files) -> Iterator[Problem]:
    """Yield what is wrong in each language.toml and digests.toml."""
    for tag in files.folders("content"):
        yield from read_standing(files, tag)[1]


def sentences(files: Files, spoken: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (tags, a sentence with what to do) for the languages that nobody who is named has read,
    those that nobody has accepted, those of which texts are others since, and those that are begun
    and not offered; of each those in `spoken`, since what nobody gets to read needs no reader.
    """
    every = [each for each in standings(files) if each.language in spoken]
    if tags := _tags(each for each in every if not each.is_read):
        yield tags, _UNREAD.format(tags=tags)
    if tags := _tags(each for each in every if not each.is_accepted):
        yield tags, _UNACCEPTED.format(tags=tags)
    for each in every:
        yield from ((each.language, text) for text in _since(files, each))
    if tags := ", ".join(tag for tag in withheld(files) if tag in spoken):
        yield tags, _WITHHELD.format(tags=tags)


def _since(files: Files, of: Standing) -> Iterator[str]:
    """Yield a sentence where texts are others than somebody accepted, and one where they are others
    than somebody read.
    """
    if texts := accepted_otherwise(files, of):
        yield _CHANGED.format(
            tag=of.language,
            texts=counted(len(texts), "text", "texts"),
            by=of.accepted_by,
            day=of.accepted_on,
            which=_few(texts),
        )
    if counts := read_otherwise(files, of):
        yield _SINCE.format(
            tag=of.language,
            texts=counted(sum(counts.values()), "text", "texts"),
            by=of.reviewed_by,
            day=of.reviewed_on,
            which=_few([f"{file} ({count})" for file, count in counts.items()]),
        )


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _tags(those: Iterable[Standing]) -> str:
    return ", ".join(each.language for each in those)
