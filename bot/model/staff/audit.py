"""The log of who did what: what it can say, and a line of it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.staff import Actor


class Verb(StrEnum):
    """What somebody did; the word before the dot says to what its number belongs."""

    # a delivery, by its three numbers
    POST_APPROVED = "post.approved"
    POST_REWRITTEN = "post.rewritten"
    POST_CANCELLED = "post.cancelled"
    POST_MOVED = "post.moved"
    POST_RELEASED = "post.released"
    POST_ARRIVED = "post.arrived"
    POST_RETRACTED = "post.retracted"
    POST_BY_HAND = "post.by_hand"
    # all messages of an occurrence on a channel, by their two numbers
    WAVE_SENT = "wave.sent"
    WAVE_GIVEN_UP = "wave.given_up"
    BROADCAST_PAID = "broadcast.paid"
    BROADCAST_FREED = "broadcast.freed"
    BROADCAST_CANCELLED = "broadcast.cancelled"
    BROADCAST_RESUMED = "broadcast.resumed"
    BROADCAST_MOVED = "broadcast.moved"
    BROADCAST_REWORDED = "broadcast.reworded"
    BROADCAST_UNWORDED = "broadcast.unworded"
    BROADCAST_APPROVED = "broadcast.approved"
    # one-off texts, by their numbers
    WRITTEN = "written.scheduled"
    ANNOUNCED = "announcement.begun"
    # a hold, by its number
    HELD = "hold.set"
    LET_GO = "hold.lifted"
    #: a channel, by its number
    CHANNEL_RESUMED = "channel.resumed"
    # a pledge, by its number
    PLEDGE_APPROVED = "pledge.approved"
    PLEDGE_REJECTED = "pledge.rejected"
    PLEDGE_PUBLISHED = "pledge.published"
    PLEDGE_WITHDRAWN = "pledge.withdrawn"
    PLEDGE_RETURNED = "pledge.returned"
    PLEDGE_VERIFIED = "pledge.verified"
    PLEDGE_ATTENDED = "pledge.attended"
    PLEDGE_MESSAGE = "pledge.message"
    PLEDGE_IMPORTED = "pledge.imported"
    PLEDGE_EDITED = "pledge.edited"
    PLEDGE_ACCOUNTS = "pledge.accounts"
    PLEDGE_STEP = "pledge.step"
    PLEDGE_INVITED = "pledge.invited"
    PLEDGE_HANDED_OVER = "pledge.handed_over"
    RESULT_SHOWN = "pledge.result_shown"
    RESULT_HIDDEN = "pledge.result_hidden"
    # two pledges, by their numbers
    PLEDGE_INTRODUCED = "pledge.introduced"
    PLEDGE_DISMISSED = "pledge.dismissed"
    # a report of a country, by its number
    COUNTRY_ASKED = "country.asked"
    COUNTRY_SHOWN = "country.shown"
    COUNTRY_HIDDEN = "country.hidden"
    COUNTRY_RETURNED = "country.returned"
    COUNTRY_ENDED = "country.ended"
    #: an event that the data have no longer, by the number of what is told of it
    EVENT_CALLED_OFF = "event.called_off"
    # an answer to a survey, by its number
    SURVEY_REMOVED = "survey.removed"
    # a call, by the number of this word about it
    CALL_OPENED = "call.opened"
    CALL_CLOSED = "call.closed"
    # what somebody sent to a call, by its number
    ENTRY_ANSWERED = "entry.answered"
    ENTRY_DROPPED = "entry.dropped"
    # a post of somebody else, by the number of its review
    REVIEW_ANSWERED = "review.answered"
    REVIEW_REPEATED = "review.repeated"
    REVIEW_REJECTED = "review.rejected"
    REVIEW_WITHDRAWN = "review.withdrawn"
    # what somebody without an account was asked to clear, by the number of the clearance
    CLEARANCE_ASKED = "clearance.asked"
    CLEARANCE_GIVEN = "clearance.given"
    CLEARANCE_REFUSED = "clearance.refused"
    CLEARANCE_REVOKED = "clearance.revoked"
    CLEARANCE_ERASED = "clearance.erased"
    QUESTION_PASSED = "question.passed"
    QUESTION_REFUSED = "question.refused"
    QUESTION_ANSWERED = "question.answered"
    # a post with the hashtag that asks something, by its number
    ASKED_LOOKED = "asked.looked"
    ASKED_ANSWERED = "asked.answered"
    ASKED_DROPPED = "asked.dropped"
    ASKED_CHILD = "asked.child"
    REPORT_READ = "report.read"
    REPORT_TAKEN = "report.taken"
    # contacts of a channel, by its number; of several channels without one
    CONTACTS_IMPORTED = "contact.imported"
    CONTACTS_UNBLOCKED = "contact.unblocked"
    CONTACT_SHOWN = "contact.shown"
    CONTACTS_LISTED = "contact.listed"
    CONTACT_REMOVED = "contact.removed"
    # what the operator decides about the whole
    RESULTS_SENT = "results.sent"
    #: the letter of a month, by its number
    DIGEST_APPROVED = "digest.approved"
    CLOCK_TRUSTED = "operator.clock_trusted"
    KEYS_ROTATED = "operator.keys_rotated"
    KEYS_RENEWED = "operator.keys_renewed"
    RESTORED = "operator.restored"
    # people who work with the bot, by the number that the log gives them
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    MEMBER_FORGOTTEN = "member.forgotten"
    # a language, by the number of the name that stands in its language.toml; the digest begins
    # with its tag
    LANGUAGE_ACCEPTED = "language.accepted"
    #: who had accepted it until then
    LANGUAGE_REPLACED = "language.replaced"
    LANGUAGE_READ = "language.read"
    # what they do about their own desk
    LINK_MADE = "desk.link"
    ENTERED = "desk.entered"
    SIGNED_OUT = "desk.left"
    SIGNED_OUT_EVERYWHERE = "desk.left_everywhere"
    # a token by which a program acts for a member of staff, by its number
    TOKEN_MADE = "token.made"  # noqa: S105 - a word
    TOKEN_ENDED = "token.ended"  # noqa: S105 - a word
    #: a program proposed a post, by the numbers of its token and of the post
    TOKEN_POSTED = "token.posted"  # noqa: S105 - a word
    # what a program suggests for staff to decide about, by its number
    SUGGESTED = "suggestion.made"
    SUGGESTION_USED = "suggestion.used"
    SUGGESTION_DROPPED = "suggestion.dropped"
    #: a language model's program may work for a member of staff, by the number of their name
    MCP_STARTED = "mcp.started"
    # calls of such a program, in the member's name
    MCP_CAMPAIGNS = "mcp.campaigns"
    MCP_CALENDAR = "mcp.calendar"
    MCP_TEXTS = "mcp.texts"
    MCP_POSTS = "mcp.posts"
    MCP_STATUS = "mcp.status"
    MCP_SAMPLES = "mcp.samples"
    MCP_RESULTS = "mcp.results"
    MCP_WORDING = "mcp.wording"
    MCP_TRANSLATION = "mcp.translation"
    MCP_UNKNOWN = "mcp.unknown"


OF_NAMES = (
    Verb.MEMBER_ADDED,
    Verb.MEMBER_REMOVED,
    Verb.MEMBER_FORGOTTEN,
    Verb.MCP_STARTED,
    Verb.LANGUAGE_ACCEPTED,
    Verb.LANGUAGE_REPLACED,
    Verb.LANGUAGE_READ,
)
"""What is done about somebody with a name, by the number that the log gives them."""


OF_LOOKS = (Verb.CONTACT_SHOWN, Verb.CONTACTS_LISTED)
"""That somebody saw who subscribers are, for which they gave a reason."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Why somebody wanted to see who subscribers are."""

    #: in their own words
    why: str
    #: number of the one person whom they saw; None for several
    person: int | None = None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """A line of the log."""

    id: int
    #: epoch seconds
    at: int
    by: Actor
    #: one of `Verb`, or one of a later version
    verb: str
    #: numbers with '-' between; '' for none
    object: str
    #: of what was decided about; '' for none
    digest: str
