"""Who has read a language's texts and who accepts them, written beside these texts with what they
are on that day, so that it is known which of them are others later.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.files.editing import as_toml, with_keys, with_table
from bot.files.frozen import File, Files, read_files
from bot.files.standing import DIGESTS, NAME, read_standing
from bot.files.toml import flat, read_toml
from bot.files.writing import read_text, write
from bot.jobs.campaigns.languages.lacking import faults_of
from bot.library.shapes import check_language
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.standing import Standing
from bot.render.languages.blocks import blocks_of, digest
from bot.render.languages.standing import guarded
from bot.render.languages.whole import PARTS, names_of
from bot.store import Store
from bot.times import epoch, from_epoch

_LONGEST = 200
"""Most characters of a name."""

_SHORT = 6
"""Hexadecimal digits of a text that was read: with a hundred in a file, one in some hundred
thousand that changed is taken for another one.
"""

_HEAD = (
    "# Written by `drumbeat language accept` and `drumbeat language review`: by these digests it is"
    "\n# known which texts are others than on that day. Nothing here is to be translated.\n"
)


@dataclass(frozen=True)
class Log:
    """Where it is noted who did what, if anywhere: who acts, and when in epoch seconds."""

    store: Store | None
    actor: Actor
    now: int

    def note(self, names: Mapping[Verb, str], digest: str) -> None:
        """Add a line for each name that isn't empty, in the transaction that is open."""
        for verb, name in names.items():
            if name and self.store is not None:
                self._add(self.store, verb, name, digest)

    def _add(self, store: Store, verb: Verb, name: str, digest: str) -> None:
        about = store.audit.number(Actor(name))
        store.audit.note(self.actor, verb, self.now, about, digest=digest)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A language of which somebody may say something, before it is written."""

    tag: str
    #: who says it
    by: str
    #: the language.toml that is written
    file: Path
    #: all roots with it, the nearest first
    roots: tuple[Path, ...]
    files: Files
    #: how far the language is read until then
    before: Standing

    @property
    def replaced(self) -> str:
        """Whose place who accepts it takes; '' for nobody's."""
        earlier = self.before.accepted_by
        return earlier if earlier != self.by else ""

    @property
    def reread(self) -> str:
        """Whose place who has read it takes; '' for nobody's."""
        earlier = self.before.reviewed_by
        return earlier if earlier != self.by else ""


def ready(roots: Sequence[Path], shipped: Path, tag: str, by: str, *, whole: bool) -> Ready:
    """Return what there is before somebody reads or accepts a language: it is written into the
    first of `roots`, else into this folder. With `whole` the language must lack no text.

    Raises `UsageError` for a tag that is none or has no texts, the original, and a name that can't
    stand there; `DataError` with what the language lacks, and with what is wrong in the files that
    say who has read it, so that no new text stands in the name of somebody else.
    """
    files, every = read_files([*roots, shipped]), (*(roots or [Path()]), shipped)
    _judge(files, tag, by)
    _, wrong = read_standing(read_files(every), tag)
    if wrong := [*wrong, *(faults_of(files, tag) if whole else ())]:
        raise DataError(wrong)
    return Ready(
        tag=tag,
        by=by,
        file=every[0] / "content" / tag / NAME,
        roots=every,
        files=files,
        before=read_standing(files, tag)[0],
    )


def accept(to: Ready, store: Store | None, actor: Actor, now: datetime) -> Standing:
    """Write that somebody lets the language's texts on consent, privacy and danger stand by
    themselves, as they are now, and return how far it is read then.

    The log of who did what has a line, and another one about whose place that is; without a `store`
    there is no log. Raises `UsageError` where what stands there can't be changed or a link leads
    out of the root, `OSError` where it can't be written; then all is as it was.
    """
    names = {Verb.LANGUAGE_ACCEPTED: to.by, Verb.LANGUAGE_REPLACED: to.replaced}
    tables = _by_file(guarded(to.files, to.tag))
    return _written(to, "accepted", tables, Log(store, actor, epoch(now)), names)


