"""The check: every problem of the data at once. Each text is rendered for each language, network
and audience, and measured.

`check_texts` looks at templates, `check_languages` at them side by side, `check_words` at
words.toml, `check_signs` at signs that nobody sees, `check_common` at what belongs to no campaign;
`bot.jobs.texts.links.pages`, only when asked for, at the pages behind link slots.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.errors import RenderError
from bot.jobs.campaigns import check_common, check_signs, pictures
from bot.jobs.campaigns.check_languages import language_problems
from bot.jobs.campaigns.check_texts import Texts, from_error
from bot.jobs.campaigns.check_words import words_problems
from bot.jobs.campaigns.languages import standing
from bot.jobs.campaigns.languages.beginning import untranslated
from bot.jobs.campaigns.limits import Taken, Told, taken
from bot.library import Library, overlaps
from bot.model import Campaign, Problem
from bot.names import suggest
from bot.render import Renderer

if TYPE_CHECKING:
    from bot.networks.base import Network

NOTHING_TOLD: Mapping[str, Told] = MappingProxyType({})
"""The default where no server was asked, so that the declared limits apply."""


def run(
    settings: Settings,
    library: Library,
    renderer: Renderer,
    networks: "Mapping[str, type[Network]] | None" = None,
    *,
    today: date,
    told: Mapping[str, Told] = NOTHING_TOLD,
    only: Collection[str] | None = None,
) -> list[Problem]:
    """Return all problems of the library's texts, and of playing the active campaigns together,
    each once; none when all is well.

    `renderer` should have stand-ins for empty link slots, since an empty slot is no problem here.
    `networks` are by default all that there are. Campaigns without dates are rendered for the year
    that begins `today`. Posts are measured by what the servers of our channels `told`, by account.
    With `only`, the texts of other campaigns are left out.
    """
    networks = _all_networks() if networks is None else networks
    problems = _channels(settings)
    problems += overlaps(library, settings.active, str(settings.file or "config.toml (shipped)"))
    problems += check_common.run(library.files)
    problems += check_signs.run(library.files)
    problems += untranslated(library.files)
    problems += standing.problems(library.files)
    fits = taken(settings, told)
    for campaign in [*library.campaigns.values(), *library.drafts.values()]:
        if only is not None and campaign.id not in only:
            continue
        problems += _campaign(campaign, renderer, networks, today, fits)
    return [problem for problem in dict.fromkeys(problems) if library.files.knows(problem.file)]


def _all_networks() -> "dict[str, type[Network]]":
    from bot.networks import load, names

    return {name: load(name) for name in names()}


def _channels(settings: Settings) -> list[Problem]:
    from bot.networks import problems

    return problems(settings.channels.values(), str(settings.file or "config.toml (shipped)"))


def _campaign(
    campaign: Campaign,
    renderer: Renderer,
    networks: "Mapping[str, type[Network]]",
    today: date,
    fits: Taken,
) -> list[Problem]:
    texts = Texts(campaign, renderer, networks, today, fits)
    absent = list(_absent(campaign, renderer))
    for language in campaign.languages:
        known = {action.id for action in campaign.actions}
        for name in renderer.templates(campaign, language):
            if name not in known:
                message = f"{campaign.id} has no action {name!r}{suggest(name, known)}"
                texts.problems.append(
                    Problem(
                        file=f"content/{language}/{campaign.id}/{name}.j2", key="", message=message
                    )
                )
        for action in campaign.actions:
            try:
                texts.action(action, language)
            except RenderError as error:
                texts.problems.append(
                    from_error(error, f"content/{language}/{campaign.id}/{action.id}.j2")
                )
    problems = [
        *texts.problems,
        *pictures.problems(campaign, renderer, pictures.ours(fits.limits, networks)),
        *language_problems(campaign, renderer),
        *_unlisted(campaign, renderer),
        *words_problems(campaign, renderer),
    ]
    without = tuple(f"{folder.file}/" for folder in absent)
    return [*absent, *(problem for problem in problems if not problem.file.startswith(without))]


def _absent(campaign: Campaign, renderer: Renderer) -> Iterator[Problem]:
    """Yield a problem for each listed language of which nothing is there: what all it lacks needn't
    be told file by file.
    """
    for tag in campaign.languages:
        folder = f"content/{tag}/{campaign.id}"
        if tag != campaign.language and not renderer.files.has_folder(folder):
            message = (
                f"is not there; `drumbeat new language {tag} --campaign {campaign.id}"
                " --campaigns-only` begins it"
            )
            yield Problem(file=folder, key="", message=message)


def _unlisted(campaign: Campaign, renderer: Renderer) -> list[Problem]:
    """Return a problem for each folder of a language that the campaign doesn't list, and which
    nobody would ever see.
    """
    files = renderer.files
    folders = {
        tag for tag in files.folders("content") if files.has_folder(f"content/{tag}/{campaign.id}")
    }
    message = "campaigns/{}/campaign.toml doesn't list this language; add it to languages{}"
    return [
        Problem(
            file=f"content/{tag}/{campaign.id}",
            key="",
            message=message.format(campaign.id, suggest(tag, campaign.languages)),
        )
        for tag in sorted(folders - set(campaign.languages))
    ]
