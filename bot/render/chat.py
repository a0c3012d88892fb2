"""The words of the chat: content/<language>/chat/<file>.j2, one block per message or part of one,
and words.toml with what stands on buttons.

A language is spoken as soon as content/<language>/chat/ is there and whole. A root may have a part
of these texts alone: what it lacks comes from the next roots, then from the language's shorter tag,
then from the fallback. Messages are plain text, so what people typed needs no
escaping in them; the sandbox is that of all templates.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.errors import RenderError
from bot.files.frozen import Files
from bot.gaps import Beside, together
from bot.languages import chain, nearest
from bot.model.standing import ORIGINAL
from bot.render.languages.standing import CHAT, NOTICED, UNREAD, Standings
from bot.render.languages.whole import offered
from bot.render.loader import Loader, Source
from bot.render.split import before
from bot.rules.reading.ages import Ages, said
from bot.rules.reading.typed import Phrases, phrases
from bot.rules.reading.when.clock import Words, words
from bot.rules.reading.when.lengths import Lengths, lengths

if TYPE_CHECKING:
    from bot.conversation.words import Part, Parts


class ChatTexts:
    """Makes the chat's texts from `files`, and keeps what it compiles.

    `fallback` is the language in which no text may be missing; instants are said by the clock of
    `zone` (IANA name). `begun` is offered as far as it goes, for who translates it.
    """

    def __init__(
        self, files: Files, *, fallback: str = "en", zone: str = "UTC", begun: str = ""
    ) -> None:
        self.fallback, self.begun = fallback, begun
        self._loader = Loader(files, zone=zone, words=self.said)
        self.files = files
        self._languages: Mapping[str, str] | None = None
        self._phrases: dict[str, Phrases] = {}
        #: who has read each language
        self.standings = Standings(files)

    def languages(self) -> Mapping[str, str]:
        """Return each offered language's name for itself by tag, sorted by these names."""
        if self._languages is None:
            there = self._loader.languages("chat/words.toml")
            tags = offered(self.files, there, "chat") | ({self.begun} & there)
            named = {tag: str(self.own_words(tag).get("name", tag)) for tag in tags}
            self._languages = dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))
        return self._languages

    def spoken(self, wanted: str | None) -> str:
        """Return the tag of the language we speak that is nearest to a BCP 47 tag in any case.

        The fallback for None, and where no language is near.
        """
        return nearest(wanted or "", self.languages()) or self.fallback

    def text(
        self, name: str, language: str, values: Mapping[str, object], parts: "Parts" = ()
    ) -> str:
        """Return the message that `name` ('file.block') names, put together of its parts, if any.

        Where a root's own template still has the message in one block, that block is used instead
        of the parts. The original stands below what a language says of consent, privacy and danger
        and nobody has accepted as it is; the first messages say where nobody who is named has read
        it. Raises `RenderError`.
        """
        text = self._text(name, language, values, parts)
        if name in CHAT and not self._stands(name, language, parts):
            text = Beside.of(text, self._text(name, ORIGINAL, values, parts))
        unread = self.unread(language) if name in NOTICED else ""
        return f"{text}\n\n{unread}" if unread else text

    def unread(self, language: str) -> str:
        """Return the line that nobody who is named has read a language's texts; '' where somebody
        has.
        """
        is_read = self.standings.of(self.spoken(language)).is_read
        return "" if is_read else self._block(UNREAD, language, {})

    def _text(self, name: str, language: str, values: Mapping[str, object], parts: "Parts") -> str:
        said = [part for part in parts if part]
        if not said or self._is_whole(name, said, language):
            return self._block(name, language, values)
        text = ""
        for part in said:
            known = {**values, **part.values}
            body = self._block(part.template, language, known)
            alone = part.template in CHAT and name not in CHAT
            if alone and not self._block_stands(part.template, language):
                body = Beside.of(body, self._block(part.template, ORIGINAL, known))
            text = together([text, f"{part.joint}{body}"]) if text else body
        return text

    def _stands(self, name: str, language: str, parts: "Parts") -> bool:
        """Return whether the message, as its blocks are, stands without the original."""
        said = [part for part in parts if part]
        whole = not said or self._is_whole(name, said, language)
        names = [name] if whole else [part.template for part in said]
        return all(self._block_stands(each, language) for each in names)

    def _block_stands(self, name: str, language: str) -> bool:
        source, block = self._source(name, language)
        digest = source.digests.get(block, "")
        return self.standings.stands(source.language, _file(name), block, digest)

    def _is_whole(self, name: str, parts: "Sequence[Part]", language: str) -> bool:
        """Return whether the nearest template with this message has it whole, not in parts."""
        file, _, block = name.partition(".")
        pieces = {part.template.partition(".")[2] for part in parts}
        for tag in self._chain(language):
            for source in self._loader.templates(tag, f"chat/{file}"):
                if block in source.blocks:
                    return True
                if not pieces.isdisjoint(source.blocks):
                    return False
        return False

    def _block(self, name: str, language: str, values: Mapping[str, object]) -> str:
        source, known = self._source(name, language)
        return self._loader.block(source, known, {**values, "language": source.language})

    def _source(self, name: str, language: str) -> tuple[Source, str]:
        """Return the nearest template with a message, and by which name it has it."""
        file, _, block = name.partition(".")
        names = filter(None, (block, before(file, block)))
        return self._loader.saying(self._chain(language), f"chat/{file}", *names)

    def label(self, key: str, language: str) -> str:
        """Return the text on a button; raises `RenderError` where it lacks."""
        return self.word("buttons", key, language)

    def word(self, table: str, key: str, language: str) -> str:
        """Return a string of words.toml; raises `RenderError` where it lacks."""
        for tag in self._chain(language):
            text = self.own_words(tag).get(table, {}).get(key)
            if isinstance(text, str):
                return text
        raise RenderError(
            f"content/{language}/chat/words.toml: {table}.{key} is missing, also in"
            f" {self.fallback!r}"
        )

    def said(self, table: str, code: str, language: str) -> str:
        """Return the word for a code, from a table of any root's words.toml.

        A code without a word has that of the key `other`; where that is missing too, the code is
        returned itself. Raises `RenderError` where there is no such table.
        """
        for tag in self._chain(language):
            files = self._loader.tables(f"{tag}/chat/words.toml")
            tables = [words[table] for words in files if table in words]
            for key in (code, "other") if tables else ():
                if text := next((str(words[key]) for words in tables if key in words), ""):
                    return text
            if tables:
                return code
        raise RenderError(f"content/{language}/chat/words.toml: there is no table {table!r}")

    def phrases(self, language: str) -> Phrases:
        """Return what people type in any language (typed.toml); what a phrase means in `language`
        goes before what it means in another. A file that is broken says nothing.
        """
        if language not in self._phrases:
            tags = dict.fromkeys((*self._chain(language), *sorted(self.languages())))
            self._phrases[language] = phrases(table for tag in tags for table in self._typed(tag))
        return self._phrases[language]

    def _typed(self, language: str) -> Sequence[Mapping[str, Any]]:
        try:
            return self._loader.tables(f"{language}/chat/typed.toml")
        except RenderError:
            return ()

    def instants(self, language: str) -> Words:
        """Return how people write instants in this language, in the fallback and in English."""
        return words(self._listed(language, "instants"), self._listed(language, "numbers"))

    def lengths(self, language: str) -> Lengths:
        """Return how people write lengths of time in this language, the fallback and English."""
        return lengths(self._listed(language, "lengths"), self._listed(language, "numbers"))

    def ages(self, language: str) -> Ages:
        """Return how people say their age in this language, the fallback and English."""
        return said(self._listed(language, "age"), self._listed(language, "numbers"))

    def _listed(self, language: str, table: str) -> Sequence[Mapping[str, str]]:
        return [self.own_words(tag).get(table, {}) for tag in self._chain(language)]

    def describes(self, command: str) -> bool:
        """Return whether a command is described in the fallback or in English.

        A command without a description stands in no menu.
        """
        tags = (self.fallback, "en")
        return any(command in self.own_words(tag).get("commands", {}) for tag in tags)

    def rank(self, command: str) -> int:
        """Return a command's place in the fallback's list, from 0; an unknown one comes last."""
        known = list(self.own_words(self.fallback).get("commands", {}))
        return known.index(command) if command in known else len(known)

    def names(self, language: str, file: str) -> tuple[str, ...]:
        """Return the names of the blocks in this very language's files, in their order.

        Empty without a file. Raises `RenderError` when one is broken.
        """
        return self._loader.blocks(language, f"chat/{file}")

    def own_words(self, language: str) -> Mapping[str, Any]:
        """Return the words.toml of this very language; raises `RenderError` when it is broken."""
        return self._loader.whole(f"{language}/chat/words.toml")

    def _chain(self, language: str) -> tuple[str, ...]:
        return chain(language, self.fallback, "en")


def _file(name: str) -> str:
    return f"chat/{name.partition('.')[0]}.j2"
