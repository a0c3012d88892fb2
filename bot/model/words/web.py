"""The words of the pages that letters lead to (content/<language>/web.toml).

A word that nobody has written is '' here; `drumbeat check` names what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model.words.reading import read


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """The words of a page that asks nothing."""

    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterWords(PageWords):
    """The words of a page that starts or stops letters; chat rooms have words of their own."""

    button: str = ""
    room: str = ""
    room_button: str = ""
    done_title: str = ""
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmWords(LetterWords):
    """The words of the page that starts letters."""

    already: str = ""
    #: of a link that was used too late; with where to write to, and without
    old_title: str = ""
    old: str = ""
    old_reply: str = ""


@dataclass(frozen=True, kw_only=True)
class LeaveWords(LetterWords):
    """The words of the page that stops letters."""

    #: to whom nobody writes, or no longer
    gone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportWords(PageWords):
    """The words of the page on which a milestone is reported."""

    #: which step it is, whose, and since when it waits
    about: str = ""
    #: of the input for a link
    label: str = ""
    button: str = ""
    done_title: str = ""
    done: str = ""
    bad_link: str = ""
    #: opened again: which step it is, whose, when it was reported; with a link, and without
    reported_title: str = ""
    about_done: str = ""
    linked: str = ""
    unlinked: str = ""
    #: the field for another link, and the button that sends it
    another_label: str = ""
    another: str = ""


@dataclass(frozen=True, kw_only=True)
class DoneWords(PageWords):
    """The words of the page on which somebody says that they did what an action asks."""

    button: str = ""
    done_title: str = ""
    done: str = ""
    #: the button that takes it back
    undo: str = ""


@dataclass(frozen=True, kw_only=True)
class JoinWords(PageWords):
    """The words of the page that confirms who has signed up to the newsletter."""

    #: what was wished: the calendar, of it the named days alone, the month's letter
    calendar: str = ""
    named_only: str = ""
    digest: str = ""
    #: the event that they want to come to
    event: str = ""
    button: str = ""
    not_me: str = ""
    done_title: str = ""
    done: str = ""
    #: of an event: they come, or wait for a place; nobody can sign up for it any more
    comes: str = ""
    waits: str = ""
    event_over: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class GuestWords(PageWords):
    """The words of the page on which somebody leaves an event, or says that they were there."""

    #: once it is over, in place of `text`
    over: str = ""
    #: where it was called off, and where the data have it no longer
    off: str = ""
    gone: str = ""
    leave: str = ""
    there: str = ""
    left_title: str = ""
    left: str = ""
    thanks_title: str = ""
    thanks: str = ""


@dataclass(frozen=True, kw_only=True)
class SettingsWords:
    """The words of the page on which somebody changes what letters come, and when."""

    title: str = ""
    #: of the wording to which `calendar` and `digest` agree
    version: str = ""
    saved: str = ""
    other_address: str = ""
    #: what comes now
    is_on: str = ""
    is_named: str = ""
    is_off: str = ""
    is_paused: str = ""
    is_paused_until: str = ""
    is_digest: str = ""
    is_no_digest: str = ""
    #: buttons, and labels of the fields before them
    hour: str = ""
    at: str = ""
    place: str = ""
    lives: str = ""
    pause: str = ""
    until: str = ""
    go_on: str = ""
    all_days: str = ""
    named_days: str = ""
    calendar: str = ""
    no_calendar: str = ""
    digest: str = ""
    no_digest: str = ""
    language: str = ""
    #: the button that sends a link to all that is kept, and what is said then
    data: str = ""
    data_title: str = ""
    data_sent: str = ""
    #: of a link that has ended, and the button that sends a new one
    old: str = ""
    renew: str = ""
    #: what is wrong with what was sent
    bad_hour: str = ""
    bad_place: str = ""
    near_place: str = ""
    bad_day: str = ""


@dataclass(frozen=True, kw_only=True)
class StillWords:
    """The words of the page that asks whether a pledge-maker is still with us."""

    title: str = ""
    here: str = ""
    until: str = ""
    #: where no day was given
    day: str = ""
    done_title: str = ""
    done: str = ""
    pause: str = ""
    cant_continue: str = ""
    staff: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficialWords(PageWords):
    """The words of the page that asks an official address whether a pledge is theirs."""

    button: str = ""
    not_us: str = ""
    done_title: str = ""
    done: str = ""
    already: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposalWords(PageWords):
    """The words of the page on which a pledge from a page for everybody is submitted."""

    #: of a pledge with the name of an organisation, country or region
    text_of: str = ""
    button: str = ""
    not_mine: str = ""
    done_title: str = ""
    done: str = ""
    already: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class MineWords(PageWords):
    """The words of the page that opens those of a pledge's maker."""

    button: str = ""
    #: for who has no pledge and gets letters
    title_letters: str = ""
    text_letters: str = ""
    button_letters: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitedWords(PageWords):
    """The words of the page on which who was invited becomes an editor of a pledge."""

    #: of a pledge with the name of an organisation, country or region
    text_of: str = ""
    #: of the wording to which `steps` agrees
    version: str = ""
    button: str = ""
    steps: str = ""
    not_me: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    #: where the address stays, since who has it gets other letters
    refused_known: str = ""
    full: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetWords(PageWords):
    """The words of the page on which a maker says whether they want to know another one."""

    #: what stands above the fields
    blanks: str = ""
    button: str = ""
    no: str = ""
    never: str = ""
    never_done: str = ""
    nothing: str = ""
    wrong: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    made: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerWords(PageWords):
    """The words of the page on which a maker answers a question about their pledge."""

    #: where who asks lets them write directly
    text_contact: str = ""
    field: str = ""
    button: str = ""
    no: str = ""
    wrong: str = ""
    #: where what they wrote tells of a child in danger
    danger: str = ""
    #: the button that sends it then
    anyway: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class WebWords:
    """The words of all pages that letters lead to (content/<language>/web.toml)."""

    confirm: ConfirmWords
    leave: LeaveWords
    report: ReportWords
    done: DoneWords
    join: JoinWords
    event: GuestWords
    settings: SettingsWords
    still: StillWords
    official: OfficialWords
    proposal: ProposalWords
    mine: MineWords
    invited: InvitedWords
    meet: MeetWords
    #: for who uses a link that worked for a year
    old: PageWords
    answer: AnswerWords
    lost: PageWords
    broken: PageWords


def web_words_of(table: Mapping[str, Any]) -> WebWords:
    """Return the words of pages from a web.toml, whatever may be wrong in it."""
    return WebWords(
        confirm=read(ConfirmWords, table.get("confirm")),
        leave=read(LeaveWords, table.get("leave")),
        report=read(ReportWords, table.get("report")),
        done=read(DoneWords, table.get("done")),
        join=read(JoinWords, table.get("join")),
        event=read(GuestWords, table.get("event")),
        settings=read(SettingsWords, table.get("settings")),
        still=read(StillWords, table.get("still")),
        official=read(OfficialWords, table.get("official")),
        proposal=read(ProposalWords, table.get("proposal")),
        mine=read(MineWords, table.get("mine")),
        invited=read(InvitedWords, table.get("invited")),
        meet=read(MeetWords, table.get("meet")),
        old=read(PageWords, table.get("old")),
        answer=read(AnswerWords, table.get("answer")),
        lost=read(PageWords, table.get("lost")),
        broken=read(PageWords, table.get("broken")),
    )
