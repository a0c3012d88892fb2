"""How staff come to their desk: a link that opens it once, from the chat, by e-mail or from the
command line.

Whoever asks by e-mail learns nothing of an address: whatever becomes of it, the page says the same.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.errors import UsageError
from bot.jobs.people import colleagues
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.model.staff import Actor, Member, Session
from bot.model.staff.audit import Verb
from bot.rules.reading.handles import email
from bot.times import epoch

LASTS = timedelta(minutes=10)
"""How long a link works."""

MOST = 20
"""Links of one member within a day, of whatever kind, above which none goes out by e-mail."""

LETTER = "desk"
"""The kind of a letter with a link."""

_A_DAY = timedelta(days=1)

DESK = "desk"
"""The first part of each path of the desk."""

ENTER = "in"
"""The part of a path behind which the secret of a link stands."""


def link(services: Services, member: Member, by: Actor, now: datetime, origin: str = "") -> str:
    """Return a link that opens the desk for this member, once, within ten minutes.

    `origin` stands before its path where config.toml has no [web] public_url. Raises `UsageError`
    where neither is there, or where a session could be overheard.
    """
    web = services.settings.web
    base = web.public_url if web else origin
    if not base:
        raise UsageError(
            "the desk has no address: config.toml has no [web] with public_url and listen"
        )
    if why := colleagues.unsafe(services.settings):
        raise UsageError(why)
    secret, store = secrets.token_urlsafe(32), services.store
    with store.transaction():
        store.logins.promise(member.name, secret, epoch(now), epoch(now + LASTS))
        store.audit.note(by, Verb.LINK_MADE, epoch(now))
    return f"{base.rstrip('/')}/{DESK}/{ENTER}/{quote(secret)}"


def mails(services: Services, language: str = "en") -> bool:
    """Return whether links can go out by e-mail."""
    return (
        services.settings.web is not None and letters.mail_channel(services, language) is not None
    )


def ask(services: Services, address: str, language: str, now: datetime) -> None:
    """Send a link to the member of staff who has this address; do nothing for all others, and where
    enough links went there.
    """
    written, team = email(address.strip()), services.team
    member = next((each for each in team.members if written and each.email == written), None)
    if member is None or not mails(services, language):
        return
    if services.store.logins.promised(member.name, epoch(now - _A_DAY)) < MOST:
        services.store.staff_letters.put(member.name, LETTER, language, epoch(now))


def knock(services: Services, secret: str, now: datetime) -> Member | None:
    """Return whom this link would let in now; None where it is used, too old, or none of ours."""
    name = services.store.logins.opens(secret, epoch(now))
    return services.team.called(name) if name is not None else None


def enter(services: Services, secret: str, now: datetime) -> tuple[Member, str] | None:
    """Use a link up; return its member and the secret of their session, None where it opens
    nothing.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        name = store.logins.use(secret, moment)
        member = services.team.called(name) if name is not None else None
        if member is None:
            return None
        kept = secrets.token_urlsafe(32)
        store.logins.begin(member.name, kept, moment)
        store.audit.note(member.actor, Verb.ENTERED, moment)
    return member, kept


def at_desk(
    services: Services, secret: str, now: datetime, *, used: bool = True
) -> tuple[Member, Session] | None:
    """Return who is at the desk with this secret, and their session; None for nobody.

    Who is no member of staff any more is nobody. What a page asks by itself is no sign that
    somebody is there: without `used` it leaves the session as idle as it was.
    """
    session = services.store.logins.session(secret, epoch(now), used=used) if secret else None
    member = services.team.called(session.member) if session is not None else None
    return (member, session) if member is not None and session is not None else None


def sign_out(services: Services, session: Session, now: datetime) -> None:
    """End one session."""
    store = services.store
    with store.transaction():
        store.logins.end(session)
        store.audit.note(Actor.member(session.member), Verb.SIGNED_OUT, epoch(now))


def sign_out_everywhere(services: Services, name: str, by: Actor, now: datetime) -> None:
    """End all sessions of a member, in whatever browser, and the links that would open one."""
    with services.store.transaction():
        services.store.logins.end_all(name)
        services.store.audit.note(by, Verb.SIGNED_OUT_EVERYWHERE, epoch(now))


def form_token(services: Services, session: Session) -> str:
    """Return what each form of this session carries, so that no other site can send one."""
    said = f"desk {session.digest}".encode()
    return hmac.digest(letters.key(services.store), said, hashlib.sha256).hex()


def is_theirs(services: Services, session: Session, token: str) -> bool:
    """Return whether a form with this token was made for this session."""
    return hmac.compare_digest(form_token(services, session).encode(), token.encode())