def _by_file(texts: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for (file, key), known in texts.items():
        tables.setdefault(file, {})[key] = known
    return tables


def review(to: Ready, store: Store | None, actor: Actor, now: datetime) -> Standing:
    """Write that somebody has read the language's texts as they are now, and return how far it is
    read then; the log and the errors are as of `accept`.
    """
    tables = {file: " ".join(sorted(said)) for file, said in _shorts(to.files, to.tag).items()}
    names = {Verb.LANGUAGE_READ: to.by}
    return _written(to, "reviewed", tables, Log(store, actor, epoch(now)), names)


def accepted_otherwise(files: Files, of: Standing) -> list[str]:
    """Return the texts on consent, privacy and danger that are not as somebody accepted them, as
    'content/fr/web.toml: join.text'; none where nobody accepted the language.
    """
    if of.is_original or not of.is_accepted:
        return []
    return [
        f"content/{of.language}/{file}: {key}"
        for (file, key), known in guarded(files, of.language).items()
        if not of.stands(file, key, known)
    ]


def read_otherwise(files: Files, of: Standing) -> dict[str, int]:
    """Return how many texts of each file are others than those that the named reader read, by
    'content/fr/web.toml'; nothing where it isn't known what they read.
    """
    if not of.is_read or not of.reviewed:
        return {}
    texts = _shorts(files, of.language)
    others = {file: said.difference(of.reviewed.get(file, ())) for file, said in texts.items()}
    return {f"content/{of.language}/{file}": len(each) for file, each in others.items() if each}


def _judge(files: Files, tag: str, by: str) -> None:
    _judge_tag(tag)
    if not files.has_folder(f"content/{tag}"):
        raise UsageError(f"content/{tag} is not there; `drumbeat new language {tag}` begins it")
    if not by.strip() or len(by) > _LONGEST or not by.isprintable():
        raise UsageError(f"--by must be a name of at most {_LONGEST} characters on one line")


def _judge_tag(tag: str) -> None:
    try:
        check_language(tag)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if Standing(language=tag).is_original:
        raise UsageError(
            f"{tag} is what the others are translated from; it needs no reader and there is nothing"
            " to accept"
        )


def _written(
    to: Ready, what: str, tables: Mapping[str, object], log: Log, names: Mapping[Verb, str]
) -> Standing:
    try:
        texts = _changed(to, what, tables, from_epoch(log.now).date())
    except ValueError as error:
        raise UsageError(f"{to.file.parent} holds what can't be changed: {error}") from error
    with log.store.transaction() if log.store else nullcontext():
        log.note(names, f"{to.tag} {digest(as_toml(tables))}")
        write(to.roots[0], {file.relative_to(to.roots[0]): text for file, text in texts.items()})
    return read_standing(read_files(to.roots), to.tag)[0]


def _changed(to: Ready, what: str, tables: Mapping[str, object], today: date) -> dict[Path, str]:
    """Return both files. The first says, too, whose and of when its digests are: if nothing but it
    gets written, they are nobody's.
    """
    beside = to.file.with_name(DIGESTS)
    said: dict[str, str | date] = {f"{what}_by": to.by, f"{what}_on": today}
    known = with_table(read_text(beside).removeprefix(_HEAD).lstrip(), what, tables)
    return {
        beside: f"{_HEAD}\n{with_keys(known, said)}",
        to.file: with_keys(read_text(to.file), said),
    }


def _shorts(files: Files, tag: str) -> dict[str, set[str]]:
    """Return the short digests of all texts that belong to no campaign, by file below the language;
    each is of the text with its name.
    """
    return {
        name: {digest(f"{key}\0{text}")[:_SHORT] for key, text in _texts(files, tag, name).items()}
        for part in PARTS
        for name in names_of(files, tag, part)
    }


def _texts(files: Files, tag: str, name: str) -> Mapping[str, object]:
    """Return the texts of a file by block or dotted key, as the nearest root has each."""
    said = _in_template if name.endswith(".j2") else _in_table
    return ChainMap(*(dict(said(file, name)) for file in files.each(f"content/{tag}/{name}")))


def _in_template(file: File, _name: str) -> Mapping[str, object]:
    return blocks_of(file.data.decode("utf-8-sig", "replace"))


def _in_table(file: File, name: str) -> Mapping[str, object]:
    return flat(read_toml(file, name)[0] or {})
