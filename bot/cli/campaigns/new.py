"""`drumbeat new`: settings to begin with, a campaign of one's own, blank or copied from another
year's, a language, and words of one's own.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, fail, note, open_settings, say
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.languages import beginning
    from bot.jobs.campaigns.new import Begun

_Id = Annotated[
    str, typer.Argument(metavar="ID", help="Small letters, digits and '-'.", show_default=False)
]
_From = Annotated[
    str | None, typer.Option("--from", metavar="ID", help="Copy this campaign.", show_default=False)
]
_Year = Annotated[
    int | None,
    typer.Option(
        "--year",
        metavar="Y",
        min=1900,
        max=9000,
        help="Move its dates to this year.",
        show_default=False,
    ),
]
_Blank = Annotated[bool, typer.Option("--blank", help="Begin with files to fill in.")]
_Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="L",
        help="Language of the blank campaign, like en or pt-BR.",
        show_default=False,
    ),
]
_Hashtag = Annotated[
    str | None, typer.Option("--hashtag", metavar="H", help="Its main hashtag.", show_default=False)
]


_Tag = Annotated[
    str, typer.Argument(metavar="TAG", help="Like de, pt-BR or zh-Hant.", show_default=False)
]
_Campaigns = Annotated[
    list[str] | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="Translate this one; all that are active by default.",
        show_default=False,
    ),
]
_FromLanguage = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="TAG",
        help="Translate from this language; by default the bot's own words from English, a"
        " campaign's from its own.",
        show_default=False,
    ),
]
_CampaignsOnly = Annotated[
    bool, typer.Option("--campaigns-only", help="Leave out the bot's own words, letters and pages.")
]


_Words = Annotated[
    list[str],
    typer.Argument(
        metavar="WORD=YOURS...", help="Like pledge=promise pledges=promises.", show_default=False
    ),
]
_WordsLang = Annotated[
    str, typer.Option("--lang", metavar="L", help="Language of the words.", show_default=False)
]


def new_campaign(
    campaign_id: _Id,
    *,
    source: _From = None,
    year: _Year = None,
    blank: _Blank = False,
    lang: _Lang = None,
    hashtag: _Hashtag = None,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Begin a campaign: a copy (--from ID --year Y), or empty (--blank --lang L --hashtag H).

    It is written into the first of `roots`, else into this folder; nothing is overwritten.
    """
    from bot.jobs.campaigns import new as job
    from bot.library import read, shipped_root

    _judge(source=source, year=year, blank=blank, lang=lang, hashtag=hashtag)
    settings = open_settings(config)
    root = settings.roots[0] if settings.roots else Path()
    roots = [*settings.roots, shipped_root()]
    try:
        if source is not None and year is not None:
            original = job.find(read(roots)[0].campaigns, source)
            begun, tags = job.copy(original, roots, root, campaign_id, year), original.languages
        else:
            begun = job.blank(root, campaign_id, lang or "", _with_sign(hashtag or ""), roots=roots)
            tags = (lang or "",)
    except OSError as error:
        fail(f"{error.filename or root}: {error.strerror or error}; nothing was written")
    _tell(begun, campaign_id, settings)
    _tell_unspoken([root, *roots], tags, settings)


