"""The metrics of a running process for Prometheus, in its own text format or as OpenMetrics.

Each is made of a `View` when it is asked for: what counts messages on their way is a few plain
numbers (`bot.rules.tally`), and knows nothing of this. Labels are names of channels, accounts and
jobs of config.toml and the code, and words of ours: never a person, never a secret. A job's label
is `task`, since Prometheus itself calls `job` what it scrapes.
"""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from typing_extensions import override

from bot import __version__
from bot.jobs.monitoring.view import OPEN, Account, Backlog, Channel, Rows, View
from bot.model.outbox.depths import Depth
from bot.rules.alerts import KINDS
from bot.rules.breaker import Phase
from bot.rules.tally import BOUNDS, Answers

STATES = ("sending", "resting", "paused", "held", "dry", "unknown")
"""What an account may be; one of them is 1."""

PARTS = ("run", "worker", "serve", "run --only chat")
"""What a process may be that shares its database with others (`bot.scheduler.parts`)."""

OTHER = "other"
"""The kind of alarms that this version doesn't know."""

_Samples = Iterable[tuple[list[str], float]]


class Metrics(Collector):
    """Makes all metrics of what `look` gives, each time that they are asked for."""

    def __init__(self, look: Callable[[], View]) -> None:
        self._look = look

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this moment; what the database doesn't say now is left out."""
        view = self._look()
        yield _build()
        yield from _process(view)
        yield from _jobs(view)
        yield from _accounts(view.accounts)
        yield from _channels([channel for each in view.accounts for channel in each.channels])
        yield from _database(view)
        if view.rows is not None:
            yield from _backlogs(view.rows.backlogs)
            yield from _depths(view.rows, view.at)
            yield from _rows(view.rows)


def registry(look: Callable[[], View]) -> CollectorRegistry:
    """Return a registry of our own with the metrics, and with those of the process: processor
    time, memory, open files.
    """
    ours = CollectorRegistry(auto_describe=False)
    ours.register(Metrics(look))
    ProcessCollector(registry=ours)
    return ours


