"""The fields of the form by which somebody signs up, and what was typed into them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bot import networks
from bot.gaps import filled
from bot.jobs.pledges import proposals
from bot.languages import own_names
from bot.model.newsletter import Wishes
from bot.networks.common.thread import in_thread
from bot.rules import dates, forms
from bot.rules.reading import called, places
from bot.rules.reading.places import Place
from bot.web.public.making.fields import Field, Option
from bot.web.public.reader import Reader

HOUR = 9
"""The hour at which who chooses none is written to."""

_LONGEST = 200
"""Characters of a place that are read."""

_WANTED = ("calendar", "digest")
"""What can be wished, by the names of its boxes."""

_NAMED = "named"
"""The answer that only named days are wanted."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The form as it was sent."""

    address: str
    wishes: Wishes
    #: what is wrong, by the name of the field
    problems: Mapping[str, str]


async def ready(reader: Reader) -> None:
    """Have the names of places ready before `read`, which takes most of a second once: in a thread,
    since all others would wait for it.
    """
    services = reader.services
    await in_thread(partial(places.read_names, _tongues(reader), services.library.shared.places))


def _tongues(reader: Reader) -> tuple[str, ...]:
    return tuple(reader.services.renderer.tags("public").values())


def read(reader: Reader, sent: Mapping[str, str], event: str = "") -> Filled:
    """Return what was sent, as it would be kept, with what is wrong; `event` is the id of the one
    that it is about, '' where it is about letters.
    """
    reading = _Reading(reader, sent)
    address, place = reading.address(), reading.place()
    if not event:
        reading.wanted()
    country = place.country if place else None
    zone = place.zone if place else reader.services.settings.zone
    wishes = Wishes(
        campaign=reader.of.id,
        language=reading.language(),
        country=country,
        zone=zone,
        minute=reading.hour() * 60,
        event=event,
        calendar=not event and bool(sent.get("calendar")),
        named_only=sent.get("days") == _NAMED,
        digest=not event and bool(sent.get("digest")),
        wording=_wording(reader, event),
    )
    return Filled(address=address, wishes=wishes, problems=reading.problems)


def _wording(reader: Reader, event: str) -> str:
    """Return to which wording they agree: its language, where it stands, its version."""
    said = reader.words["events"]["signup"] if event else reader.words["newsletter"]
    return f"{reader.language} {'event' if event else 'newsletter'} {said['version']}"


class _Reading:
    """Reads one field after the other, and collects what is wrong."""

    def __init__(self, reader: Reader, sent: Mapping[str, str]) -> None:
        self._reader = reader
        self._sent = sent
        self.problems: dict[str, str] = {}

    def address(self) -> str:
        by = proposals.channel(self._reader.services, self._reader.language)
        given = self._sent.get("address", "").strip()
        address = networks.load(by.network).address(given) if by and given else None
        if address is None:
            wrong = self._reader.words["pledging"]["wrong"]
            self.problems["address"] = wrong["address" if given else "empty"]
        return (address or "").lower()

    def wanted(self) -> None:
        if not any(self._sent.get(name) for name in _WANTED):
            self.problems["wanted"] = self._reader.words["newsletter"]["wrong"]["wanted"]

    def place(self) -> Place | None:
        """Return the one place that was surely meant; None where none was typed, or it isn't sure
        which.
        """
        near = near_places(self._reader, self._sent)
        sure = near if len(near) == 1 and near[0].sure else ()
        chosen = [each for each in near if _value(each) == self._sent.get("which")]
        meant: tuple[Place, ...] = (*chosen, *sure)
        if meant:
            return meant[0]
        if self._sent.get("place", "").strip():
            said = self._reader.words["newsletter"]["wrong"]
            self.problems["which" if near else "place"] = said["which" if near else "place"]
        return None

    def language(self) -> str:
        given = self._sent.get("language", "")
        return given if given in self._reader.of.languages else self._reader.speaks

    def hour(self) -> int:
        given = self._sent.get("hour", "")
        return int(given) if given in map(str, hours(self._reader)) else hours(self._reader)[0]


