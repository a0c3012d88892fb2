"""Other words for what goes to people of an occurrence, in one language on one channel."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.broadcasts import going
from bot.jobs.broadcasts.going import Going
from bot.jobs.campaigns.preview import Preview
from bot.jobs.staff import posting
from bot.jobs.staff.scopes import said_language
from bot.jobs.staff.writing import rewordings
from bot.model.staff import Rewording
from bot.web.desk.broadcasts.hour import movable
from bot.web.desk.broadcasts.page import asked, path
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.editing import taken, text_of, told
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown


@dataclass(frozen=True)
class PeopleDraft:
    """Other words to people."""

    who: Colleague
    about: Going
    language: str
    text: str

    @cached_property
    def there(self) -> Rewording | None:
        """What stands in the place of the action's words already."""
        return rewordings.found(self.who.services, self.about, self.language)

    @cached_property
    def mark(self) -> str:
        """What stands for the words that people get now."""
        return rewordings.mark(self.who.services, self.about, self.language)

    @cached_property
    def now(self) -> str:
        """The words that people get now, or the first of several."""
        if self.there is not None:
            return self.there.text
        return rewordings.shipped(self.who.services, self.about, self.language)

    @cached_property
    def _shown(self) -> Preview:
        return rewordings.preview(self.who.services, self.about, self.language, self.text)

    @cached_property
    def wrong(self) -> list[str]:
        """That it is empty, too long, or lacks what keeps children safe."""
        words, number = self.who.words["edit"], self.who.number
        if not self.text:
            return [words["empty"]]
        count, most = rewordings.over(self.about, self._shown)
        key = "over_messages" if self._shown.messages > 1 else "over"
        long = [filled(words[key], count=number(count), most=number(most))] if count else []
        lacks = rewordings.unsafe(self.who.services, self.about, self.language, self.text)
        return [*long, *(filled(words["unsafe"], what=what) for what in lacks)]

    @cached_property
    def lost(self) -> list[str]:
        """What it loses that the campaign's own words have."""
        return list(self._strays()) if self.text else []

    def _strays(self) -> Iterator[str]:
        words = self.who.words["edit"]["lost"]
        lost = rewordings.lost(self.who.services, self.about, self.language, self.text)
        for kind, whats in lost.items():
            yield from (filled(words[kind], what=what) for what in whats)

    @property
    def _lengths(self) -> list[str]:
        shown, number = self._shown, self.who.number
        if not self.text or shown.length is None or shown.limit is None:
            return []
        words = self.who.words["post"]["length"]
        return [filled(words, count=number(shown.length), most=number(shown.limit))]

    @property
    def said(self) -> dict[str, list[str]]:
        """All of this, with the message or letter whole."""
        return {
            "posts": [self._shown.text or self.text] if self.text else [],
            "lengths": self._lengths,
            "wrong": self.wrong,
            "lost": self.lost,
        }

    def page(self, *, sure: bool = False, status: int = HTTPStatus.OK, changes: str = "") -> Shown:
        """Show it as people would get it."""
        who, row, channel = self.who, self.about.row, self.about.channel.name
        words, here = who.words, path(self.about)
        title, back = posting.title(who.services, row, who.language), who.path(*here)
        spoken = said_language(self.language, who.language)
        values = {
            "heading": filled(words["prompt"]["rewording"], language=spoken, channel=channel),
            "channel": channel,
            "back": f"{back}?language={self.language}",
            "measured_at": who.path(*here, "edit", self.language, "measured"),
            "about": words["prompt"]["rewording_about"],
            "writer": who.name_of(self.there.by) if self.there else "",
            "mark": self.mark,
            "text": self.text,
            "measured": self.said,
            "now": self.now,
            "changes": changes,
            "sure": sure,
        }
        trail = ((words["menu"]["calendar"], who.path("calendar")), (title, back))
        return Shown(
            template="prompt_edit.html", title=title, trail=trail, status=status, values=values
        )

    def keep(self) -> Elsewhere:
        """Keep it; it then waits for approval."""
        who = self.who
        rewordings.rewrite(
            who.services, self.about, self.language, self.text, self.mark, who.by, who.now
        )
        return done(who, "rewritten", *path(self.about), language=self.language)


def _draft(who: Colleague, text: str | None = None) -> PeopleDraft:
    """Return a draft of what the path asks for; without a text the words as they are."""
    about, language = asked(who), who.parts["language"]
    campaign, _ = rewordings.about(who.services, about)
    if language not in campaign.languages:
        raise Missing("nobody is written to in this language")
    draft = PeopleDraft(who, about, language, text or "")
    return draft if text is not None else PeopleDraft(who, about, language, draft.now)


def edit(who: Colleague) -> Answer:
    """Show the words as they are, to be changed."""
    draft = _draft(who)
    if not (movable(who, draft.about) or _is_skipped(draft)):
        return Elsewhere(path=who.path(*path(draft.about)))
    return draft.page()


def _is_skipped(draft: PeopleDraft) -> bool:
    return going.standing(draft.who.services, draft.about, draft.who.now) == "skipped"


def keep(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Keep the words that were sent, as `taken` does; or let the action's own stand again."""
    draft = _draft(who, text_of(form))
    if field(form, "do") != "restore":
        return taken(draft, form)
    about, mark = draft.about, field(form, "mark")
    rewordings.take_back(who.services, about, draft.language, mark, who.by, who.now)
    return done(who, "words_restored", *path(about), language=draft.language)


def back(who: Colleague) -> Elsewhere:
    """Lead to the page on which people's words stand."""
    return Elsewhere(path=who.path(*path(asked(who))))


def measured(who: Colleague, form: Mapping[str, str]) -> File:
    """Tell how the words would look."""
    return told(_draft(who, text_of(form)))
