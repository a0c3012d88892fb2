"""Templates -> texts: the only Jinja for messages.

A template is content/<language>/<campaign>/<action>.j2 in the first root that has it. It holds all
texts of one action in one language as blocks named `role`, `role_2`, `role_3` (wordings) or
`role_network`, `role_network_2` (wordings for one network, which then replace the general ones
there). In a post, `{{ next_post }}` ends one post and begins the next: the whole is a thread, and
each of its posts must fit the network.

Templates come from strangers too: `bot.render.sandbox` holds them. Whatever goes wrong becomes one
`RenderError` that names file, line and block.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from traceback import extract_tb

from jinja2 import Template, TemplateSyntaxError

from bot import text as texts
from bot.errors import FactExpired, LinkEmpty, RenderError
from bot.languages import chain, direction
from bot.model import Action, Audience, Campaign, Picture, Rendered, Role
from bot.model.words import Words, words_of
from bot.names import suggest
from bot.render.outline import EMPTY, Outline, outline
from bot.render.sandbox import STEPS, Sandbox

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
"""What a picture's file may end with, in the order of preference."""

_NEXT_POST = "\0"  # what no text holds, and no strip() takes away


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A compiled template: its language, its path below the root (for people), its blocks, the link
    slots it names.
    """

    language: str
    file: str
    template: Template
    slots: frozenset[str]


class Renderer:
    """Gives the texts of campaigns.

    Compiled templates are kept: a new Renderer is made when files have changed.

    `library_roots` in the order of precedence. With `stand_in`, empty link slots give
    https://example.org/<slot> (rehearsal, check) where they otherwise raise `LinkEmpty`. Not for
    several threads at once.
    """

    def __init__(
        self,
        library_roots: Sequence[Path],
        campaigns: Mapping[str, Campaign],
        *,
        stand_in: bool = False,
    ) -> None:
        self.roots = tuple(library_roots)
        self.campaigns = campaigns
        self.stand_in = stand_in
        self._environment = Sandbox()
        self._compiled: dict[tuple[str, str, str], _Source | None] = {}
        self._words: dict[tuple[str, str], Words] = {}
        self._tables: dict[tuple[str, str, str], Mapping[str, object]] = {}

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
    ) -> Rendered:
        """Render one text for one network.

        `wording` is any integer, taken modulo the number of wordings.

        A post brings the picture of its slot when the file is there. Raises `RenderError`,
        `LinkEmpty` or `FactExpired`.
        """
        source = self._source(campaign, action.id, language)
        names = _named(source.template.blocks, role, network)
        if not names:
            raise RenderError(
                f"{source.file}: there is no block {role.value!r}; write {{% block {role.value}"
                " %}…{% endblock %}"
            )
        give = _Variables(self, campaign, action, source.language, network, audience, day)
        name = names[wording % len(names)]
        first, *thread = _posts(
            self._block(source, name, give), f"{source.file}: block {name}", role
        )
        path = self.picture(campaign, action) if role is Role.POST else None
        picture = (
            None
            if path is None
            else Picture(path=path, alt=self._block(source, Role.ALT.value, give))
        )
        return Rendered(text=first, language=source.language, picture=picture, thread=tuple(thread))

    def page(
        self,
        name: str,
        block: str,
        *,
        language: str,
        fallback: str,
        variables: Mapping[str, object],
    ) -> Rendered:
        """Render a block of content/<language>/<name>.j2: what belongs to no campaign, such as
        'documents/pledge' or 'mail/confirm'.

        Templates have these variables and `language`; `| markdown` shows a person's own words in a
        Markdown document. Raises `RenderError`.
        """
        folder, _, stem = name.partition("/")
        tags = chain(language, fallback)
        source = next(
            (template for tag in tags if (template := self._load(folder, stem, tag)) is not None),
            None,
        )
        if source is None:
            raise RenderError(
                f"content/{language}/{name}.j2: there is no such file in any root, nor in"
                f" {fallback!r}"
            )
        return Rendered(
            text=self._block(source, block, _Given({**variables, "language": source.language})),
            language=source.language,
        )

    def table(self, name: str, *, language: str, fallback: str) -> Mapping[str, object]:
        """Give content/<language>/<name>.toml.

        What it lacks comes from its shorter tags and the `fallback`. Raises `RenderError` when one
        is broken.
        """
        key = (name, language, fallback)
        if key not in self._tables:
            merged: dict[str, object] = {}
            for tag in reversed(chain(language, fallback)):
                merged = _merged(merged, self._toml(f"content/{tag}/{name}.toml"))
            self._tables[key] = merged
        return self._tables[key]

    def languages(self, name: str) -> frozenset[str]:
        """Return the tags for which a content/<language>/<name>.toml stands in some root."""
        return frozenset(
            file.parent.name for root in self.roots for file in root.glob(f"content/*/{name}.toml")
        )

    def shared(self, name: str) -> Mapping[str, object]:
        """Give content/<name>.toml, which is the same in all languages; empty where there is none.

        Raises `RenderError` when it is broken.
        """
        return self._toml(f"content/{name}.toml")

    def wordings(
        self, campaign: Campaign, action: Action, role: Role, *, language: str, network: str
    ) -> int:
        """Tell how many wordings `text` has to choose from.

        0 when there is no such block or no template at all.
        """
        return len(self.names(campaign, action, role, language=language, network=network))

    def names(
        self, campaign: Campaign, action: Action, role: Role, *, language: str, network: str
    ) -> tuple[str, ...]:
        """Name the blocks that `text` chooses from, in the order of `wording`."""
        source = self._find(campaign, action.id, language)
        return () if source is None else tuple(_named(source.template.blocks, role, network))

    def slots(self, campaign: Campaign, action_id: str, *, language: str) -> frozenset[str]:
        """Name the link slots that the action's template asks for by link("…").

        Empty without a template.
        """
        source = self._find(campaign, action_id, language)
        return frozenset() if source is None else source.slots

    def blocks(
        self, campaign: Campaign, action_id: str, *, language: str, fallback: bool = True
    ) -> tuple[str, ...]:
        """Name the blocks of the action's template in their order; empty without a template.

        Raises `RenderError` when it is broken.

        Without `fallback`, only this very language counts.
        """
        source = self._find(campaign, action_id, language, fallback=fallback)
        return () if source is None else tuple(source.template.blocks)

    def outline(self, campaign: Campaign, action_id: str, *, language: str) -> Outline:
        """Return what this very language's template of the action holds.

        Empty without a template. Raises `RenderError` when it is broken.
        """
        name = f"content/{language}/{campaign.id}/{action_id}.j2"
        path = self._first(name)
        return EMPTY if path is None else outline(path, name, language)

    def files(self, campaign: Campaign, language: str) -> tuple[str, ...]:
        """Name the action ids for which a template stands in this very language's folders,
        sorted.
        """
        folders = (root / "content" / language / campaign.id for root in self.roots)
        return tuple(
            sorted(
                {file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.j2")}
            )
        )

    def picture(self, campaign: Campaign, action: Action) -> Path | None:
        """Find the file of the action's picture slot in the first root that has it.

        None without slot or file.
        """
        if action.picture is None:
            return None
        folders = [*(root / "campaigns" / campaign.id for root in self.roots), campaign.folder]
        paths = (
            folder / "pictures" / f"{action.picture}{suffix}"
            for folder in folders
            for suffix in SUFFIXES
        )
        return next((path for path in paths if path.is_file()), None)

    def words(self, campaign: Campaign, language: str) -> Words:
        """Give what content/<language>/<campaign>/words.toml says.

        What it lacks comes from its shorter tags and the campaign's language. Raises `RenderError`
        when one of these files is broken.
        """
        if (campaign.id, language) not in self._words:
            merged: dict[str, object] = {}
            for tag in reversed(chain(language, campaign.language)):
                merged = _merged(merged, self.own_words(campaign, tag))
            self._words[campaign.id, language] = words_of(merged, campaign.id)
        return self._words[campaign.id, language]

    def own_words(self, campaign: Campaign, language: str) -> dict[str, object]:
        """Give the words.toml of this very language, without fallback.

        Raises `RenderError` when it is broken.
        """
        return self._toml(f"content/{language}/{campaign.id}/words.toml")

    def _toml(self, name: str) -> dict[str, object]:
        path = self._first(name)
        if path is None:
            return {}
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise RenderError(f"{name}: can't be read: {error}") from error

    def _first(self, name: str) -> Path | None:
        return next((root / name for root in self.roots if (root / name).is_file()), None)

    def _source(self, campaign: Campaign, action_id: str, language: str) -> _Source:
        source = self._find(campaign, action_id, language)
        if source is None:
            raise RenderError(
                f"content/{language}/{campaign.id}/{action_id}.j2: there is no such file in any"
                f" root, nor in {campaign.language!r}"
            )
        return source

    def _find(
        self, campaign: Campaign, action_id: str, language: str, *, fallback: bool = True
    ) -> _Source | None:
        tags = chain(language, campaign.language) if fallback else [language]
        return next(
            (
                source
                for tag in tags
                if (source := self._load(campaign.id, action_id, tag)) is not None
            ),
            None,
        )

    def _load(self, campaign_id: str, action_id: str, language: str) -> _Source | None:
        key = (language, campaign_id, action_id)
        if key not in self._compiled:
            name = f"content/{language}/{campaign_id}/{action_id}.j2"
            path = self._first(name)
            self._compiled[key] = None if path is None else self._compile(path, name, language)
        return self._compiled[key]

    def _compile(self, path: Path, name: str, language: str) -> _Source:
        try:
            template, slots = self._environment.compile_text(path.read_text("utf-8"), name)
        except TemplateSyntaxError as error:
            raise RenderError(f"{name}: line {error.lineno}: {error.message}") from error
        except RecursionError as error:
            raise RenderError(f"{name}: is nested too deeply") from error
        except (OSError, ValueError) as error:
            raise RenderError(f"{name}: can't be read: {error}") from error
        return _Source(language=language, file=name, template=template, slots=slots)

    def _block(self, source: _Source, name: str, give: "_Variables | _Given") -> str:
        if name not in source.template.blocks:
            raise RenderError(
                f"{source.file}: there is no block {name!r}; write {{% block {name} %}}…{{%"
                " endblock %}"
            )
        self._environment.steps = STEPS
        try:
            context = source.template.new_context(give.mapping())
            body = "".join(source.template.blocks[name](context)).strip()
        except RenderError as error:
            raise type(error)(
                f"{source.file}: {_line(error, source)}block {name}: {error}"
            ) from error
        except RecursionError as error:
            raise RenderError(f"{source.file}: block {name}: calls itself without end") from error
        except (
            Exception
        ) as error:  # a stranger's template can raise anything; all of it is the template's fault
            raise RenderError(
                f"{source.file}: {_line(error, source)}block {name}:"
                f" {str(error) or type(error).__name__}"
            ) from error
        if not body:
            raise RenderError(f"{source.file}: block {name}: gives no text")
        return texts.isolates(body) if direction(source.language) == "rtl" else body


@dataclass(frozen=True)
class _Given:
    """What a page may say: just what it was given."""

    variables: Mapping[str, object]

    def mapping(self) -> dict[str, object]:
        return dict(self.variables)


@dataclass(frozen=True)
class _Variables:
    """What a template may say."""

    renderer: Renderer
    campaign: Campaign
    action: Action
    language: str
    network: str
    audience: Audience
    day: date

    def mapping(self) -> dict[str, object]:
        own: dict[str, object] = (
            {} if self.action.prescribed is None else {"prescribed": self.action.prescribed}
        )
        functions: dict[str, Callable[[str], object]] = {"link": self.link, "fact": self.fact}
        words = {
            "hashtag": self.campaign.hashtag,
            "audience": self.audience.word,
            "network": self.network,
            "language": self.language,
        }
        return (
            own
            | functions
            | words
            | {
                "year": self.day.year,
                "day": self.day,
                "next_post": _NEXT_POST,
            }
        )

    def link(self, name: str) -> str:
        """The URL of a link slot."""
        slot = self.campaign.links.get(name)
        if slot is None:
            raise RenderError(
                f"link({name!r}): {self.campaign.id} has no such link"
                f" slot{suggest(name, self.campaign.links)}"
            )
        if not slot.url and not self.renderer.stand_in:
            raise LinkEmpty(
                f"link({name!r}): the slot is empty; fill in [links.{name}] in"
                f" campaigns/{self.campaign.id}/campaign.toml"
            )
        return slot.url or f"https://example.org/{name}"

    def fact(self, name: str) -> int | float | str:
        """The value of a fact that may still be said on the day."""
        fact = self.campaign.facts.get(name)
        if fact is None:
            raise RenderError(
                f"fact({name!r}): {self.campaign.id} has no such"
                f" fact{suggest(name, self.campaign.facts)}"
            )
        if fact.expires is not None and self.day > fact.expires:
            raise FactExpired(
                f"fact({name!r}): expired on {fact.expires}, before {self.day}; look it up again in"
                f" [facts.{name}], or leave it out"
            )
        return fact.value


def _posts(body: str, place: str, role: Role) -> list[str]:
    """The posts of a thread, in order; just one for most texts."""
    posts = [post.strip() for post in body.split(_NEXT_POST)]
    if len(posts) > 1 and role is not Role.POST:
        raise RenderError(f"{place}: only a post can be a thread; take {{{{ next_post }}}} out")
    if not all(posts):
        raise RenderError(
            f"{place}: post {posts.index('') + 1} of the thread has no text; write some, or take"
            " {{ next_post }} out"
        )
    return posts


def _named(blocks: Iterable[str], role: Role, network: str) -> list[str]:
    """The blocks of a role in the order of their numbers: the network's own, else the general
    ones.
    """
    for stem in (f"{role.value}_{network}", role.value):
        numbered = [
            (int(match[1] or 1), name)
            for name in blocks
            if (match := re.fullmatch(rf"{re.escape(stem)}(?:_(\d+))?", name))
        ]
        if numbered:
            return [name for _, name in sorted(numbered)]
    return []


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = (
            _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _line(error: BaseException, source: _Source) -> str:
    lines = [
        frame.lineno
        for frame in extract_tb(error.__traceback__)
        if frame.filename == source.file and frame.lineno
    ]
    return f"line {source.template.get_corresponding_lineno(lines[-1])}: " if lines else ""
