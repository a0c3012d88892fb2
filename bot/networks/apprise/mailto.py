"""The mail account that an Apprise address names: ``mailto(s)://`` in all its forms.

Apprise itself reads it, since it also knows many providers' servers; it sends nothing of it.
"""

from collections.abc import Iterator

from apprise.plugins.email.base import NotifyEmail

from bot.domains import on_the_wire
from bot.model import Secret
from bot.networks.mail.account import Account, Address, Security
from bot.networks.mail.writing import usable


def account(plugin: NotifyEmail) -> Account:
    """The account that Apprise has read. Raises `ValueError` where it names no server."""
    host = str(plugin.smtp_host)
    if not host.isascii():
        host = on_the_wire(host)
    if not host:  # what Apprise reads of a host that it takes for none
        raise ValueError("it names no server")
    login = bool(plugin.user and plugin.password)
    return Account(
        host=host,
        port=int(str(plugin.port)),
        security=Security(plugin.secure_mode or "insecure"),
        verify=bool(plugin.verify_certificate),
        user=str(plugin.user) if plugin.user else None,
        password=Secret(str(plugin.password)) if login else None,
        sender=_address(plugin, str(plugin.from_addr[1])),
        targets=tuple(
            Address(email=str(email), name=str(name or "")) for name, email in plugin.targets
        ),
        copies=tuple(sorted(plugin.cc)),
        blind=tuple(sorted(plugin.bcc)),
        replies=tuple(_address(plugin, each) for each in sorted(plugin.reply_to)),
        headers=dict(plugin.headers),
    )


def left_out(plugin: NotifyEmail) -> tuple[str, ...]:
    """What the address asks for and our letters don't do, each as the option is called."""
    return tuple(_left_out(plugin))


def _left_out(plugin: NotifyEmail) -> Iterator[str]:
    if plugin.pgp_mode != "no":
        yield "pgp"
    if plugin.inline:
        yield "inline"
    for name in sorted(plugin.headers.keys() - usable(plugin.headers)):
        yield f"+{name}"


def _address(plugin: NotifyEmail, email: str) -> Address:
    name = str(plugin.names.get(email) or "")
    return Address(email=email, name="" if name == plugin.app_id else name)
