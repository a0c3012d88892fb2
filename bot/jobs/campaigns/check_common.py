"""The check of what belongs to no campaign and is there once per language (the chat, letters,
documents, pages, word lists), and of the data that all languages share.

The English files, as shipped, say what there is. A language that has one of the parts at all must
have it whole, or people would read two languages in one conversation; what it lacks may stand in
another root, or in its shorter tag (pt-BR in pt).
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.errors import RenderError
from bot.files.frozen import Files
from bot.files.shapes import some
from bot.files.toml import flat, read_toml
from bot.gaps import forms_in, gaps
from bot.languages import shorter
from bot.library import shipped_root
from bot.library.shared import read_shared
from bot.model import Problem
from bot.model.standing import ORIGINAL as MODEL
from bot.names import suggest
from bot.render.languages import plurals
from bot.render.languages.whole import PARTS, names_of
from bot.render.outline import Block, Outline, outline
from bot.render.split import SPLIT

COMMAND = 256
"""Most characters that Telegram shows beside a command."""


def run(files: Files) -> list[Problem]:
    """Return every problem of these files in all languages."""
    return [
        *read_shared(files)[1],
        *(problem for part in PARTS for problem in _part(files, part)),
    ]


def _part(files: Files, part: str) -> Iterator[Problem]:
    tags = [tag for tag in files.folders("content") if _has(files, f"content/{tag}/{part}")]
    shipped = files.of(shipped_root())
    wanted = names_of(shipped, MODEL, part)
    for tag in tags:
        yield from _strangers(files, tag, part, wanted)
    for name in wanted:
        file = f"content/{MODEL}/{name}"
        if name.endswith(".j2"):
            blocks = _blocks(shipped, MODEL, name)
            looked = ((tag, _template(files, tag, name, blocks)) for tag in tags)
        else:
            table = _whole(shipped, file)
            looked = ((tag, _table(files, tag, name, table)) for tag in tags)
        for tag, problems in looked:
            yield from some(problems, f"content/{tag}/{name}")


def _has(files: Files, name: str) -> bool:
    return files.has_folder(name) or files.first(name) is not None


def _strangers(files: Files, tag: str, part: str, wanted: list[str]) -> Iterator[Problem]:
    """Yield a problem for each file that nothing would ever read."""
    for name in sorted({*names_of(files, tag, part)} - set(wanted)):
        yield Problem(
            file=f"content/{tag}/{name}",
            key="",
            message=f"nothing reads this file{suggest(name, wanted)}",
        )


# templates


def _template(files: Files, tag: str, name: str, model: Mapping[str, Block]) -> Iterator[Problem]:
    """Yield what of the English file's blocks, `model`, this file lacks, has beyond them, or says
    differently.
    """
    file = f"content/{tag}/{name}"
    try:
        held = list(_outlines(files, tag, name))
        below = {block for short in shorter(tag)[1:] for block in _blocks(files, short, name)}
    except RenderError as error:
        yield Problem(file=file, key="", message=str(error))
        return
    own = _blocks(files, tag, name)
    for block, message in (fault for each in held for fault in each.faults):
        yield Problem(file=file, key=block, message=message)
    split = _split(name, own, model)
    stood_for = {block for blocks in split.values() for block in blocks}
    lacking = [block for block in model if block not in {*own, *below, *stood_for}]
    if not own and lacking:
        yield Problem(
            file=file, key="", message=f"is missing; write it with the blocks {', '.join(lacking)}"
        )
        return
    for block in lacking:
        message = f"is missing; write {{% block {block} %}}…{{% endblock %}}"
        yield Problem(file=file, key=block, message=message)
    said = _said(files, name)
    for block, asked in (pair for each in held for pair in each.blocks.items()):
        if block in split:
            messages: Iterable[str] = (_divided(split[block]),)
        elif block not in model:
            messages = (f"no text is called so{suggest(block, model)}",)
        else:
            messages = _differences(asked, model[block], said.get(block))
        for message in messages:
            yield Problem(file=file, key=block, message=message)


def _said(files: Files, name: str) -> Mapping[str, Block]:
    """Return the blocks of the English file as it is used here; none where it is broken, which is
    told once, of that file.
    """
    try:
        return _blocks(files, MODEL, name)
    except RenderError:
        return {}


def _divided(blocks: Iterable[str]) -> str:
    return (
        "is a block for each kind now; it is used for one more release: write"
        f" {', '.join(blocks)} in its place"
    )


def _split(name: str, own: Iterable[str], model: Mapping[str, Block]) -> dict[str, tuple[str, ...]]:
    """Return the old blocks of a file of the chat, each with those that stand for it now."""
    stem = Path(name).stem
    return {
        block: SPLIT[f"{stem}.{block}"]
        for block in own
        if name.startswith("chat/") and block not in model and f"{stem}.{block}" in SPLIT
    }


def _differences(own: Block, model: Block, said: Block | None) -> Iterator[str]:
    """Yield what a block asks for that isn't there to be said, and what the English one says and it
    doesn't.

    `said` is the English block as it is used here: what somebody left out of it on purpose needn't
    be said in other languages either.
    """
    for thing in sorted(own.said - model.said):
        yield f"{thing!r} isn't there{suggest(thing, model.said)}"
    for thing in sorted((model.said if said is None else model.said & said.said) - own.said):
        yield f"lacks {thing!r}, which {MODEL} says; put it in"


def _blocks(files: Files, tag: str, name: str) -> Mapping[str, Block]:
    """Return each block of a language's file as the nearest root has it."""
    return ChainMap(*(dict(held.blocks) for held in _outlines(files, tag, name)))


