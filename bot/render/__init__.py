"""Templates become texts: the one place that renders messages with Jinja.

A template is content/<language>/<campaign>/<action>.j2 in the first root that has it. It holds all
texts of one action in one language as blocks named `role`, `role_2`, `role_3` (wordings) or
`role_network`, `role_network_2` (wordings for one network, which then replace the general ones
there). While a link slot of the action is empty, `role_without_link` and its wordings stand for
those of the role (see `bot.render.unlinked`).

In a post, `{{ next_post }}` ends one post and begins the next: the whole is a thread, and
each of its posts must fit the network.

`bot.render.loader` finds templates, keeps them compiled and runs them.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache, partial
from typing import Any

from bot.errors import RenderError
from bot.files.frozen import PICTURES, File, Files
from bot.gaps import Beside
from bot.languages import by_small_letters, chain, shorter
from bot.model import Action, Audience, Campaign, Picture, Rendered, Role
from bot.model.standing import ORIGINAL
from bot.model.words import Words, words_of
from bot.render.cards import CardMaker, card_of
from bot.render.chat import ChatTexts
from bot.render.languages.standing import BLOCKS, beside
from bot.render.languages.whole import offered
from bot.render.loader import Loader, Source, layered
from bot.render.outline import EMPTY, Outline, outline
from bot.render.sharing import gathered
from bot.render.unlinked import UNLINKED, WITHOUT_LINK, lacks_link, waiting
from bot.render.variables import NEXT_POST, Variables

PAGES = "public"
"""The name of the table with the words of public pages, and of what a campaign says in their place.
"""

_TITLES = 5_000  # most that are kept


class Renderer:
    """Makes the texts of campaigns from `files`, as they were read; keeps what it compiles.

    With `stand_in`, which rehearsal and check use, an empty link slot gives
    https://example.org/<slot>; otherwise it raises `LinkEmpty`. The chat offers the language
    `begun` as far as it goes. Not for several threads at once.
    """

    def __init__(
        self,
        files: Files,
        campaigns: Mapping[str, Campaign],
        *,
        stand_in: bool = False,
        cards: CardMaker | None = None,
        begun: str = "",
    ) -> None:
        self.files = files
        #: draws the cards of posts; None where posts come without
        self.cards = cards
        self._loader = Loader(files)
        self.campaigns = campaigns
        self.stand_in = stand_in
        self._words: dict[tuple[str, str], Words] = {}
        self._tags: dict[str, Mapping[str, str]] = {}
        self._tables: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self._titles: dict[tuple[str, str, str, Audience, date], str] = {}
        #: the chat's texts, for what is said in its words outside of a conversation
        self.chat = ChatTexts(files, begun=begun)

    def offering(self, language: str) -> "Renderer":
        """Return one whose chat offers also this language, as far as it goes."""
        return Renderer(
            self.files,
            self.campaigns,
            stand_in=self.stand_in,
            cards=self.cards,
            begun=language,
        )

    def text(
        self,
        campaign: Campaign,
        action: Action,
        role: Role,
        *,
        language: str,
        network: str,
        audience: Audience,
        day: date,
        wording: int = 0,
        unlinked: bool | None = None,
    ) -> Rendered:
        """Render one text for one network.

        `wording` is any integer, taken modulo the number of wordings. A post comes with the picture
        of its action's slot where the file is there. `unlinked` says whether to take the wording
        without a link where there is one; by default while a link slot of the action is empty.

        Raises `RenderError`, and of its kinds `LinkEmpty` for an empty link slot and `FactExpired`
        for a fact that may no longer be said on `day`.
        """
        source = self._source(campaign, action.id, language)
        without = lacks_link(campaign, action) if unlinked is None else unlinked
        name = _chosen(source, role, network, wording, without)
        known = self._variables(campaign, action, source.language, network, audience, day)
        give = known.mapping()
        first, *thread = _posts(
            self._loader.block(source, name, give), f"{source.file}: block {name}", role
        )
        pictured = role is Role.POST and action.picture is not None
        picture = self._pictured(source, known, give)() if pictured else None
        return Rendered(text=first, language=source.language, picture=picture, thread=tuple(thread))

    def title(
        self, campaign: Campaign, action: Action, *, language: str, audience: Audience, day: date
    ) -> str:
        """Return what an action is called in lists, kept once made. Raises `RenderError`."""
        about = campaign.id, action.id, language, audience, day
        if about not in self._titles:
            if len(self._titles) >= _TITLES:
                self._titles.clear()
            self._titles[about] = self.text(
                campaign,
                action,
                Role.TITLE,
                language=language,
                network="telegram",
                audience=audience,
                day=day,
            ).text
        return self._titles[about]

    def page(
        self,
        name: str,
        block: str,
        *,
        language: str,
        fallback: str,
        variables: Mapping[str, object],
    ) -> Rendered:
        """Render a block of content/<language>/<name>.j2, which belongs to no campaign.

        `name` is such as 'documents/pledge' or 'mail/confirm'. The template has these variables and
        `language`; its filter `markdown` shows a person's own words in a Markdown document. Raises
        `RenderError`.
        """
        source, known = self._loader.saying(chain(language, fallback), name, block)
        said = self._said(source, known, variables)
        if block in BLOCKS.get(name, ()) and not self.chat.standings.stands(
            source.language, f"{name}.j2", known, source.digests.get(known, "")
        ):
            original, block = self._loader.saying((ORIGINAL,), name, block)
            said = Beside.of(said, self._said(original, block, variables))
        return Rendered(text=said, language=source.language)

    def _said(self, source: Source, block: str, variables: Mapping[str, object]) -> str:
        return self._loader.block(source, block, {**variables, "language": source.language})

    def table(self, name: str, *, language: str, fallback: str) -> Mapping[str, Any]:
        """Return the table in content/<language>/<name>.toml.

        What the first root's lacks comes from the next roots, the language's shorter tags and then
        from the `fallback`. Raises `RenderError` when one of these files is broken.
        """
        key = (name, language, fallback)
        if key not in self._tables:
            table: Mapping[str, Any] = self._loader.merged(
                chain(language, fallback), f"{name}.toml"
            )
            if ORIGINAL not in shorter(language):
                original = self.table(name, language=ORIGINAL, fallback=ORIGINAL)
                stands = partial(self.chat.standings.stands, language, f"{name}.toml")
                table = beside(name, table, original, stands)
            self._tables[key] = table
        return self._tables[key]

    def page_words(
        self, campaign: Campaign | None, language: str, *, fallback: str
    ) -> Mapping[str, Any]:
        """Return what public pages say: content/<language>/public.toml, and in place of its words
        those that the campaign, or one that it is like, has under [public] of its words.toml in
        this very language.

        What lacks comes as in `table`. Raises `RenderError` when one of these files is broken.
        """
        table = self.table(PAGES, language=language, fallback=fallback)
        if campaign is None:
            return table
        key = (campaign.id, PAGES, language)
        if key not in self._tables:
            own = (
                self._loader.table(f"{tag}/{each}/words.toml").get(PAGES, {})
                for each in (campaign.id, *campaign.like)
                for tag in chain(language)
            )
            words: Mapping[str, Any] = layered([*own, table])
            # what a campaign says otherwise is its own to answer for, once the language is accepted
            if not self.chat.standings.of(language).is_accepted:
                original = self.page_words(campaign, ORIGINAL, fallback=ORIGINAL)
                words = beside(PAGES, words, original)
            self._tables[key] = words
        return self._tables[key]

    def languages(self, name: str) -> frozenset[str]:
        """Return the tags for which a content/<language>/<name>.toml stands in some root."""
        return self._loader.languages(f"{name}.toml")

    def tags(self, name: str) -> Mapping[str, str]:
        """Return the tags of `languages(name)` that are whole by their small letters; the mapping
        is made once.
        """
        if name not in self._tags:
            tags = offered(self.files, self.languages(name), f"{name}.toml")
            self._tags[name] = by_small_letters(sorted(tags))
        return self._tags[name]

    def wordings(
        self, campaign: Campaign, action: Action, role: Role, *, language: str, network: str
    ) -> int:
        """Return how many wordings `text` has to choose from.

        0 where there is no such block, or no template at all.
        """
        return len(self.names(campaign, action, role, language=language, network=network))

    def names(
        self,
        campaign: Campaign,
        action: Action,
        role: Role,
        *,
        language: str,
        network: str,
        unlinked: bool | None = None,
    ) -> tuple[str, ...]:
        """Return the names of the blocks that `text` chooses from, in the order of `wording`."""
        source = self._find(campaign, action.id, language)
        without = lacks_link(campaign, action) if unlinked is None else unlinked
        return () if source is None else _named(source.blocks, role, network, without)

    def waiting(self, campaign: Campaign, action: Action) -> dict[str, tuple[str, ...]]:
        """Return, by language, the names of the action's blocks that wait for an empty link slot,
        since there is no wording without the link; languages in which nothing waits, and templates
        that can't be read, are left out.
        """
        waits = dict[str, tuple[str, ...]]()
        for tag in campaign.languages if lacks_link(campaign, action) else ():
            with suppress(RenderError):
                held = self.outline(campaign, action.id, language=tag)
                if names := waiting(campaign, held):
                    waits[tag] = names
        return waits

    def slots(self, campaign: Campaign, action_id: str, *, language: str) -> frozenset[str]:
        """Return the names of the link slots that the action's template asks for by link("…").

        Empty without a template.
        """
        source = self._find(campaign, action_id, language)
        return frozenset() if source is None else source.slots

    def blocks(
        self, campaign: Campaign, action_id: str, *, language: str, fallback: bool = True
    ) -> tuple[str, ...]:
        """Return the names of the blocks of the action's template, in their order.

        Empty without a template. Without `fallback`, only this very language's template counts.
        Raises `RenderError` when it is broken.
        """
        source = self._find(campaign, action_id, language, fallback=fallback)
        return () if source is None else source.blocks

    def outline(self, campaign: Campaign, action_id: str, *, language: str) -> Outline:
        """Return what this very language's template of the action holds.

        Empty without a template. Raises `RenderError` when it is broken.
        """
        file = f"{language}/{campaign.id}/{action_id}.j2"
        present = self._loader.file(file)
        return EMPTY if present is None else outline(present, f"content/{file}", language)

    def templates(self, campaign: Campaign, language: str) -> tuple[str, ...]:
        """Return the ids of the actions that have a template in this very language, sorted."""
        return tuple(
            name.removesuffix(".j2")
            for name in self.files.within(f"content/{language}/{campaign.id}")
            if name.endswith(".j2")
        )

    def picture(self, campaign: Campaign, action: Action, language: str = "") -> File | None:
        """Return the file of the action's picture slot in the first root that has it: the one that
        was made for this language where there is one.

        None where the action has no slot, or no root has the file.
        """
        return self.picture_named(campaign, action.picture or "", language)

    def picture_named(self, campaign: Campaign, slot: str, language: str = "") -> File | None:
        """Return the campaign's picture of this name as `picture` does, of whatever action."""
        tags = shorter(language) if language else ()
        stems = [f"campaigns/{campaign.id}/pictures/{slot}{f'.{tag}'}" for tag in tags]
        stems.append(f"campaigns/{campaign.id}/pictures/{slot}")
        return self.files.first(
            *(f"{stem}{each}" for stem in stems for suffix in PICTURES for each in _cases(suffix))
        )

    def post_picture(
        self,
        campaign: Campaign,
        action: Action,
        *,
        language: str,
        network: str,
        audience: Audience,
        day: date,
    ) -> Callable[[], Picture | None]:
        """Return what makes the picture with which `text` gives the post: of a file, or a card.

        Its words are put together here; to draw a card takes long, and may be done in a thread.
        Raises `RenderError`.
        """
        if action.picture is None:
            return _nothing
        source = self._source(campaign, action.id, language)
        known = self._variables(campaign, action, source.language, network, audience, day)
        return self._pictured(source, known, known.mapping())

    def words(self, campaign: Campaign, language: str) -> Words:
        """Return what content/<language>/<campaign>/words.toml says, and what it shares.

        What both lack comes from the language's shorter tags and then from the campaign's own
        language. Raises `RenderError` when one of these files is broken.
        """
        if (campaign.id, language) not in self._words:
            tags = chain(language, campaign.language)
            table = layered(self.all_words(campaign, tag) for tag in tags)
            self._words[campaign.id, language] = words_of(table, campaign.id, language)
        return self._words[campaign.id, language]

    def all_words(self, campaign: Campaign, language: str) -> Mapping[str, Any]:
        """Return the campaign's words in this very language alone, with those that it shares with
        the campaigns it is like.

        Raises `RenderError` when one of their files is broken.
        """
        if not campaign.like:
            return self.own_words(campaign, language)
        here, home = (
            [
                self._loader.table(f"{tag}/{each}/words.toml")
                for each in (campaign.id, *campaign.like)
            ]
            for tag in (language, campaign.language)
        )
        return gathered(campaign, here, home)

    def own_words(self, campaign: Campaign, language: str) -> Mapping[str, Any]:
        """Return the campaign's words.toml in this very language alone; empty where there is none.

        Raises `RenderError` when it is broken.
        """
        return self._loader.table(f"{language}/{campaign.id}/words.toml")

    def _variables(
        self,
        campaign: Campaign,
        action: Action,
        language: str,
        network: str,
        audience: Audience,
        day: date,
    ) -> Variables:
        return Variables(
            campaign=campaign,
            action=action,
            language=language,
            network=network,
            audience=audience,
            day=day,
            words=partial(self.words, campaign, language),
            stand_in=self.stand_in,
        )

    def _pictured(
        self, source: Source, known: Variables, give: Mapping[str, object]
    ) -> Callable[[], Picture | None]:
        """Return what makes the picture of a post: the campaign's own file, else the card where the
        template has words for it.
        """
        campaign, action = known.campaign, known.action
        file = self.picture(campaign, action, source.language)
        if file is not None:
            shown = self._shown(file, source, give)
            return lambda: shown
        if self.cards is None or Role.CARD.value not in source.blocks:
            return _nothing
        card, alt = card_of(self, campaign, action, language=source.language, day=known.day)
        return partial(self.cards.of_post, card, alt, known.network)

    def _shown(self, file: File, source: Source, give: Mapping[str, object]) -> Picture:
        """Return a picture with the alt text that the action's template has for it."""
        data, alt = _bytes(file), self._loader.block(source, Role.ALT.value, give)
        return Picture(path=file.path, data=data, alt=alt)

    def _source(self, campaign: Campaign, action_id: str, language: str) -> Source:
        source = self._find(campaign, action_id, language)
        if source is None:
            raise RenderError(
                f"content/{language}/{campaign.id}/{action_id}.j2: there is no such file in any"
                f" root, nor in {campaign.language!r}"
            )
        return source

    def _find(
        self, campaign: Campaign, action_id: str, language: str, *, fallback: bool = True
    ) -> Source | None:
        tags = chain(language, campaign.language) if fallback else [language]
        return self._loader.first(tags, f"{campaign.id}/{action_id}")