def exposed(metrics: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Return the metrics in the format that a header Accept asks for, and its content type."""
    encode, content_type = choose_encoder(accept)
    return encode(metrics), content_type


def _family(
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily],
    name: str,
    text: str,
    labels: tuple[str, ...],
    samples: _Samples,
) -> Metric:
    family = kind(f"drumbeat_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


_gauge = partial(_family, GaugeMetricFamily)
_counter = partial(_family, CounterMetricFamily)


def _build() -> Metric:
    labels = {"version": __version__, "python": platform.python_version()}
    return InfoMetricFamily("drumbeat_build", "Which drumbeat this is", labels)


def _process(view: View) -> Iterator[Metric]:
    yield _gauge(
        "well",
        "1 while nothing is wrong with the process, as /healthz says",
        (),
        _only(not view.wrong),
    )
    yield _gauge(
        "loop_lag_seconds",
        "By how many seconds the loop was late at most in the last minute",
        (),
        _only(view.delay),
    )
    yield _counter(
        "chat_updates", "Messages, taps and the like that the chat heard", (), _only(view.updates)
    )


def _only(number: float) -> _Samples:
    return [([], float(number))]


def _jobs(view: View) -> Iterator[Metric]:
    yield _gauge(
        "job_last_end_timestamp_seconds",
        "When a job last came to its end",
        ("task",),
        [([job.name], job.ended) for job in view.jobs if job.ended is not None],
    )
    yield _gauge(
        "job_interval_seconds",
        "How often a job shall run",
        ("task",),
        [([job.name], job.every) for job in view.jobs],
    )
    yield _gauge(
        "job_overdue",
        "1 where a job has not come to its end for too long",
        ("task",),
        [([job.name], job.overdue) for job in view.jobs],
    )
    names = dict.fromkeys([*(job.name for job in view.jobs), *view.failing])
    yield _gauge(
        "job_failing",
        "1 where a job, or a turn of an account, failed the last time",
        ("task",),
        [([name], name in view.failing) for name in names],
    )


def _accounts(accounts: Iterable[Account]) -> Iterator[Metric]:
    accounts = list(accounts)

    def each(name: str, text: str, number: Callable[[Account], float]) -> Metric:
        return _gauge(name, text, ("account",), [([a.name], number(a)) for a in accounts])

    yield each("account_rate", "Messages a second at present", lambda a: a.rate)
    yield each("account_limit", "Messages a second at most", lambda a: a.limit)
    yield each("account_in_flight", "Messages that wait for their answers", lambda a: a.in_flight)
    yield each(
        "replies_waiting", "Replies of the chat that wait for their turn", lambda a: a.replies
    )
    yield _counter(
        "account_rate_limited",
        "How often the network asked for fewer messages (429)",
        ("account",),
        [([a.name], a.limited) for a in accounts],
    )
    yield _gauge(
        "account_state",
        "1 for the state that the account is in",
        ("account", "state"),
        [([a.name, state], a.state == state) for a in accounts for state in STATES],
    )
    yield _gauge(
        "breaker_state",
        "1 for the state of the account's circuit breaker",
        ("account", "state"),
        [([a.name, p], a.breaker is p) for a in accounts if a.breaker is not None for p in Phase],
    )


def _channels(channels: Iterable[Channel]) -> Iterator[Metric]:
    yield _counter(
        "deliveries",
        "What became of messages since the process began",
        ("channel", "result"),
        [([c.name, word], n) for c in channels for word, n in c.results.items()],
    )
    family = HistogramMetricFamily(
        "drumbeat_send_duration_seconds",
        "How long a network took to answer a message, or to be given up",
        labels=("channel",),
    )
    for channel in channels:
        family.add_metric([channel.name], _classes(channel.answers), channel.answers.seconds)
    yield family


def _classes(answers: Answers) -> list[tuple[str, float]]:
    """Return the classes as Prometheus wants them: each with all that took less."""
    ends = [*map(str, BOUNDS), "+Inf"]
    return list(zip(ends, map(float, accumulate(answers.classes)), strict=True))


def _backlogs(known: Mapping[str, Backlog]) -> Iterator[Metric]:
    yield _gauge(
        "deliveries_open",
        "Deliveries that have not ended; waiting ones are queued or in flight",
        ("channel", "state"),
        [
            ([name, state], n)
            for name, backlog in known.items()
            for state, n in (
                ("waiting", backlog.waiting),
                *((each.word, backlog.open[each]) for each in OPEN),
            )
        ],
    )
    yield _gauge(
        "oldest_due_lag_seconds",
        "Since when the oldest delivery that is due and not held waits",
        ("channel",),
        [([name], backlog.lag) for name, backlog in known.items()],
    )


def _depths(rows: Rows, now: float) -> Iterator[Metric]:
    """Yield what the database says of each account, whoever sends for it: a process that only shows
    pages tells it too, when nobody sends.
    """

    def each(name: str, text: str, number: Callable[[str, Depth], float]) -> Metric:
        samples = [([name], number(name, depth)) for name, depth in rows.depths.items()]
        return _gauge(name, text, ("account",), samples)

    yield each(
        "account_leases",
        "Processes that send for the account now",
        lambda name, _: rows.leases.get(name, 0),
    )
    yield each(
        "account_due",
        "Deliveries that are queued and due, held ones too",
        lambda _, depth: depth.due,
    )
    yield each(
        "account_lag_seconds",
        "Since when the oldest delivery of the account that is due and not held waits",
        lambda _, depth: depth.lag(now),
    )
    yield _gauge(
        "queue_jobs",
        "Jobs in the queue that several processes share: due ones wait for a process",
        ("state",),
        [([state], n) for state, n in (vars(rows.jobs).items() if rows.jobs else ())],
    )
    yield _gauge(
        "processes",
        "Processes that share the queue and gave a sign of life in the last minute",
        ("part",),
        [([part], rows.processes.get(part, 0)) for part in (PARTS if rows.jobs else ())],
    )


def _database(view: View) -> Iterator[Metric]:
    yield _gauge(
        "database_readable", "1 where the database can be read", (), _only(view.rows is not None)
    )
    yield _gauge("database_writable", "1 where the last write succeeded", (), _only(view.writable))
    yield _gauge("database_bytes", "Size of the database file", (), _only(view.size))
    yield _gauge(
        "database_wal_bytes", "Size of the database's write-ahead log", (), _only(view.log_size)
    )


def _rows(rows: Rows) -> Iterator[Metric]:
    others = sum(n for kind, n in rows.alarms.items() if kind not in KINDS)
    yield _gauge(
        "alarms_open",
        "Alarms that staff should look at",
        ("kind",),
        [*(([kind], rows.alarms.get(kind, 0)) for kind in KINDS), ([OTHER], others)],
    )
    if rows.backup is not None:
        yield _gauge(
            "backup_last_timestamp_seconds",
            "When `drumbeat backup` last made a copy",
            (),
            _only(rows.backup),
        )
