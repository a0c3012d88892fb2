"""Alarms about what people wait for."""

from dataclasses import dataclass

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class PledgeTask(Alarm):
    """Staff should get in touch with the maker of a pledge."""

    kind = "journey"
    #: why, where the subject doesn't say it: left, unreachable
    event: str = ""

    @staticmethod
    def about(pledge: int, why: str) -> str:
        """Return the subject, such as 'pledge 12: need help' for `need_help`."""
        return f"pledge {pledge}: {why.replace('_', ' ')}"

    @property
    def pledge(self) -> int | None:
        """Return the pledge's number; None where the subject names none."""
        number = self.subject.partition(":")[0].removeprefix("pledge ")
        return int(number) if number.isdecimal() else None

    @property
    def why(self) -> str:
        """Return what happened, as `about` was told it."""
        return self.event or self.subject.partition(": ")[2].replace(" ", "_")
