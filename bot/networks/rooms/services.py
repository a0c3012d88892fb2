"""The services on which organisations have rooms, by the scheme of Apprise's address.

An address comes from an organisation, and Apprise knows far more than rooms: it would write into
our own system log (``syslog``), ring a phone that somebody pays for (``twilio``), or speak in ways
that know no bounds (``irc``, ``mqtt``, ``xmpp``). So only what stands here is taken: services where
people of one organisation read what is said in a room, and that are asked over HTTP.
"""

from collections.abc import Mapping
from types import MappingProxyType

SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "cliq": "Zoho Cliq",
        "dingtalk": "DingTalk",
        "discord": "Discord",
        "feishu": "Feishu",
        "flock": "Flock",
        "gchat": "Google Chat",
        "groupme": "GroupMe",
        "guilded": "Guilded",
        "humhub": "HumHub",
        "lark": "Lark",
        "matrix": "Matrix",
        "mmost": "Mattermost",
        "nctalk": "Nextcloud Talk",
        "ntfy": "ntfy",  # a topic that an organisation's people listen to
        "revolt": "Revolt",
        "ringc": "RingCentral",
        "rocket": "Rocket.Chat",
        "ryver": "Ryver",
        "signal": "Signal",  # through the organisation's own gateway
        "slack": "Slack",
        "stackfield": "Stackfield",
        "synology": "Synology Chat",
        "tgram": "Telegram",  # a group, through the organisation's own bot
        "twist": "Twist",
        "wecombot": "WeCom",
        "workflow": "Teams",
        "wxteams": "Webex",
        "zoom": "Zoom Team Chat",
        "zulip": "Zulip",
        # webhooks of an organisation's own making
        "json": "JSON",
        "form": "a form",
        "xml": "XML",
    }
)
"""Scheme -> name for people; the scheme of the same service over TLS isn't named again."""
