"""What an operator, and a person, hear of the languages that campaigns and channels use: those in
which the bot has no words of its own, and those that still await a reader.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from bot.config import Settings
from bot.errors import RenderError
from bot.jobs.campaigns.languages import standing, wording
from bot.languages import nearest
from bot.library import Library
from bot.model import Campaign
from bot.render.chat import ChatTexts


def lacking(settings: Settings, library: Library) -> Iterator[tuple[str, str]]:
    """Yield (tag, a sentence with what to do) for each language of a channel or campaign in which
    the bot has no words of its own; nothing where no channel carries nudges, since there nobody
    sees these words.
    """
    nudging = {channel.language for channel in settings.channels.values() if channel.nudges}
    texts = ChatTexts(library.files)
    for tag in sorted(_of_campaigns(library) | nudging) if nudging else ():
        if text := unspoken(texts, tag, settings):
            yield tag, text


def unspoken(texts: ChatTexts, tag: str, settings: Settings) -> str | None:
    """Return a sentence that names the language of buttons and commands for whoever has this tag,
    and what to do; None where the bot speaks it, and where its words are broken (`check` says how).
    """
    with suppress(RenderError):
        if nearest(tag, texts.languages()) is None:
            return _instead(texts, tag, settings)
    return None


def unread(settings: Settings, library: Library) -> Iterator[tuple[str, str]]:
    """Yield (tags, a sentence with what to do) for the languages of channels and of campaigns that
    are played, which nobody who is named has read, nobody has accepted, or that are not offered,
    and of which texts call something otherwise than the field does.
    """
    spoken = {channel.language for channel in settings.channels.values()}
    spoken |= {tag for campaign in library.campaigns.values() for tag in campaign.languages}
    yield from standing.sentences(library.files, spoken)
    yield from wording.sentences(library.files, spoken)


def beyond(campaigns: Iterable[Campaign], spoken: Collection[str]) -> list[str]:
    """Return the languages of campaigns for which nothing in one of these is near, sorted."""
    written = {tag for campaign in campaigns for tag in campaign.languages}
    return sorted(tag for tag in written if nearest(tag, spoken) is None)


def _of_campaigns(library: Library) -> set[str]:
    campaigns = (*library.campaigns.values(), *library.drafts.values())
    return {tag for campaign in campaigns for tag in campaign.languages}


def _instead(texts: ChatTexts, tag: str, settings: Settings) -> str:
    nudging = (channel for channel in settings.channels.values() if channel.nudges)
    shown = dict.fromkeys(texts.spoken(channel.language) for channel in nudging)
    names = " or ".join(texts.languages().get(each, each) for each in shown or ("en",))
    begun = texts.files.has_folder(f"content/{tag}/chat")
    why = "lacks texts, which `drumbeat check` names" if begun else "is not there"
    begins = "" if begun else f"; `drumbeat new language {tag}` begins them"
    return (
        f"{tag}: the bot's own words (buttons, commands) are in {names}, since"
        f" content/{tag}/chat {why}{begins}"
    )
