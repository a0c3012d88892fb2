"""Templates and tables below content/ of several roots: the first root that has a file wins, and
for what belongs to no campaign the first that has the text.

All comes from files that were read once, so that what was checked is what is used; what is compiled
is kept. Templates may come from strangers, so `bot.render.sandbox` runs them. Whatever goes wrong
becomes one `RenderError` that names file, line and block.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from traceback import walk_tb
from typing import Any

from jinja2 import Template, TemplateSyntaxError

from bot import text as texts
from bot.errors import RenderError
from bot.files.faults import of_encoding
from bot.files.frozen import File, Files
from bot.files.toml import read_toml
from bot.languages import direction
from bot.render.faults import of_name, of_syntax
from bot.render.languages.blocks import digests
from bot.render.sandbox import Sandbox, Words

_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A compiled template with its slots and blocks."""

    language: str
    #: its path below the root, for people
    file: str
    template: Template
    #: the link slots that it names
    slots: frozenset[str]
    #: what it was compiled from
    text: str

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of its blocks, in their order."""
        return tuple(self.template.blocks)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digest of each block as it is written, by name."""
        return digests(self.text)


class Loader:
    """Finds, compiles and keeps what stands in content/ of `files`.

    Instants are said by the clock of `zone` (IANA name); `words` gives the word for a code. Not for
    several threads at once.
    """

    def __init__(self, files: Files, *, zone: str = "UTC", words: Words | None = None) -> None:
        self.files = files
        self._sandbox = Sandbox(zone, words)
        self._templates: dict[tuple[str, str], tuple[Source, ...]] = {}
        self._tables: dict[str, list[Mapping[str, Any]]] = {}
        self._whole: dict[str, Mapping[str, Any]] = {}

    def file(self, name: str) -> File | None:
        """Return content/<name> of the first root that has it."""
        return self.files.first(f"content/{name}")

    def languages(self, name: str) -> frozenset[str]:
        """Return the tags for which a content/<language>/<name> stands in some root."""
        tags = self.files.folders("content")
        return frozenset(tag for tag in tags if self.file(f"{tag}/{name}") is not None)

    def template(self, language: str, name: str) -> Source | None:
        """Return content/<language>/<name>.j2 of the first root that has it, or None.

        Raises `RenderError` when it can't be compiled.
        """
        return next(iter(self.templates(language, name)), None)

    def templates(self, language: str, name: str) -> tuple[Source, ...]:
        """Return content/<language>/<name>.j2 of each root that has it, in their order.

        Raises `RenderError` when one can't be compiled.
        """
        key = (language, name)
        if key not in self._templates:
            file = f"content/{language}/{name}.j2"
            self._templates[key] = tuple(
                self._compile(present, file, language) for present in self.files.each(file)
            )
        return self._templates[key]

    def blocks(self, language: str, name: str) -> tuple[str, ...]:
        """Return the names of all blocks that `templates` have, each once."""
        sources = self.templates(language, name)
        return tuple(dict.fromkeys(block for source in sources for block in source.blocks))

    def saying(self, languages: Iterable[str], name: str, *blocks: str) -> tuple[Source, str]:
        """Return the nearest template that has one of these blocks, and which: by language, in
        each by root.

        Raises `RenderError` where there is none, or when one can't be compiled.
        """
        tags = tuple(languages)
        for source in (each for tag in tags for each in self.templates(tag, name)):
            for block in blocks:
                if block in source.blocks:
                    return source, block
        raise _unsaid(tags, name, blocks[0])

    def first(self, languages: Iterable[str], name: str) -> Source | None:
        """Return the template in the first of these languages that has it, or None.

        Raises `RenderError` when it can't be compiled.
        """
        return next(filter(None, (self.template(tag, name) for tag in languages)), None)

    def table(self, file: str) -> Mapping[str, Any]:
        """Return the table in content/<file>; empty where no root has it.

        Raises `RenderError` when it is broken.
        """
        return next(iter(self.tables(file)), {})

    def tables(self, file: str) -> list[Mapping[str, Any]]:
        """Return the table in content/<file> of each root that has it, in their order.

        Raises `RenderError` when one is broken.
        """
        if file not in self._tables:
            self._tables[file] = [
                self._read(present, file) for present in self.files.each(f"content/{file}")
            ]
        return self._tables[file]

    def whole(self, file: str) -> Mapping[str, Any]:
        """Return the table in content/<file> of the first root that has it; what it lacks, key by
        key, comes from the next roots.

        Raises `RenderError` when one is broken.
        """
        if file not in self._whole:
            self._whole[file] = layered(self.tables(file))
        return self._whole[file]

    def merged(self, languages: Sequence[str], name: str) -> dict[str, Any]:
        """Return the table in content/<language>/<name> of the first language.

        What it lacks, key by key, comes from the next roots and then from the next languages.
        Raises `RenderError` when one of these files is broken.
        """
        return layered(self.whole(f"{tag}/{name}") for tag in languages)

    def block(self, source: Source, name: str, variables: Mapping[str, object]) -> str:
        """Render one block, and leave control characters off, and all but one of empty lines that
        follow each other.

        In a right-to-left language, left-to-right pieces such as links are put into bidirectional
        isolates. Raises `RenderError`, also for a block that gives no text.
        """
        if name not in source.template.blocks:
            raise RenderError(
                f"{source.file}: there is no block {name!r}; write {{% block {name} %}}…{{%"
                " endblock %}"
            )
        self._sandbox.meter.begin()
        try:
            context = source.template.new_context(dict(variables))
            made = self._sandbox.meter.text(source.template.blocks[name](context))
        except RecursionError as error:
            raise RenderError(f"{source.file}: block {name}: calls itself without end") from error
        # a stranger's template can raise anything; all of it is the template's fault
        except Exception as error:
            kind = type(error) if isinstance(error, RenderError) else RenderError
            raise kind(
                f"{source.file}: {_line(error, source)}block {name}:"
                f" {of_name(str(error), variables) or type(error).__name__}"
            ) from error
        # variables hold what people and servers sent
        # a block that another one says brings its own line breaks
        body = _GAP.sub("\n\n", texts.without_controls(made).strip())
        if not body:
            raise RenderError(f"{source.file}: block {name}: gives no text")
        return texts.isolates(body) if direction(source.language) == "rtl" else body

    @staticmethod
    def _read(present: File, file: str) -> Mapping[str, Any]:
        table, problems = read_toml(present, f"content/{file}")
        if table is None:
            raise RenderError(f"content/{file}: {problems[0].message}")
        return table

    def _compile(self, present: File, file: str, language: str) -> Source:
        try:
            source = present.read_text("utf-8")
            template, slots = self._sandbox.compile_text(source, file)
        except TemplateSyntaxError as error:
            said = of_syntax(error, source, self._sandbox.filters)
            raise RenderError(f"{file}: {said}") from error
        except UnicodeDecodeError as error:
            raise RenderError(f"{file}: {of_encoding(error)}") from error
        except RecursionError as error:
            raise RenderError(f"{file}: is nested too deeply") from error
        except Exception as error:  # whatever a stranger's template makes of it
            raise RenderError(
                f"{file}: can't be read: {str(error) or type(error).__name__}"
            ) from error
        return Source(language=language, file=file, template=template, slots=slots, text=source)


def _unsaid(tags: Sequence[str], name: str, block: str) -> RenderError:
    nor = f", nor in {tags[-1]!r}" if len(tags) > 1 else ""
    return RenderError(f"content/{tags[0]}/{name}.j2: there is no block {block!r}{nor}")


def layered(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the first table; what it lacks, key by key, comes from the next ones."""
    table: dict[str, Any] = {}
    for below in reversed(list(tables)):
        table = over(table, below)
    return table


def over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return both tables as one; where both have a key, that of `above` stands."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = (
            over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _line(error: BaseException, source: Source) -> str:
    # not extract_tb, which opens what lies at this name on the disk, whatever that is by now
    lines = [
        number
        for frame, number in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == source.file
    ]
    return f"line {source.template.get_corresponding_lineno(lines[-1])}: " if lines else ""
