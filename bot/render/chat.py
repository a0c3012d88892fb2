"""The words of the chat: content/<language>/chat/<file>.j2, one block per message, and words.toml
with what stands on buttons.

A language is a folder: it is spoken as soon as content/<language>/chat/words.toml is there. What
one lacks comes from its shorter tag, then from the fallback. Texts go out plain, so what people
typed needs no escaping in them; the sandbox is that of all templates.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateSyntaxError

from bot import text as texts
from bot.errors import RenderError
from bot.languages import chain, direction, nearest
from bot.render.sandbox import STEPS, Sandbox


class ChatTexts:
    """The chat's texts from `roots`, in the order of precedence.

    `fallback` is the language in which nothing may be lacking, `zone` the one of instants.

    Kept: make a new one when files changed.
    """

    def __init__(self, roots: Sequence[Path], *, fallback: str = "en", zone: str = "UTC") -> None:
        self.roots = tuple(roots)
        self.fallback = fallback
        self._environment = Sandbox(zone)
        self._templates: dict[tuple[str, str], tuple[str, Template] | None] = {}
        self._words: dict[str, Mapping[str, Any]] = {}
        self._languages: Mapping[str, str] | None = None

    def languages(self) -> Mapping[str, str]:
        """Own names of the languages by tag, sorted by name."""
        if self._languages is None:
            tags = {
                file.parent.parent.name
                for root in self.roots
                for file in root.glob("content/*/chat/words.toml")
            }
            named = {tag: str(self._own(tag).get("name", tag)) for tag in tags}
            self._languages = dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))
        return self._languages

    def spoken(self, wanted: str | None) -> str:
        """The language we speak that is nearest to a BCP 47 tag, in small letters or not.

        The fallback for None and for others.
        """
        return nearest(wanted or "", self.languages()) or self.fallback

    def text(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """The message `file.block` in this language; raises `RenderError`."""
        file, _, block = name.partition(".")
        for tag in self._chain(language):
            template = self._load(tag, file)
            if template and block in template[1].blocks:
                return self._block(template, block, {**values, "language": tag})
        raise RenderError(
            f"content/{language}/chat/{file}.j2: there is no block {block!r}, nor in"
            f" {self.fallback!r}"
        )

    def label(self, key: str, language: str) -> str:
        """What stands on a button; raises `RenderError`."""
        return self.word("buttons", key, language)

    def word(self, table: str, key: str, language: str) -> str:
        """A string of words.toml; raises `RenderError`."""
        for tag in self._chain(language):
            text = self._own(tag).get(table, {}).get(key)
            if isinstance(text, str):
                return text
        raise RenderError(
            f"content/{language}/chat/words.toml: {table}.{key} is missing, also in"
            f" {self.fallback!r}"
        )

    def describes(self, command: str) -> bool:
        """Whether a command has its words, in the fallback language at least: one without stands in
        no menu.
        """
        return command in self._own(self.fallback).get("commands", {}) or command in self._own(
            "en"
        ).get("commands", {})

    def rank(self, command: str) -> int:
        """Where a command stands in the fallback's list of commands."""
        known = list(self._own(self.fallback).get("commands", {}))
        return known.index(command) if command in known else len(known)

    def names(self, language: str, file: str) -> tuple[str, ...]:
        """Blocks of this very language's file, in their order; empty without a file.

        Raises `RenderError` when it is broken.
        """
        template = self._load(language, file)
        return tuple(template[1].blocks) if template else ()

    def own_words(self, language: str) -> Mapping[str, Any]:
        """words.toml of this very language; raises `RenderError` when it is broken."""
        return self._own(language)

    def _chain(self, language: str) -> list[str]:
        return chain(language, self.fallback, "en")

    def _own(self, language: str) -> Mapping[str, Any]:
        if language not in self._words:
            name = f"content/{language}/chat/words.toml"
            path = self._first(name)
            try:
                self._words[language] = tomllib.loads(path.read_text("utf-8")) if path else {}
            except (OSError, ValueError) as error:
                raise RenderError(f"{name}: can't be read: {error}") from error
        return self._words[language]

    def _first(self, name: str) -> Path | None:
        return next((root / name for root in self.roots if (root / name).is_file()), None)

    def _load(self, language: str, file: str) -> tuple[str, Template] | None:
        if (language, file) not in self._templates:
            name = f"content/{language}/chat/{file}.j2"
            path = self._first(name)
            self._templates[language, file] = self._compile(path, name) if path else None
        return self._templates[language, file]

    def _compile(self, path: Path, name: str) -> tuple[str, Template]:
        try:
            template, _ = self._environment.compile_text(path.read_text("utf-8"), name)
        except TemplateSyntaxError as error:
            raise RenderError(f"{name}: line {error.lineno}: {error.message}") from error
        except (OSError, ValueError, RecursionError) as error:
            raise RenderError(f"{name}: can't be read: {error}") from error
        return name, template

    def _block(self, source: tuple[str, Template], block: str, values: Mapping[str, object]) -> str:
        name, template = source
        self._environment.steps = STEPS
        try:
            body = "".join(template.blocks[block](template.new_context(dict(values)))).strip()
        except (
            Exception
        ) as error:  # a template can raise anything; all of it is the template's fault
            raise RenderError(
                f"{name}: block {block}: {str(error) or type(error).__name__}"
            ) from error
        if not body:
            raise RenderError(f"{name}: block {block}: gives no text")
        return texts.isolates(body) if direction(str(values["language"])) == "rtl" else body
