"""What somebody set, in cases that no typed line brings about."""

import house
from member import NOW
from player import Player
from stage import staged

from bot.library import read, shipped_root
from bot.model.person import Status


async def test_somebody_in_a_zone_that_nobody_knows_can_still_say_where_they_live(tmp_path):
    channel = house.channel("telegram", network="telegram")
    services, network = staged(tmp_path, read([shipped_root()])[0], channel)
    person = Player(services, network, language="en", now=f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    for line in ("/start", "[English]", "[Yes, I am old enough and I agree]"):
        await person.line(f"> {line}")
    services.store.database.execute("UPDATE place SET zone = 'Mars/Olympus'")
    services.store.people.mark([1], Status.STOPPED)
    for line in ("/start", "[English]", "[Yes, I am old enough and I agree]"):
        await person.line(f"> {line}")
    assert "Mars/Olympus" in person.said
    await person.line("> /settings")
    assert "Mars/Olympus" in person.said
    await person.line("> [Where I live]")
    await person.line("> Nairobi")
    assert "Nairobi" in person.said
    await person.line("> /settings")
    assert "Nairobi" in person.said
    assert "Mars/Olympus" not in person.said
    services.store.close()
