"""The settings, to be looked at: each value with where it comes from, what keeps channels from
sending, and what `drumbeat check` says of the campaigns.
"""

from bot.config.explained import explained, is_another
from bot.jobs.campaigns import check
from bot.networks.common.thread import in_thread
from bot.render import Renderer
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import Shown

PATH = "settings"


async def settings(who: Colleague) -> Shown:
    """Show the settings, the channels that are dry, and the problems of the data."""
    services, words = who.services, who.words["settings"]
    at = services.settings.file
    key = ("problems", who.today)
    if key not in who.kept:
        who.kept[key] = await in_thread(lambda: _problems(who))
    values = {
        "file": at.name if at is not None else "",
        "another": at is not None and not services.rehearsal and is_another(services.settings),
        "lines": [
            (
                each.key,
                words["secret"] if each.value is None else each.value,
                words[each.source.value],
            )
            for each in explained(services.settings)
        ],
        "dry": sorted(services.dry.items()),
        "campaigns": [
            (campaign.id, services.renderer.words(campaign, who.language).title)
            for campaign in services.active
        ],
        "problems": who.kept[key],
    }
    return Shown(template="settings.html", title=who.words["menu"]["settings"], values=values)


def _problems(who: Colleague) -> list[str]:
    """Return what `drumbeat check` says of the data of what is played, in its words."""
    services = who.services
    # one of its own: an empty slot is no problem of the data, and this runs in another thread
    renderer = Renderer(services.library.files, services.library.campaigns, stand_in=True)
    played = {campaign.id for campaign in services.active}
    problems = check.run(
        services.settings, services.library, renderer, today=who.today, only=played
    )
    shared = services.library.shared_problems
    return [str(problem) for problem in (*shared, *problems)]
