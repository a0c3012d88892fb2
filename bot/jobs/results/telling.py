"""Tells a month of posts in words: five sentences and a chart on a page that can be passed on by
itself, then tables, and what can't be known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.documents import Report, Section
from bot.errors import RenderError
from bot.jobs.counting.figures import network_name
from bot.jobs.results.monthly import Month, Monthly
from bot.jobs.services import Services
from bot.languages import said_list, said_month, said_month_day, said_number
from bot.model import Campaign, State
from bot.model.counting import REACTIONS, TOGETHER, OwnPost
from bot.model.subject import Planned, Written, parse
from bot.pictures.charts import Bar, Chart, steps
from bot.rules import results
from bot.rules.hashtags import Lift
from bot.rules.results import LEAST, Standing, Sum

_WORDS = "documents/month"
_NOT_KNOWN = "–"
_FEW = frozenset({1, 2})  # columns that hold words, in tables of posts and of observances
_SHORT = ("likes", "reposts", "replies")
_FAILED = (State.FAILED, State.SKIPPED)


def report(services: Services, campaign: Campaign, of: Monthly, language: str) -> Report:
    """Return what is told of a month in a language, or in English where it has no words for it.

    Raises `RenderError`.
    """
    # in one language throughout: names of months and numbers, too
    known = services.renderer.page(
        _WORDS, "chart_heads", language=language, fallback="en", variables={}
    )
    return _Telling(services, campaign, of, known.language).report()


def letter(services: Services, campaign: Campaign, report: Report) -> str:
    """Return what the letter says with which a report goes to staff. Raises `RenderError`."""
    name = services.renderer.words(campaign, report.language).title or campaign.id
    return services.renderer.page(
        _WORDS,
        "letter",
        language=report.language,
        fallback="en",
        variables={"about": report.about, "sentences": report.sentences, "name": name},
    ).text


@dataclass(frozen=True)
class _Telling:
    """One month that is told in one language."""

    services: Services
    campaign: Campaign
    of: Monthly
    language: str

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
            sections=tuple(
                part
                for part in (self.networks(), self.each_post(), self.observed(), self.blind())
                if part.rows or part.points
            ),
        )

    def say(self, block: str, **variables: object) -> str:
        """Return a block of the words, with the names of both months."""
        months = {
            "month": self.month(self.of.month.first),
            "earlier": self.month(self.of.before.first),
        }
        return self.services.renderer.page(
            _WORDS,
            block,
            language=self.language,
            fallback="en",
            variables={**months, **variables},
        ).text

    def month(self, first: date) -> str:
        """Return a month with its year."""
        return said_month(first, self.language, year=True)

    def number(self, value: float | None) -> str:
        """Return a number, with one decimal at most; '' for one that isn't known."""
        return "" if value is None else said_number(_round(value), self.language)

    def names(self, networks: Iterable[str]) -> str:
        """Return the names of networks, one after the other."""
        return said_list(map(network_name, networks), self.language)

    def tells(self, network: str) -> frozenset[str]:
        """Return the counts that a network of the month tells."""
        return self.of.month.shown.tells.get(network, frozenset())

    def known(self, kind: str) -> list[str]:
        """Return the networks on which a count is known of any post of either month."""
        return [
            name
            for name in self.of.networks
            if any(
                _each(month, name, kind) is not None for month in (self.of.month, self.of.before)
            )
        ]

    # the first page

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
                "network": network_name(name),
                "n": self.number(_count(self.of.month, name, "views")),
                "each": self.number(_each(self.of.month, name, "views")),
                "before": self.number(_each(self.of.before, name, "views")),
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
                "network": network_name(name),
                "known": _each(month, name, TOGETHER) is not None,
                **{kind: _round(_each(month, name, kind) or 0) for kind in _SHORT},
                "before": self.reactions_before(name),
                "few": self.of.change(name, TOGETHER).why == "few",
            }
            for name in self.known(TOGETHER)
        ]
        return self.say("reactions", rows=rows)

    def reactions_before(self, network: str) -> str:
        """Return the numbers of the month before in the same order; '' where they aren't known."""
        if _each(self.of.before, network, TOGETHER) is None:
            return ""
        return " / ".join(self.number(_each(self.of.before, network, kind)) for kind in _SHORT)

    def stands_out(self) -> str:
        """Say which observance moved the use of the hashtag most."""
        lift, before = self.of.month.standing_out, self.of.before.standing_out
        return self.say(
            "stands_out",
            tag=self.campaign.hashtag,
            observance=self.observance(lift.observance) if lift else "",
            day=said_month_day(lift.day, self.language) if lift else "",
            network=network_name(lift.network) if lift else "",
            ratio=self.number(lift.ratio) if lift else "",
            before=self.observance(before.observance) if before else "",
            before_ratio=self.number(before.ratio) if before else "",
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
            unknown=month.unknown,
            before=self.of.before.unknown,
            reasons="; ".join(reasons),
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
            title=self.say("chart_title"),
            description=" ".join(self.in_words(name) for name in self.of.networks),
            head=(heads[0], heads[1], heads[2]),
            bars=tuple(bars),
            scale=tuple((height, self.number(height)) for height in steps(values)),
        )

    def bars(self, network: str) -> list[Bar]:
        """Return the bars of the month before and of the month; none where nothing is known."""
        now, before = (_each(month, network, TOGETHER) for month in (self.of.month, self.of.before))
        if now is None and before is None:
            return []
        name = network_name(network)
        return [
            Bar(
                label=self.say("chart_bar", network=name, month=self.month(month.first)),
                value=value,
                said=self.number(value) or self.say("compared_unknown"),
                mark=mark,
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
        return self.say("chart_said", network=network_name(network), **self.both(network))

    def both(self, network: str) -> Mapping[str, str]:
        """Return the numbers of the month and of the month before, or that they aren't known."""
        unknown = self.say("compared_unknown")
        return {
            "n": self.number(_each(self.of.month, network, TOGETHER)) or unknown,
            "before": self.number(_each(self.of.before, network, TOGETHER)) or unknown,
        }

    # what lies behind

    def networks(self) -> Section:
        """Return both months of each network."""
        return Section(
            title=self.say("networks_title"),
            text=(self.say("networks_text", least=LEAST),),
            head=tuple(self.say("networks_heads").split("|")),
            wide=frozenset({0}),
            rows=tuple(
                self.network(name, month)
                for name in self.of.networks
                for month in (self.of.month, self.of.before)
                if name in month.sums
            ),
        )

    def network(self, name: str, month: Month) -> tuple[str, ...]:
        """Return one month of one network as a row."""
        of = month.sums[name]
        return (
            network_name(name),
            self.month(month.first),
            self.number(of.total),
            self.number(of.posts.get(Standing.READ, 0)),
            *(self.number(of.counts.get(kind)) or _NOT_KNOWN for kind in REACTIONS),
            self.number(of.each(TOGETHER)) or _NOT_KNOWN,
            self.compared(name) if month is self.of.month else "",
        )

    def compared(self, name: str) -> str:
        """Return how the month is beside the one before, or why that can't be said."""
        change = self.of.change(name, TOGETHER)
        if change.ratio is None:
            return self.say(f"compared_{change.why}")
        return self.say("compared", ratio=said_number(change.ratio, self.language))

    def each_post(self) -> Section:
        """Return the posts of the month by day."""
        posts, age = self.of.month.shown.posts, self.of.age
        read = {results.days_after(post, it.at) for post in posts if (it := post.at(age))}
        after = {days: self.say("after", days=days) for days in sorted(read)}
        return Section(
            title=self.say("posts_title"),
            text=(self.say("posts_text"),),
            head=tuple(self.say("posts_heads").split("|")),
            wide=_FEW,
            rows=tuple(self.post(post, after) for post in posts),
        )

    def post(self, post: OwnPost, after: Mapping[float, str]) -> tuple[str, ...]:
        """Return a post as a row; `after` says how many days after it its counts were read."""
        read, standing = post.at(self.of.age), self.of.month.shown.standing(post, self.of.age)
        known = read is not None and standing is Standing.READ
        counts = {kind: getattr(read.reactions, kind) if read else None for kind in REACTIONS}
        return (
            said_month_day(post.day, self.language, short=True),
            self.about(post),
            post.channel,
            after[results.days_after(post, read.at)]
            if read and known
            else self.say(standing.value),
            *(self.number(counts[kind]) or _NOT_KNOWN for kind in REACTIONS),
        )

    def about(self, post: OwnPost) -> str:
        """Return what a post is about, in a few words."""
        match parse(post.action):
            case Planned(action):
                return self.title(action, post)
            case Written(_, number):
                return self.say("own", number=number)
            case other:
                return other.about

    def title(self, action: str, post: OwnPost) -> str:
        """Return the title of an action; its id where it has none any more."""
        for each in self.campaign.actions:
            if each.id == action:
                try:
                    return self.services.renderer.title(
                        self.campaign,
                        each,
                        language=self.language,
                        audience=each.audiences[0],
                        day=post.day,
                    )
                except RenderError:
                    break
        return action

    def observance(self, name: str) -> str:
        """Return the name of an observance, as the campaign's words have it."""
        words = self.services.renderer.words(self.campaign, self.language)
        return words.observances.get(name, name)

    def observed(self) -> Section:
        """Return what people did on each observance, beside the use of the hashtag."""
        return Section(
            title=self.say("observed_title"),
            text=(self.say("observed_text", tag=self.campaign.hashtag),),
            head=tuple(self.say("observed_heads").split("|")),
            wide=_FEW,
            rows=tuple(
                (
                    said_month_day(each.day, self.language, short=True),
                    self.observance(each.observance),
                    network_name(network),
                    *self.on_the_day(each.sums.get(network)),
                    self.lift(next((x for x in each.lifts if x.network == network), None)),
                )
                for each in self.of.month.observed
                for network in sorted(each.sums.keys() | {x.network for x in each.lifts})
                if self.tells(network)
            ),
        )

    def on_the_day(self, of: Sum | None) -> tuple[str, ...]:
        """Return the posts of a network and what people did with them."""
        counts = (of.counts.get(kind) if of else None for kind in _SHORT)
        return (
            self.number(of.total if of else 0),
            *(self.number(count) or _NOT_KNOWN for count in counts),
        )

    def lift(self, lift: Lift | None) -> str:
        """Return how often the hashtag was used beside the usual, or that it can't be said."""
        ratio = lift.ratio if lift else None
        return _NOT_KNOWN if ratio is None else self.say("compared", ratio=self.number(ratio))

    def blind(self) -> Section:
        """Return what can't be known, and why."""
        sums = self.of.month.sums
        silent = [name for name in sums if not self.tells(name)]
        told = [name for name in sums if self.tells(name)]
        late = sum(of.late for of in sums.values())
        points = [
            *(self.say("blind_nothing", network=network_name(name)) for name in silent),
            *(
                self.say("blind_views", network=network_name(name))
                for name in told
                if "views" not in self.tells(name)
            ),
            self.say("blind_late", n=late) if late else "",
            self.say("blind_gone") if self.of.month.standing(Standing.GONE) else "",
            self.say("blind_paid") if "x" in sums and sums["x"].posts.get(Standing.MISSED) else "",
            self.say("blind_far") if "mastodon" in sums else "",
            self.say("blind_who"),
        ]
        return Section(title=self.say("blind_title"), points=tuple(filter(None, points)))


def _count(month: Month, network: str, kind: str) -> int | None:
    of = month.sums.get(network)
    return of.counts.get(kind) if of else None


def _each(month: Month, network: str, kind: str) -> float | None:
    of = month.sums.get(network)
    return of.each(kind) if of else None


def _round(value: float) -> float:
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
