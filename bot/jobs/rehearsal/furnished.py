"""What a rehearsal makes up where config.toml has none of it, so that everything is played: an
e-mail channel, the pages that letters lead to, who answers for the data, and two members of staff.

Nothing leaves from a rehearsal, and each of these says of itself that it is invented.
"""

from dataclasses import replace

from bot import networks
from bot.config import Privacy, Settings, Web
from bot.model import Audience, Channel
from bot.model.staff import Member, StaffRole

MAIL = "invented-mail"
"""The name of the e-mail channel."""

EDITOR = Member(name="invented-editor", roles=frozenset({StaffRole.APPROVER}))
APPROVER = Member(name="invented-approver", roles=frozenset({StaffRole.APPROVER}))
"""Two people, so that four eyes are four."""

_NOWHERE = "rehearsal.invalid"
_WEB = Web(public_url=f"https://{_NOWHERE}", listen="127.0.0.1:0")
_PRIVACY = Privacy(
    controller="An invented secretariat", contact=f"nobody@{_NOWHERE}", retention=365, url=None
)


def furnished(settings: Settings, language: str) -> Settings:
    """Return the settings with all that a rehearsal needs; `language` is that of an e-mail channel
    which is made up.
    """
    mails = any(
        channel.nudges and networks.load(channel.network).LETTERS == "mail"
        for channel in settings.channels.values()
    )
    channels = {} if mails else {MAIL: _mail(settings, language)}
    return replace(
        settings,
        channels={**settings.channels, **channels},
        web=settings.web or _WEB,
        privacy=settings.privacy or _PRIVACY,
        members=(*settings.members, EDITOR, APPROVER),
    )


def made_up(settings: Settings) -> tuple[str, ...]:
    """Return the tables of config.toml that a rehearsal made up for these settings."""
    tables = {
        f"[channels.{MAIL}]": MAIL in settings.channels,
        "[web]": settings.web is _WEB,
        "[privacy]": settings.privacy is _PRIVACY,
    }
    return tuple(name for name, made in tables.items() if made)


def _mail(settings: Settings, language: str) -> Channel:
    return Channel(
        name=MAIL,
        network="apprise",
        account=MAIL,
        base_url=None,
        target=None,
        language=language,
        audiences=(Audience.INDIVIDUAL,),
        review=False,
        nudges=True,
        posts=False,
        zone=settings.zone,
        minute=9 * 60,
        per_second=None,
        daily=None,
        note="made up for a rehearsal",
    )