def _chosen(source: Source, role: Role, network: str, wording: int, unlinked: bool) -> str:
    """Return the name of the block for this wording; raises `RenderError` where there is none."""
    names = _named(source.blocks, role, network, unlinked)
    if not names:
        raise RenderError(
            f"{source.file}: there is no block {role.value!r}; write {{% block {role.value}"
            " %}…{% endblock %}"
        )
    return names[wording % len(names)]


def _nothing() -> None:
    """Make the picture of a post that has none."""


def _cases(suffix: str) -> tuple[str, str]:
    return suffix, suffix.upper()


def _bytes(picture: File) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as error:
        raise RenderError(f"the picture {picture.path} can't be read: {error}") from None


def _posts(body: str, place: str, role: Role) -> list[str]:
    """Return the posts of a thread in order, which for most texts is one.

    Raises `RenderError` for an empty post, and for a thread in a text that is no post.
    """
    posts = [post.strip() for post in body.split(NEXT_POST)]
    if len(posts) > 1 and role is not Role.POST:
        raise RenderError(f"{place}: only a post can be a thread; take {{{{ next_post }}}} out")
    if not all(posts):
        raise RenderError(
            f"{place}: post {posts.index('') + 1} of the thread has no text; write some, or take"
            " {{ next_post }} out"
        )
    return posts


@lru_cache(maxsize=1_000)
def _named(blocks: tuple[str, ...], role: Role, network: str, unlinked: bool) -> tuple[str, ...]:
    """Return the blocks of a role in the order of their numbers: the network's own, else general;
    when `unlinked`, those without a link before all others.

    Empty where the role has neither.
    """
    stems = [f"{role.value}_{network}", role.value]
    if unlinked and role in UNLINKED:
        stems = [*(f"{stem}{WITHOUT_LINK}" for stem in stems), *stems]
    for stem in stems:
        numbered = [
            (int(match[1] or 1), name)
            for name in blocks
            if (match := re.fullmatch(rf"{re.escape(stem)}(?:_(\d+))?", name))
        ]
        if numbered:
            return tuple(name for _, name in sorted(numbered))
    return ()
