"""What lies behind the first page of a month: tables of its networks, posts and observances, and
what can't be known.
"""

from collections.abc import Mapping

from bot.documents import Section
from bot.errors import RenderError
from bot.jobs.results.monthly import Month
from bot.jobs.results.voice import SHORT, Voice, rounded
from bot.languages import said_month_day
from bot.model.counting import REACTIONS, TOGETHER, OwnPost
from bot.model.subject import Planned, Written, parse
from bot.rules import results
from bot.rules.hashtags import Lift
from bot.rules.results import LEAST, Standing, Sum

_NOT_KNOWN = "–"
_FEW = frozenset({1, 2})  # columns that hold words, in tables of posts and of observances


class Tables(Voice):
    """The tables of a month."""

    def sections(self) -> tuple[Section, ...]:
        """Return those in which there is anything."""
        return tuple(
            part
            for part in (self.networks(), self.each_post(), self.observed(), self.blind())
            if part.rows or part.points
        )

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
            self.titled(name),
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
        return self.say("compared", ratio=rounded(change.ratio))

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
                    self.titled(network),
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
        counts = (of.counts.get(kind) if of else None for kind in SHORT)
        return (
            self.number(of.total if of else 0),
            *(self.number(count) or _NOT_KNOWN for count in counts),
        )

    def lift(self, lift: Lift | None) -> str:
        """Return how often the hashtag was used beside the usual, or that it can't be said."""
        ratio = lift.ratio if lift else None
        return _NOT_KNOWN if ratio is None else self.say("compared", ratio=rounded(ratio))

    def blind(self) -> Section:
        """Return what can't be known, and why."""
        sums = self.of.month.sums
        silent = [name for name in sums if not self.tells(name)]
        told = [name for name in sums if self.tells(name)]
        late = sum(of.late for of in sums.values())
        points = [
            *(self.say("blind_nothing", network=self.titled(name)) for name in silent),
            *(
                self.say("blind_views", network=self.titled(name))
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