def new_config(
    *,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Write a config.toml that explains every setting; nothing is overwritten.

    It is written into this folder, or where --config says.
    """
    from bot.config.begin import begin
    from bot.library import shipped_root

    file = config or Path("config.toml")
    try:
        begin(file)
    except FileExistsError as error:
        raise UsageError(
            f"{file} is there already, and nothing is overwritten; name another file with --config"
        ) from error
    except OSError as error:
        fail(f"{file}: {error.strerror or error}; nothing was written")
    say(str(file))
    given = f" --config {file}" if config else ""
    say("\nNext:")
    _tell_next(
        (f"drumbeat check{given}", "tells what is wrong in it"),
        (f"drumbeat chat{given}", "talks with you here as the bot would; nothing leaves"),
        (f"drumbeat doctor{given}", "names the secrets that its channels need"),
    )
    say(f"\nThe guides (docs/) and all that is shipped: {shipped_root().resolve()}")


def new_language(
    tag: _Tag,
    *,
    source: _FromLanguage = None,
    campaigns: _Campaigns = None,
    campaigns_only: _CampaignsOnly = False,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Write every file that a language lacks, with each text to be translated marked.

    They are written into the first of `roots`, else into this folder; nothing is overwritten.
    """
    from bot.jobs.campaigns.languages import beginning
    from bot.jobs.campaigns.new import find
    from bot.library import read, shipped_root

    settings = open_settings(config)
    root = settings.roots[0] if settings.roots else Path()
    library = read([*settings.roots, shipped_root()])[0]
    # also one that is still being written: its author begins where they like
    known = {**library.drafts, **library.campaigns}
    wanted = [find(known, each) for each in campaigns or settings.active]
    try:
        begun = beginning.begin(
            library.files, root, tag, wanted, bot=not campaigns_only, source=source
        )
    except OSError as error:
        fail(f"{error.filename or root}: {error.strerror or error}; nothing was written")
    _tell_language(begun, tag, settings)


def new_words(
    words: _Words,
    *,
    lang: _WordsLang,
    config: ConfigOption = None,
    db: DbOption = None,  # noqa: ARG001 - every command takes it; here nothing is stored
) -> None:
    """Write each text of the bot's own that says a word, with yours in its place, marked.

    They are written into the first of `roots`, else into this folder; nothing is overwritten.
    """
    from bot.jobs.campaigns.languages import beginning
    from bot.library import read, shipped_root

    settings = open_settings(config)
    root = settings.roots[0] if settings.roots else Path()
    files = read([*settings.roots, shipped_root()])[0].files
    try:
        begun = beginning.reword(files, root, lang, dict(map(_pair, words)))
    except OSError as error:
        fail(f"{error.filename or root}: {error.strerror or error}; nothing was written")
    _tell_files(begun, settings)
    say("  read each text, mend what your word asks of it, and take its mark away")
    _tell_next(
        ("drumbeat check", "names those that are left"),
        (f"drumbeat chat --lang {lang}", "talks as the bot would"),
    )


def _pair(word: str) -> tuple[str, str]:
    old, _, new = word.partition("=")
    return old, new


def _tell_next(*steps: tuple[str, str]) -> None:
    """Say commands, and beside each, in a column of their own, what it does."""
    width = max(len(command) for command, _ in steps)
    for command, does in steps:
        say(f"  {command:<{width}}  {does}")


def _tell_files(begun: "beginning.Begun", settings: "Settings") -> None:
    from bot.library import shipped_root

    for folder, count in Counter(file.parent for file in begun.files).items():
        say(f"{begun.root / folder}: {count} file{'s' if count > 1 else ''}")
    say(f"\nNext, for {begun.texts} texts, each below a mark “untranslated”:")
    if not settings.roots and begun.root.resolve() != shipped_root().resolve():
        say('  write roots = ["."] into config.toml, so that this folder is read')


def _tell_language(begun: "beginning.Begun", tag: str, settings: "Settings") -> None:
    _tell_files(begun, settings)
    for file in begun.unlisted:
        own = begun.root / "campaigns" / file.parent.name / file.name
        taken = "" if file.resolve() == own.resolve() else f" (copy it to {own} first)"
        say(f'  add "{tag}" to languages in {file}{taken}')
    say("  translate a text, and take its mark away")
    if begun.own:
        say(
            f"  or leave the bot's own words as they are: delete {', '.join(map(str, begun.own))}"
            " (another time: --campaigns-only)"
        )
    _tell_next(
        ("drumbeat check", "names those that are left"),
        (f"drumbeat chat --lang {tag}", "talks as the bot would"),
    )


def _tell_unspoken(roots: Sequence[Path], tags: Sequence[str], settings: "Settings") -> None:
    """Say in which of the campaign's languages the bot has no words of its own."""
    from bot.jobs.campaigns.languages.speaking import unspoken
    from bot.library import read
    from bot.render.chat import ChatTexts

    texts = ChatTexts(read(roots)[0].files)
    for words in filter(None, (unspoken(texts, tag, settings) for tag in tags)):
        note(words)


def _judge(
    *, source: str | None, year: int | None, blank: bool, lang: str | None, hashtag: str | None
) -> None:
    """Raise `UsageError` unless exactly one of the two ways to begin is given, and all of it."""
    if blank and lang and hashtag and source is None and year is None:
        return
    if not blank and source and year is not None and lang is None and hashtag is None:
        return
    raise UsageError(
        "say either --from ID --year Y, or --blank --lang L --hashtag H, and all of it"
    )


def _with_sign(hashtag: str) -> str:
    """Return the hashtag with '#', which may be left out, since it begins a comment in a shell."""
    return hashtag if hashtag.startswith("#") else f"#{hashtag}"


def _tell(begun: "Begun", campaign_id: str, settings: "Settings") -> None:
    from bot.library import shipped_root

    for file in begun.files:
        say(str(begun.root / file))
    for place in begun.notes:
        say(f"Look at {place}")
    if begun.old:
        say(f"\nThese {len(begun.old)} lines still speak of the old year:")
        for line in begun.old:
            say(line)
    say("\nNext:")
    if not settings.roots and begun.root.resolve() != shipped_root().resolve():
        say('  write roots = ["."] into config.toml, so that this folder is read')
    _tell_next(
        ("drumbeat check", "tells what is still to be filled in"),
        (f"drumbeat rehearse --campaign {campaign_id}", "plays it; nothing leaves"),
    )
    say(f'  active = ["{campaign_id}"] in config.toml lets `drumbeat run` play it')