def _outlines(files: Files, tag: str, name: str) -> Iterator[Outline]:
    file = f"content/{tag}/{name}"
    return (outline(present, file, tag) for present in files.each(file))


# tables


def _table(files: Files, tag: str, name: str, model: Mapping[str, object]) -> Iterator[Problem]:
    """Yield where a file's keys, kinds of values or gaps differ from the English file's."""
    file = f"content/{tag}/{name}"
    read = [read_toml(present, file) for present in files.each(file)]
    problems = [problem for _, each in read for problem in each]
    yield from problems
    own = _whole(files, file)
    below = {key for short in shorter(tag)[1:] for key in _whole(files, f"content/{short}/{name}")}
    lacking = [key for key in model if key not in own and key not in below]
    if problems:
        return
    if not own and lacking:
        yield Problem(
            file=file, key="", message=f"is missing or empty; write it with {', '.join(lacking)}"
        )
        return
    for key in lacking:
        yield Problem(file=file, key=key, message="is missing; write it")
    for key, value in (pair for table, _ in read for pair in flat(table or {}).items()):
        message = (
            _unlike(key, value, model, tag)
            if key in model
            else f"nothing asks for it{suggest(key, model)}"
        )
        if message:
            yield Problem(file=file, key=key, message=message)


def _unlike(key: str, value: object, model: Mapping[str, object], tag: str) -> str:
    """Return what is wrong with a value; empty when nothing is."""
    if isinstance(model[key], list):
        return (
            ""
            if isinstance(value, list) and all(isinstance(item, str) for item in value)
            else "must be a list of texts in quotes"
        )
    if not isinstance(value, str) or not value.strip():
        return "must be a text in quotes, and not empty"
    if key.startswith("commands.") and len(value) > COMMAND:
        return (
            f"has {len(value)} characters, but {COMMAND} is the most: shorten it by"
            f" {len(value) - COMMAND}"
        )
    return _gaps(value, str(model[key])) or "; ".join(
        fault for forms in forms_in(value) for fault in plurals.faults(forms, tag)
    )


def _gaps(text: str, model: str) -> str:
    """Return which gaps such as {until}, which are filled in later, differ from the model's; empty
    when none do.
    """
    try:
        own, wanted = gaps(text), gaps(model)
    except ValueError as error:
        return f"has a brace too many or too few: {error}"
    if own == wanted:
        return ""
    missing, unknown = sorted(wanted - own), sorted(own - wanted)
    return "; ".join(
        [
            *(f"lacks {{{name}}}" for name in missing),
            *(f"{{{name}}} isn't there{suggest(name, wanted)}" for name in unknown),
        ]
    )


def _whole(files: Files, file: str) -> Mapping[str, object]:
    """Return the values of a table by dotted key, each as the nearest root has it; of a broken file
    none.
    """
    return ChainMap(*(flat(read_toml(present, file)[0] or {}) for present in files.each(file)))
