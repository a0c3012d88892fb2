"""The database: one file, one topic per module, joined here.

Every instant is epoch seconds in UTC. The statements run on PostgreSQL as they stand: named
parameters, `ON CONFLICT`, `RETURNING`, `FILTER`, no database clock, no rowid.
"""

from pathlib import Path

from bot.store.alerts import Alerts
from bot.store.amplify import Amplify
from bot.store.approvals import Approvals
from bot.store.channels import Channels
from bot.store.contacts import Contacts
from bot.store.conversations import Conversations
from bot.store.db import Database
from bot.store.editors import Editors
from bot.store.forget import Forgotten
from bot.store.holds import HoldRows
from bot.store.inbox import Inbox
from bot.store.journeys import Journeys
from bot.store.ledger import Ledger
from bot.store.listing import Listing
from bot.store.meta import Meta
from bot.store.numbers import Numbers
from bot.store.officials import Officials
from bot.store.outbox import Outbox
from bot.store.packs import Packs
from bot.store.people import People
from bot.store.plan import Plan
from bot.store.pledges import Pledges
from bot.store.restored import Restored
from bot.store.samples import Samples
from bot.store.schema import migrate, refuse_other
from bot.store.staff import Edits, Notices, OneOffs
from bot.store.subscribers import Subscribers


class Store:
    """An open file with all its topics.

    `readonly` changes nothing and raises `StoreError` for a file of an older drumbeat.
    """

    def __init__(self, path: Path, *, durable: bool = True, readonly: bool = False) -> None:
        self.database = Database(path, durable=durable, readonly=readonly)
        try:
            (refuse_other if readonly else migrate)(self.database)
        except BaseException:
            self.database.close()
            raise
        self.meta = Meta(self.database)
        self.channels = Channels(self.database)
        self.people = People(self.database)
        self.plan = Plan(self.database)
        self.outbox = Outbox(self.database)
        self.listing = Listing(self.database)
        self.approvals = Approvals(self.database)
        self.holds = HoldRows(self.database)
        self.alerts = Alerts(self.database)
        self.restored = Restored(self.database)
        self.pledges = Pledges(self.database)
        self.editors = Editors(self.database)
        self.journeys = Journeys(self.database)
        self.conversations = Conversations(self.database)
        self.subscribers = Subscribers(self.database)
        self.inbox = Inbox(self.database)
        self.forgotten = Forgotten(self.database)
        self.officials = Officials(self.database)
        self.contacts = Contacts(self.database, self.people, self.forgotten)
        self.samples = Samples(self.database)
        self.ledger = Ledger(self.database)
        self.amplify = Amplify(self.database)
        self.packs = Packs(self.database)
        self.edits = Edits(self.database)
        self.oneoffs = OneOffs(self.database)
        self.notices = Notices(self.database)
        self.numbers = Numbers(self.database)

    def close(self) -> None:
        """Close the file."""
        self.database.close()
