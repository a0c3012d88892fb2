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
    #: an occurrence and a channel, by their two numbers
    WAVE_SETTLED = "wave.settled"
    BROADCAST_PACED = "broadcast.paced"
    # a one-off text, by its number
    WRITTEN = "written.scheduled"
    ANNOUNCED = "announcement.begun"
    # a hold, by its number
    HELD = "hold.set"
    LET_GO = "hold.lifted"
    CHANNEL_RESUMED = "channel.resumed"
    # a pledge, by its number
    PLEDGE_MOVED = "pledge.decided"
    PLEDGE_RETURNED = "pledge.returned"
    PLEDGE_VERIFIED = "pledge.verified"
    PLEDGE_ATTENDED = "pledge.attended"
    PLEDGE_RESULTS = "pledge.results"
    PLEDGE_IMPORTED = "pledge.imported"
    # two pledges, by their numbers
    PLEDGE_INTRODUCED = "pledge.introduced"
    PLEDGE_DISMISSED = "pledge.dismissed"
    # a post of somebody else, by the number of its review
    REVIEW_ANSWERED = "review.answered"
    REVIEW_REJECTED = "review.rejected"
    REVIEW_WITHDRAWN = "review.withdrawn"
    QUESTION_ANSWERED = "question.answered"
    REPORT_READ = "report.read"
    REPORT_TAKEN = "report.taken"
    # people who work with the bot
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    LINK_MADE = "desk.link"
    ENTERED = "desk.entered"
    SIGNED_OUT = "desk.left"
    SIGNED_OUT_EVERYWHERE = "desk.left_everywhere"


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
