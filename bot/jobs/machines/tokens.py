"""Tokens: how a member of staff lets a program act in their name, and how that ends.

A token is shown once, when it is made. It may do what its scopes say, and of that only what its
member's roles allow at the moment when it is used.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.model.staff import MACHINE, Actor, Member
from bot.model.staff.audit import Verb
from bot.model.staff.machines import Token, TokenScope
from bot.times import epoch

MARK = "drumbeat_"
"""What each token begins with, so that programs that look for lost keys know it."""

MOST = 20
"""Tokens that one member may have at a time."""

LONGEST = 60
"""Most characters of the words that say what a token is for."""

_SECRET = 32
"""Bytes of chance in a token."""


def make(
    services: Services,
    member: Member,
    label: str,
    scopes: Iterable[TokenScope],
    until: datetime | None,
    by: Actor,
    now: datetime,
) -> tuple[int, str]:
    """Make a token for a member of staff; return its number, and the token itself, which is kept
    nowhere.

    Raises `UsageError` for scopes that the member's roles don't allow, for words that are missing
    or too long, for an end that is past, and where they have `MOST` already.
    """
    wanted, store, moment = frozenset(scopes), services.store, epoch(now)
    _check(services, member, label, wanted, until, now)
    secret = f"{MARK}{secrets.token_urlsafe(_SECRET)}"
    with store.transaction():
        ends = epoch(until) if until is not None else None
        number = store.tokens.add(member.name, secret, label, wanted, moment, ends)
        store.audit.note(by, Verb.TOKEN_MADE, moment, number)
    return number, secret


def _check(
    services: Services,
    member: Member,
    label: str,
    scopes: frozenset[TokenScope],
    until: datetime | None,
    now: datetime,
) -> None:
    if not scopes:
        raise UsageError(
            "a token that may do nothing is of no use: give it a scope, read or write",
            "token_scope",
        )
    if beyond := [scope.value for scope in sorted(scopes) if not member.may(scope.needs)]:
        raise UsageError(
            f"{member.name} may not {' or '.join(beyond)}, so no token of theirs may: their roles"
            " stand under [staff] in config.toml, or were given by `drumbeat staff add`",
            "token_beyond",
        )
    if not 0 < len(label) <= LONGEST:
        raise UsageError(
            f"say in 1 to {LONGEST} characters what the token is for",
            "length",
            most=LONGEST,
            count=len(label),
        )
    if until is not None and until <= now:
        raise UsageError("a token can't end before it begins: give a day to come", "past")
    if len(services.store.tokens.all(member.name)) >= MOST:
        raise UsageError(
            f"{member.name} has {MOST} tokens already: end one that nobody uses",
            "token_full",
            most=MOST,
        )


def known(services: Services, secret: str, now: datetime) -> tuple[Token, Member] | None:
    """Return the token with this secret, and its member; None where it doesn't hold, or whose it
    is works with the bot no longer.
    """
    store, moment = services.store, epoch(now)
    token = store.tokens.find(secret, moment) if secret.startswith(MARK) else None
    member = services.team.called(token.member) if token is not None else None
    if token is None or member is None:
        return None
    store.tokens.used(token, moment)
    return token, member


def may(token: Token, member: Member, scope: TokenScope) -> bool:
    """Return whether the token may do this now, by its scopes and its member's roles."""
    return scope in token.scopes and member.may(scope.needs)


def end(services: Services, number: int, by: Actor, now: datetime) -> None:
    """End a token at once; raises `UsageError` where there is none of this number."""
    store = services.store
    with store.transaction():
        if not store.tokens.end(number):
            raise UsageError(
                f"there is no token {number}; `drumbeat staff tokens` lists all", "token_gone"
            )
        store.audit.note(by, Verb.TOKEN_ENDED, epoch(now), number)


def end_own(services: Services, number: int, member: Member, now: datetime) -> None:
    """End a token of this member; raises `UsageError` for one that is not theirs."""
    mine = [token.id for token in services.store.tokens.all(member.name)]
    if number not in mine:
        raise UsageError(f"token {number} is none of yours; each ends their own", "token_gone")
    end(services, number, member.actor, now)


def run(services: Services, now: datetime) -> None:
    """End the tokens of those who work with the bot no longer, so that none holds for a namesake
    who comes after them.
    """
    names = {token.member for token in services.store.tokens.all()}
    for name in names - {member.name for member in services.team.members}:
        for token in services.store.tokens.all(name):
            end(services, token.id, MACHINE, now)
