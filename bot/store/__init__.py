"""The database, in a file or on a server, and one module for each topic, joined here as `Store`.

Every instant is epoch seconds in UTC. The statements run on both kinds as they stand: named
parameters, `ON CONFLICT`, `RETURNING`, `FILTER`, no database clock, no rowid.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from bot.model.database import Server, Where
from bot.model.who import Who
from bot.store.amplify.amplify import Amplify
from bot.store.amplify.packs import Packs
from bot.store.calls.entries import Entries
from bot.store.calls.openings import Openings
from bot.store.calls.surveys import Surveys
from bot.store.counting.asked import Asked
from bot.store.counting.ledger import Ledger
from bot.store.counting.results import Results
from bot.store.counting.samples import Samples
from bot.store.db import Database
from bot.store.db.files import alone, is_made
from bot.store.events import Events
from bot.store.forget import Forgotten, Tombstones
from bot.store.keys import Keys
from bot.store.machines.requests import Requests
from bot.store.machines.suggestions import Suggestions
from bot.store.machines.tokens import Tokens
from bot.store.meta import Meta
from bot.store.moving.move import Move
from bot.store.newsletter.digests import Digests
from bot.store.newsletter.signups import Signups
from bot.store.pathfinders.reports import CountryReports
from bot.store.people.contacts import Contacts
from bot.store.people.conversations import Conversations
from bot.store.people.friends import Friends
from bot.store.people.inbox import Inbox
from bot.store.people.mail_answers import MailAnswers
from bot.store.people.mailbox import Mailbox
from bot.store.people.peers import Peers
from bot.store.people.people import People
from bot.store.people.subscribers import Subscribers
from bot.store.planning.counts import Counts
from bot.store.planning.feeds import Feeds
from bot.store.planning.instances import Instances
from bot.store.planning.plan import Plan
from bot.store.planning.progress import Progress
from bot.store.planning.waves import Waves
from bot.store.played import Played
from bot.store.pledges.deciding import Deciding
from bot.store.pledges.editors import Editors
from bot.store.pledges.following import Following
from bot.store.pledges.introductions import Introductions
from bot.store.pledges.invitations import Invitations
from bot.store.pledges.journeys import Journeys
from bot.store.pledges.officials import Officials
from bot.store.pledges.pledges import Pledges
from bot.store.pledges.proposals import Proposals
from bot.store.pledges.public import PublicPledges
from bot.store.pledges.visits import Visits
from bot.store.schema import is_older, migrate, refuse_newer, refuse_other
from bot.store.search import Search
from bot.store.sending.approvals import Approvals
from bot.store.sending.backlog import Backlog
from bot.store.sending.broadcasts import Broadcasts
from bot.store.sending.channels import Channels
from bot.store.sending.history import History
from bot.store.sending.holds import HoldRows
from bot.store.sending.intake import Intake
from bot.store.sending.listing import Listing
from bot.store.sending.listing.posts import Posts
from bot.store.sending.outbox import Outbox
from bot.store.sending.pictures import Pictures
from bot.store.sending.restored import Restored
from bot.store.sending.sweeps import Sweeps
from bot.store.staff.alerts import Alerts
from bot.store.staff.audit import Audit
from bot.store.staff.browsing import Browsing
from bot.store.staff.clearances import Clearances
from bot.store.staff.drafts import Drafts, OwnPictures
from bot.store.staff.letters import StaffLetters
from bot.store.staff.logins import Logins
from bot.store.staff.members import Members
from bot.store.staff.numbers import Numbers
from bot.store.staff.rewordings import Rewordings
from bot.store.staff.staff import Edits, Notices, OneOffs
from bot.store.topic import Topic
from bot.store.webhooks.webhooks import Webhooks
from bot.store.workers.leases import Leases
from bot.store.workers.processes import Processes
from bot.store.workers.queued import Queued
from bot.store.workers.seats import Seats
from bot.store.workers.slots import Slots


def _opened(path: Where, *, durable: bool, readonly: bool) -> Database:
    """Open the database and bring it to this version.

    Of several processes that find it new or old at once, one does so, and the others wait.
    """
    if readonly:
        return _checked(Database(path, readonly=True), refuse_other)
    if isinstance(path, Server):
        return _checked(Database(path, durable=durable), migrate)
    # a missing folder is reported by `Database`
    if path.parent.is_dir() and not is_made(path):
        with alone(path):
            return _checked(Database(path, durable=durable), migrate)
    return _checked(Database(path, durable=durable), _bring_up_to_date)


def _checked(database: Database, check: Callable[[Database], None]) -> Database:
    try:
        check(database)
    except BaseException:
        database.close()
        raise
    return database


def _bring_up_to_date(database: Database) -> None:
    refuse_newer(database)
    if is_older(database):
        with database.alone():
            migrate(database)


def _keys(database: Database, named: Path | None, *, readonly: bool) -> Keys:
    try:
        return Keys(database, named, readonly=readonly)
    except BaseException:
        database.close()
        raise


class Store:
    """An open database with all its topics.

    With `readonly` nothing is changed, and one of an older drumbeat raises `StoreError`. `keys`
    names the file of the keys; by default it lies beside the database (`bot.store.keys`), while one
    on a server has no such place.
    """

    def __init__(
        self,
        path: Where,
        *,
        durable: bool = True,
        readonly: bool = False,
        keys: Path | None = None,
    ) -> None:
        self.database = _opened(path, durable=durable, readonly=readonly)
        #: whether it refuses to be changed
        self.readonly = readonly
        self.keys = _keys(self.database, keys, readonly=readonly)
        self.meta = Meta(self.database)
        self.channels = Channels(self.database)
        self.people = People(self.database)
        self.plan = Plan(self.database)
        self.waves = Waves(self.database)
        self.instances = Instances(self.database)
        self.counts = Counts(self.database)
        self.progress = Progress(self.database)
        self.feeds = Feeds(self.database)
        self.intake = Intake(self.database)
        self.outbox = Outbox(self.database)
        self.listing = Listing(self.database)
        self.posts = Posts(self.database)
        self.played = Played(self.database)
        self.backlog = Backlog(self.database)
        self.history = History(self.database)
        self.approvals = Approvals(self.database)
        self.broadcasts = Broadcasts(self.database)
        self.sweeps = Sweeps(self.database)
        self.pictures = Pictures(self.database)
        self.holds = HoldRows(self.database)
        self.alerts = Alerts(self.database)
        self.restored = Restored(self.database)
        self.amplify = Amplify(self.database)
        self.packs = Packs(self.database)
        self.edits = Edits(self.database)
        self.rewordings = Rewordings(self.database)
        self.oneoffs = OneOffs(self.database)
        self.drafts = Drafts(self.database)
        self.own_pictures = OwnPictures(self.database)
        self.notices = Notices(self.database)
        self.members = Members(self.database)
        self.logins = Logins(self.database)
        self.staff_letters = StaffLetters(self.database)
        self.clearances = Clearances(self.database)
        self.audit = Audit(self.database)
        self.browsing = Browsing(self.database)
        self.deciding = Deciding(self.database)
        self.numbers = Numbers(self.database)
        self.webhooks = Webhooks(self.database)
        self._open_people()
        self._open_pledges()
        self._open_counts()
        self._open_machines()
        self.topics = self._in_order()
        self.forgotten = Forgotten(self.database, self.keys, self.topics)

    def _open_people(self) -> None:
        self.conversations = Conversations(self.database)
        self.subscribers = Subscribers(self.database)
        self.friends = Friends(self.database, self.keys)
        self.inbox = Inbox(self.database)
        self.events = Events(self.database)
        self.mailbox = Mailbox(self.database)
        self.mail_answers = MailAnswers(self.database)
        self.peers = Peers(self.database)
        self.signups = Signups(self.database)
        self.digests = Digests(self.database)
        self.contacts = Contacts(self.database, Tombstones(self.database, self.keys))

    def _open_pledges(self) -> None:
        self.search = Search(self.database)
        self.pledges = Pledges(self.database)
        self.public_pledges = PublicPledges(self.database)
        self.editors = Editors(self.database)
        self.journeys = Journeys(self.database)
        self.following = Following(self.database)
        self.officials = Officials(self.database)
        self.proposals = Proposals(self.database)
        self.visits = Visits(self.database)
        self.invitations = Invitations(self.database)
        self.introductions = Introductions(self.database)
        self.country_reports = CountryReports(self.database)
        self.surveys = Surveys(self.database)
        self.entries = Entries(self.database)
        self.openings = Openings(self.database)

    def _open_counts(self) -> None:
        self.samples = Samples(self.database)
        self.asked = Asked(self.database, self.keys)
        self.ledger = Ledger(self.database)
        self.results = Results(self.database)

    def _open_machines(self) -> None:
        self.leases = Leases(self.database)
        self.seats = Seats(self.database)
        self.slots = Slots(self.database)
        self.processes = Processes(self.database)
        self.queued = Queued(self.database)
        self.tokens = Tokens(self.database)
        self.requests = Requests(self.database)
        self.suggestions = Suggestions(self.database)

    def _in_order(self) -> tuple[Topic, ...]:
        """Return all topics in the order in which they forget a person.

        The row in `person` goes last, since the rows of all other topics refer to it.
        """
        return (
            self.subscribers,
            self.friends,
            self.listing,
            self.posts,
            self.played,
            self.backlog,
            self.history,
            self.outbox,
            self.intake,
            self.journeys,
            self.following,
            self.editors,
            self.pledges,
            self.public_pledges,
            self.search,
            self.officials,
            self.events,
            self.proposals,
            self.visits,
            self.invitations,
            self.introductions,
            self.signups,
            self.digests,
            self.country_reports,
            self.surveys,
            self.entries,
            self.openings,
            self.contacts,
            self.mailbox,
            self.mail_answers,
            self.peers,
            self.inbox,
            self.conversations,
            self.approvals,
            self.broadcasts,
            self.sweeps,
            self.leases,
            self.seats,
            self.slots,
            self.processes,
            self.queued,
            self.pictures,
            self.amplify,
            self.packs,
            self.edits,
            self.rewordings,
            self.oneoffs,
            self.drafts,
            self.own_pictures,
            self.alerts,
            self.notices,
            self.members,
            self.logins,
            self.tokens,
            self.requests,
            self.suggestions,
            self.staff_letters,
            self.clearances,
            self.audit,
            self.meta,
            self.channels,
            self.plan,
            self.waves,
            self.instances,
            self.counts,
            self.progress,
            self.feeds,
            self.holds,
            self.restored,
            self.samples,
            self.asked,
            self.ledger,
            self.results,
            self.browsing,
            self.deciding,
            self.numbers,
            self.webhooks,
            self.people,
        )

    def known_of(self, who: Who) -> dict[str, object]:
        """Return all that is stored about a person, as JSON values by the keys of their export."""
        return {key: value for topic in self.topics for key, value in topic.of(who).items()}

    def move_into(self, empty: Database) -> Move:
        """Begin to move this database into an empty one, or go on with that; raises `StoreError`
        where that one holds anything else.
        """
        return Move(self.database, empty)

    def check_version(self) -> None:
        """Raise `DatabaseTooNew` where a newer drumbeat has changed the tables since."""
        refuse_newer(self.database)

    def transaction(self, *, beside: bool = False) -> AbstractContextManager[None]:
        """Commit everything inside together or not at all, as `Database.transaction` does; joins
        one that is open already.
        """
        return self.database.transaction(beside=beside)

    def close(self) -> None:
        """Close the database and release its lock."""
        self.database.close()
