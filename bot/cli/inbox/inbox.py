"""`drumbeat inbox`: what people ask, in the chat and in posts with the hashtag, for staff who don't
use the chat.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.amplify.amplify import (
    ChildOption,
    ConsentOption,
    DignityOption,
    PlaceOption,
    RiskOption,
    ShownOption,
    checked,
)
from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    now_of,
    say,
    services_beside,
    show_listing,
    user,
)
from bot.cli.screen import Role
from bot.errors import UsageError
from bot.model.staff import Actor
from bot.rules.pledges.peers import over
from bot.times import from_epoch

if TYPE_CHECKING:
    from datetime import datetime

    from bot.jobs.services import Services
    from bot.model import Channel

QuestionArgument = Annotated[
    int, typer.Argument(metavar="QUESTION", max=LARGEST_NUMBER, help="Number of the question.")
]
PostArgument = Annotated[
    int, typer.Argument(metavar="POST", max=LARGEST_NUMBER, help="Number of the post.")
]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="The answer.")]
ChannelsOption = Annotated[
    list[str],
    typer.Option("--channel", metavar="NAME", help="Where it is posted; may be given again."),
]
MaybeChildOption = Annotated[
    bool, typer.Option("--may-be-a-child", help="A child may have written it.")
]
ReplyOption = Annotated[
    bool, typer.Option("--reply", help="Pass on what the makers answered, to who asked.")
]

_ROLES = {
    "text": Role.WORDS,
    "link": Role.MORE,
    "at": Role.MORE,
    "answer": Role.MORE,
    "pledge": Role.MORE,
    "standing": Role.STATE,
    "until": Role.MORE,
}


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List questions from the chat, and posts with the hashtag that ask something. A question to
    makers that nobody answers until the instant beside it is over, and who asked is told so.

    Posts are looked for on their network first: one that is deleted there is forgotten, and one
    that can't be looked for now is not shown. An answer in public that waits for a second person
    stands beside its post.
    """
    from bot.app import collecting
    from bot.jobs.counting import asked

    with services_beside(config, db) as beside, collecting(beside) as services:
        now = now_of(beside)
        waiting = services.store.asked.waiting()
        old = [post for post in waiting if not asked.is_fresh(post, now)]
        asyncio.run(asked.look(services, old[: asked.LOOKS], now))
        asked.tell(services, now)
        rows = [*_questions(services), *_posts(services, now)]
        left = services.store.asked.count() - sum(row["kind"] == "post" for row in rows)
    show_listing(rows, as_json=json, roles=_ROLES, empty="Nobody asks anything.")
    if left and not json:
        say(f"{left} more could not be looked for on their network now, and are not shown.")


def answer(
    *,
    question: QuestionArgument,
    text: TextArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Answer a question from the chat; who asked gets it there, without your name."""
    from bot.jobs.staff.questions import inbox

    with services_beside(config, db) as services:
        inbox.answer(services, question, text, Actor.staff(user()), now_of(services))
    say(f"The answer to question {question} is on its way.")


def pass_(
    *,
    question: QuestionArgument,
    reply: ReplyOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Pass a question on to the makers of the pledge; with --reply their answer to who asked."""
    from bot.jobs.staff.questions import peers

    passes = peers.pass_back if reply else peers.pass_on
    with services_beside(config, db) as services:
        passes(services, question, Actor.staff(user()), now_of(services))
    if reply:
        say(f"The makers' answer to question {question} is on its way to who asked.")
    else:
        say(f"Question {question} is on its way to the makers of its pledge.")


def refuse(
    *,
    question: QuestionArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let who asked the makers of a pledge know that there is no answer."""
    from bot.jobs.staff.questions import peers

    with services_beside(config, db) as services:
        peers.refuse(services, question, Actor.staff(user()), now_of(services))
    say(f"Who asked question {question} is told that there is no answer.")


def drop(
    *,
    post: PostArgument,
    may_be_a_child: MaybeChildOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Delete a post that asks something; it is never collected again."""
    from bot.jobs.staff.questions import inbox

    with services_beside(config, db) as services:
        by, now = Actor.staff(user()), now_of(services)
        inbox.drop(services, post, by, now, child=may_be_a_child)
    say(f"Post {post} is deleted here, and is not collected again.")


def reply(
    *,
    post: PostArgument,
    text: TextArgument,
    channel: ChannelsOption,
    shown: ShownOption = None,
    child: ChildOption = None,
    consent: ConsentOption = None,
    risk: RiskOption = None,
    dignity: DignityOption = None,
    place: PlaceOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Answer a post in public, by one of ours, once you have answered the checklist about it.

    Ours names nobody and doesn't lead to the post. It always waits for approval; for the rest it
    goes the way of all posts: holds, prices. Where a child is shown, somebody else gives the very
    same text, which the list shows.
    """
    from bot.jobs.staff.questions import inbox
    from bot.model.share import ReviewState

    answers = checked(
        shown=shown, child=child, consent=consent, risk=risk, dignity=dignity, place=place
    )
    with services_beside(config, db) as services:
        channels = [_channel(services, name) for name in channel]
        by, now = Actor.staff(user()), now_of(services)
        state = inbox.answer_publicly(services, post, text, channels, answers, by, now)
    if state is ReviewState.APPROVED:
        say(
            f"The answer to post {post} waits for approval in the outbox; the post is deleted here."
        )
    elif state is ReviewState.SECOND:
        say(
            "A child is shown: a second person has to answer, with this very text (`drumbeat inbox"
            " list` shows it)."
        )
    else:
        say(f"Not answered: {', '.join(inbox.blocks(answers))} stands in the way.")
        raise typer.Exit(1)


def _questions(services: "Services") -> list[dict[str, object]]:
    store = services.store.inbox
    return [
        {
            "kind": "question",
            "number": each.id,
            "at": from_epoch(each.at),
            "text": each.text,
            "link": None,
            "answer": each.peer.reply or None if each.peer else None,
            "pledge": each.peer.pledge if each.peer else None,
            "standing": each.peer.standing if each.peer else None,
            "until": from_epoch(ends) if (ends := over(each)) else None,
        }
        for each in (*store.open_questions(), *store.with_makers())
    ]


def _posts(services: "Services", now: "datetime") -> list[dict[str, object]]:
    from bot.jobs.counting import asked

    return [
        {
            "kind": "post",
            "number": each.id,
            "at": each.posted,
            "text": each.text,
            "link": each.url,
            "answer": each.answer or None,
            "pledge": None,
            "standing": None,
            "until": None,
        }
        for each in services.store.asked.waiting()
        if asked.is_fresh(each, now)
    ]


def _channel(services: "Services", name: str) -> "Channel":
    channel = services.settings.channels.get(name)
    if channel is None or not channel.posts or name not in services.channel_ids:
        known = ", ".join(n for n, each in services.settings.channels.items() if each.posts)
        raise UsageError(f"channel {name} posts nothing; there are: {known or 'none'}")
    return channel