def near_places(reader: Reader, sent: Mapping[str, str]) -> tuple[Place, ...]:
    """Return what the place that was typed may mean; none where none was."""
    text = forms.clean(sent.get("place", ""))
    if not text:
        return ()
    return called.find(
        text[:_LONGEST],
        reader.language,
        reader.now,
        also=_tongues(reader),
        known=reader.services.library.shared.places,
    )


def _value(place: Place) -> str:
    return f"{place.zone} {place.country or ''}"


def hours(reader: Reader) -> list[int]:
    """Return the hours of a day in which people are written to, the usual one first where it is
    one.
    """
    quiet = reader.services.settings.quiet
    awake = [hour for hour in range(24) if dates.waking_minute(hour * 60, quiet) == hour * 60]
    return sorted(awake, key=lambda hour: hour != HOUR)


def fields(
    reader: Reader, sent: Mapping[str, str], problems: Mapping[str, str]
) -> tuple[Field, ...]:
    """Return the form's fields with what stands in them, and what is wrong."""
    making = _Making(reader, sent, problems)
    return (
        making.wanted(),
        making.days(),
        making.address(),
        *making.place(),
        making.hour(),
        making.language(),
    )


def event_fields(
    reader: Reader, sent: Mapping[str, str], problems: Mapping[str, str]
) -> tuple[Field, ...]:
    """Return the fields for signing up for an event with what stands in them, and what is wrong."""
    making = _Making(reader, sent, problems)
    return making.address(), *making.place(), making.language()


class _Making:
    """Makes the fields of the form."""

    def __init__(
        self, reader: Reader, sent: Mapping[str, str], problems: Mapping[str, str]
    ) -> None:
        self._reader = reader
        self._said = reader.words["newsletter"]
        self._sent = sent
        self._problems = problems

    def _field(
        self,
        name: str,
        kind: str,
        *,
        options: Iterable[Option] = (),
        needed: bool = True,
        helped: str = "",
        complete: str = "",
    ) -> Field:
        return Field(
            name=name,
            kind=kind,
            label=self._said[name],
            value=self._sent.get(name, ""),
            help=(helped,) if helped else (),
            required=needed,
            options=tuple(options),
            autocomplete=complete,
            problem=self._problems.get(name, ""),
        )

    def wanted(self) -> Field:
        options = (
            Option(
                name=name,
                value="yes",
                label=self._said[f"wants_{name}"],
                checked=bool(self._sent.get(name)),
            )
            for name in _WANTED
        )
        return self._field("wanted", "boxes", options=options)

    def days(self) -> Field:
        chosen = self._sent.get("days", "all")
        options = (
            Option(
                name="days", value=value, label=self._said[f"days_{value}"], checked=value == chosen
            )
            for value in ("all", _NAMED)
        )
        return self._field("days", "radio", options=options)

    def address(self) -> Field:
        return self._field("address", "mail", helped=self._said["address_help"], complete="email")

    def place(self) -> Iterator[Field]:
        zone = self._reader.services.settings.zone
        helped = filled(self._said["place_help"], place=called.of_zone(zone, self._reader.language))
        yield self._field("place", "line", needed=False, helped=helped)
        if "which" in self._problems:
            near = near_places(self._reader, self._sent)
            options = (
                Option(name="which", value=_value(each), label=each.name, checked=False)
                for each in near
            )
            yield self._field("which", "radio", options=options)

    def hour(self) -> Field:
        chosen = self._sent.get("hour", str(HOUR))
        options = (
            Option(name="hour", value=str(hour), label=f"{hour:02}:00", checked=str(hour) == chosen)
            for hour in sorted(hours(self._reader))
        )
        return self._field("hour", "select", options=options)

    def language(self) -> Field:
        chosen = self._sent.get("language", self._reader.speaks)
        options = (
            Option(name="language", value=tag, label=name, checked=tag == chosen)
            for tag, name in own_names(self._reader.of.languages)
        )
        return self._field("language", "select", options=options)
