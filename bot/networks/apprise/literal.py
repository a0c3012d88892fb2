"""A text as people write it, for services whose Apprise plugin would read it as markup.

Apprise 2.2 takes plain text and makes markup of it where a plugin knows nothing else. For Markdown
it puts a backslash before each sign that means something there, also within links, which then lead
elsewhere: Teams, Webex, Google Chat, Rocket.Chat, Revolt and Twist showed them. Telegram's plugin
takes the text for HTML and leaves out what looks like a tag, ``<ana@example.org>`` among it. So
every plugin is told to send text as it is, and for the two that can't, the markup is made here.
"""

import re
from dataclasses import dataclass
from html import escape

from apprise import NotifyBase, NotifyFormat
from apprise.plugins.email.base import NotifyEmail

_MATRIX, _TELEGRAM = "matrix", "tgram"
# https://core.telegram.org/bots/api#markdownv2-style, "must be escaped", and the backslash itself
_MARKDOWN_V2 = re.compile(r"([_*\[\]()~`>#+\-=|{}.!\\])")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a plugin is given, so that people read the text as it was written."""

    title: str
    body: str
    #: None: it is in the plugin's own markup already, and nothing is to be made of it
    format: NotifyFormat | None = NotifyFormat.TEXT


def schemes(plugin: NotifyBase) -> frozenset[str]:
    """Return the schemes by which Apprise knows the plugin's service."""
    known: set[str] = set()
    for names in (plugin.protocol, plugin.secure_protocol):
        known.update((names,) if isinstance(names, str) else names or ())
    return frozenset(known)


def prepare(plugin: NotifyBase) -> None:
    """Have the plugin send what `written` gives it as it is, whatever its address says of formats.

    E-mail is left alone: its plugin sends plain text as plain text.
    """
    if isinstance(plugin, NotifyEmail):
        return
    known = schemes(plugin)
    if _TELEGRAM in known:
        vars(plugin).update(notify_format=NotifyFormat.MARKDOWN, markdown_ver="MarkdownV2")
    elif _MATRIX in known:
        vars(plugin).update(notify_format=NotifyFormat.HTML)
    else:
        vars(plugin).update(notify_format=NotifyFormat.TEXT)


def written(plugin: NotifyBase, text: str, title: str) -> Written:
    """Return a text, and the title above it, as a prepared plugin has to be given them."""
    known = schemes(plugin)
    if _TELEGRAM in known:
        bold = f"*{_marked(title)}*\n" if title else ""
        return Written(title="", body=bold + _marked(text), format=None)
    if _MATRIX in known:
        # given as a title, it would stand as "# …" in the half for clients that show no HTML
        heading = f"<h3>{escape(title, quote=False)}</h3>" if title else ""
        body = escape(text, quote=False).replace("\n", "<br/>")
        return Written(title="", body=heading + body, format=NotifyFormat.HTML)
    return Written(title=title, body=text)


def _marked(text: str) -> str:
    return _MARKDOWN_V2.sub(r"\\\1", text)
