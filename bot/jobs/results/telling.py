"""Tells a month of posts in words: five sentences and a chart on a page that can be passed on by
itself, then what lies behind them.
"""

from collections.abc import Mapping

from bot.documents import Report
from bot.jobs.results.monthly import Monthly
from bot.jobs.results.tables import Tables
from bot.jobs.results.voice import SHORT, WORDS, Voice, count, each, rounded
from bot.jobs.services import Services
from bot.languages import said_month, said_month_day, sentences
from bot.model import Campaign, State
from bot.model.counting import TOGETHER
from bot.pictures.charts import Bar, Chart, steps
from bot.rules.results import Standing

_FAILED = (State.FAILED, State.SKIPPED)


def report(services: Services, campaign: Campaign, of: Monthly, language: str) -> Report:
    """Return what is told of a month in a language, or in English where it has no words for it.

    Raises `RenderError`.
    """
    # in one language throughout: names of months and numbers, too
    known = services.renderer.page(
        WORDS, "chart_heads", language=language, fallback="en", variables={}
    )
    return _Telling(services, campaign, of, known.language).report()


def letter(services: Services, campaign: Campaign, report: Report) -> str:
    """Return what the letter says with which a report goes to staff. Raises `RenderError`."""
    name = services.renderer.words(campaign, report.language).title or campaign.id
    return services.renderer.page(
        WORDS,
        "letter",
        language=report.language,
        fallback="en",
        variables={"about": report.about, "sentences": report.sentences, "name": name},
    ).text


class _Telling(Voice):
    """The month on its first page, and the whole of it."""

    def report(self) -> Report:
        """Return the whole of it."""
        name = self.services.renderer.words(self.campaign, self.language).title or self.campaign.id
        return Report(
            language=self.language,
            title=self.say("title", name=name),
            about=self.say("about", age=self.of.age, rehearsal=self.of.rehearsal),
            sentences=(
                self.posts(),
                self.views(),
                self.reactions(),
                self.stands_out(),
                self.unknown(),
            ),
            chart=self.chart(),
            sections=Tables(self.services, self.campaign, self.of, self.language).sections(),
        )

    def posts(self) -> str:
        """Say how many posts left, and what became of the others."""
        month = self.of.month
        return self.say(
            "posts",
            posts=month.posts,
            before=self.of.before.posts,
            networks=self.names(month.sums),
            failed=sum(month.states.get(state, 0) for state in _FAILED),
            uncertain=month.states.get(State.UNCERTAIN, 0),
        )

    def views(self) -> str:
        """Say how often posts were seen, where that is told."""
        seen = [
            {
                "network": self.name(name),
                "n": count(self.of.month, name, "views"),
                "each": self.number(each(self.of.month, name, "views")),
                "before": self.number(each(self.of.before, name, "views")),
            }
            for name in self.known("views")
        ]
        blind = [name for name in self.of.month.sums if "views" not in self.tells(name)]
        return self.say("views", seen=seen, blind=self.names(blind))

    def reactions(self) -> str:
        """Say what people did with each post, on average."""
        month = self.of.month
        rows = [
            {
                "network": self.name(name),
                "known": each(month, name, TOGETHER) is not None,
                **{kind: rounded(each(month, name, kind) or 0) for kind in SHORT},
                "before": self.reactions_before(name),
                "few": self.of.change(name, TOGETHER).why == "few",
            }
            for name in self.known(TOGETHER)
        ]
        return self.say("reactions", rows=rows, blind=self.silent())

    def silent(self) -> str:
        """Return the names of the networks that tell nothing of what people did with posts."""
        silent = (name for name in self.of.month.sums if self.tells(name).isdisjoint(SHORT))
        return self.names(silent)

    def reactions_before(self, network: str) -> str:
        """Return the numbers of the month before in the same order; '' where they aren't known."""
        if each(self.of.before, network, TOGETHER) is None:
            return ""
        return " / ".join(self.number(each(self.of.before, network, kind)) for kind in SHORT)

    def stands_out(self) -> str:
        """Say which observance moved the use of the hashtag most."""
        lift, before = self.of.month.standing_out, self.of.before.standing_out
        return self.say(
            "stands_out",
            tag=self.campaign.hashtag,
            observance=self.observance(lift.observance) if lift else "",
            day=said_month_day(lift.day, self.language) if lift else "",
            network=self.name(lift.network) if lift else "",
            ratio=rounded(lift.ratio or 0) if lift else 0,
            before=self.observance(before.observance) if before else "",
            before_ratio=rounded(before.ratio or 0) if before else 0,
            elsewhere=self.names(self.of.month.sums.keys() - self.of.month.lifted),
        )

    def unknown(self) -> str:
        """Say of how many posts nothing is known, and why."""
        month = self.of.month
        untold = [name for name, of in month.sums.items() if of.posts.get(Standing.UNTOLD)]
        reasons = [
            self.say(f"reason_{kind.value}", n=n, networks=self.names(untold))
            for kind in (Standing.UNTOLD, Standing.GONE, Standing.MISSED, Standing.AHEAD)
            if (n := month.standing(kind))
        ]
        return self.say(
            "unknown",
            posts=month.posts,
            unknown=month.unknown,
            before=self.of.before.unknown,
            reasons=reasons,
        )

    def chart(self) -> Chart | None:
        """Return the chart: for each network both months, by what a post had on average."""
        bars = [bar for name in self.of.networks for bar in self.bars(name)]
        values = [bar.value for bar in bars]
        if not any(values):
            return None
        heads = self.say("chart_heads").split("|")
        return Chart(
            name=f"month-{self.campaign.id}",
            title=self.say("chart_title", blind=self.silent()),
            description=sentences(map(self.in_words, self.of.networks), self.language),
            head=(heads[0], heads[1], heads[2]),
            bars=tuple(bars),
            scale=tuple((height, self.number(height)) for height in steps(values)),
        )

    def bars(self, network: str) -> list[Bar]:
        """Return the bars of the month before and of the month; none where nothing is known."""
        now, before = (each(month, network, TOGETHER) for month in (self.of.month, self.of.before))
        if now is None and before is None:
            return []
        name = self.name(network)
        return [
            Bar(
                label=self.say("chart_bar", network=name, month=self.month(month.first)),
                value=value,
                said=self.number(value) or self.say("compared_unknown"),
                mark=mark,
                below=(self.titled(network), said_month(month.first, self.language, year=False)),
            )
            for month, value, mark in (
                (self.of.before, before, ""),
                (self.of.month, now, self.say("chart_mark", **self.both(network))),
            )
        ]

    def in_words(self, network: str) -> str:
        """Return what the bars of a network show, for who sees no chart."""
        if not self.bars(network):
            return ""
        return self.say("chart_said", network=self.name(network), **self.both(network))

    def both(self, network: str) -> Mapping[str, str]:
        """Return the numbers of the month and of the month before, or that they aren't known."""
        unknown = self.say("compared_unknown")
        return {
            "n": self.number(each(self.of.month, network, TOGETHER)) or unknown,
            "before": self.number(each(self.of.before, network, TOGETHER)) or unknown,
        }
