"""The nouns of the project as frozen, keyword-only dataclasses and enums.

``campaign`` what the data say · ``outbox`` what is planned, and its deliveries · ``message`` what a
network is asked to send · ``channel`` our accounts and what networks take · ``person`` who is
written to, and writes · ``pledge`` what was promised, by whom, and how its year goes · ``public``
what everybody may see of it · ``share`` what pledge-makers post and we amplify, and what is posted
by hand · ``staff`` what staff write and are told · ``counting`` uses of hashtags, costs, and how
many take part · ``shared`` what belongs to no campaign · ``who`` whose data are asked for

Every `datetime` is aware; every `date` is a day in the recipient's own zone. Integers of the enums
are stored in the database: never renumber them.
"""

from bot.model.audience import Audience
from bot.model.campaign import (
    Action,
    Campaign,
    EasterOffset,
    Fact,
    Kind,
    Link,
    ListedDates,
    NthWeekday,
    Observance,
    Problem,
    Role,
    Rule,
    YearlyDay,
)
from bot.model.channel import Channel, Limits, Prices, QuietHours, Secret
from bot.model.message import (
    Button,
    DeliveryKey,
    Keyboard,
    Letter,
    Message,
    Picture,
    Receipt,
    Rendered,
)
from bot.model.outbox import PUBLIC, Occurrence, State
from bot.model.shared import PlaceNames

__all__ = [
    "PUBLIC",
    "Action",
    "Audience",
    "Button",
    "Campaign",
    "Channel",
    "DeliveryKey",
    "EasterOffset",
    "Fact",
    "Keyboard",
    "Kind",
    "Letter",
    "Limits",
    "Link",
    "ListedDates",
    "Message",
    "NthWeekday",
    "Observance",
    "Occurrence",
    "Picture",
    "PlaceNames",
    "Prices",
    "Problem",
    "QuietHours",
    "Receipt",
    "Rendered",
    "Role",
    "Rule",
    "Secret",
    "State",
    "YearlyDay",
]
