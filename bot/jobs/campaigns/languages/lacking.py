"""What of a language lacks, or is left to translate, of the texts that belong to no campaign."""

from collections import Counter

from bot.files.frozen import Files
from bot.jobs.campaigns import check_common
from bot.jobs.campaigns.languages.beginning import marks_left, untranslated
from bot.model import Problem


def lacking(files: Files) -> dict[str, int]:
    """Return by language how many files of what belongs to no campaign have something lacking."""
    wrong = {(_language(problem), problem.file) for problem in _faults(files)}
    return Counter(tag for tag, _ in wrong)


def untranslated_by_language(files: Files) -> dict[str, int]:
    """Return by language how many texts still bear the mark that nobody has translated them."""
    left = marks_left(files).items()
    return Counter(name.split("/")[1] for name, marks in left for _ in marks)


def faults_of(files: Files, tag: str) -> list[Problem]:
    """Return what lacks or is left to translate in a language."""
    return [problem for problem in _faults(files) if _language(problem) == tag]


def _faults(files: Files) -> list[Problem]:
    return [*check_common.run(files), *untranslated(files)]


def _language(problem: Problem) -> str:
    """Return the language of a file below content/; '' for what belongs to none."""
    top, _, below = problem.file.partition("/")
    tag, _, name = below.partition("/")
    return tag if top == "content" and name else ""
