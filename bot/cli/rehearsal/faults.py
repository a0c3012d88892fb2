"""What a rehearsal with faults tells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from bot.cli.common import emit_json, say, table
from bot.cli.screen import Column, Role
from bot.text import counted
from bot.times import from_epoch

if TYPE_CHECKING:
    from bot.jobs.rehearsal.endure import Endured
    from bot.jobs.rehearsal.storm import Met
    from bot.jobs.rehearsal.told import Messages

_FAULTS = ("began, UTC", Column("fault", Role.WORDS), "account", Column("met", Role.WORDS))
_KINDS = (Column("what", Role.WORDS), "without faults", "with them", "not sent", "twice")


def tell_endured(endured: "Endured", *, as_json: bool) -> None:
    """Say what went wrong and what became of it; the exit code is 1 where the promise was
    broken.
    """
    if as_json:
        emit_json(endured.as_json())
    else:
        _tell(endured)
    if endured.verdict.broken:
        raise typer.Exit(1)


def _tell(endured: "Endured") -> None:
    script, verdict = endured.script, endured.verdict
    say(
        f"{', '.join(script.campaigns)}, {script.start} to {script.end}, {script.subscribers:,}"
        f" subscribers, with the faults of seed {endured.seed}: played in {endured.seconds:.1f} s"
    )
    say()
    table(_FAULTS, [_row(*pair) for pair in zip(endured.met, endured.outcomes, strict=True)])
    for fault in endured.unmet:
        say(f"Nothing left any more that could meet: {fault.kind.words}.")
    say()
    table(_KINDS, [_kind(*row) for row in endured.rows()])
    say()
    say(f"Without faults: {_counts({s.word: n for s, n in verdict.calm.items()})}.")
    say(f"With them:      {_counts({s.word: n for s, n in verdict.stormy.items()})}.")
    say(
        f"Staff told of {counted(endured.decided, 'uncertain delivery', 'uncertain deliveries')}"
        f" whether it arrived; {counted(verdict.excused, 'message', 'messages')} had nobody to go"
        " to, since they blocked us or took nothing for a day;"
        f" {counted(verdict.repeated, 'prompt', 'prompts')} came again, as promised at least once."
    )
    say()
    if not verdict.broken:
        say("The promise was kept: nothing was lost, nothing came twice, nothing stands still.")
        return
    say("The promise was BROKEN:")
    for sentence in verdict.broken:
        say(f"- {sentence}")
    say(f"To see it again: drumbeat rehearse --faults {endured.seed}, with the same options.")


def _row(met: "Met", outcome: Mapping[str, int]) -> tuple[object, ...]:
    return (
        f"{from_epoch(met.began):%Y-%m-%d %H:%M}",
        met.fault.kind.words,
        met.account,
        _counts(outcome) if outcome else "what waited",
    )


def _kind(word: str, calmly: int, of: "Messages") -> tuple[str, ...]:
    return (word, f"{calmly:,}", f"{of.sent:,}", f"{of.unsent:,}", f"{of.twice:,}")


def _counts(states: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {word.replace('_', ' ')}" for word, n in states.items()) or "nothing"
