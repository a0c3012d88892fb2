"""What people ask, at the desk: questions from the chat, and posts with the hashtag."""

from dataclasses import replace
from datetime import timedelta

import house
import pytest
from pledging.publishing import publish

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Command
from bot.jobs.staff.questions import inbox, lapsing, peers
from bot.model.counting import Asking
from bot.model.share import Answer
from bot.model.staff import Actor
from bot.times import epoch
from tests.web.desk.conftest import NOW

CLEAR = dict.fromkeys(("shown", "child", "consent", "risk", "dignity", "place"), "no")


@pytest.fixture
def asking(services):
    """A question from the chat, and a post that asks something."""
    store, moment = services.store, epoch(NOW)
    store.inbox.ask(1, "77", "fr", "Où <b>apprendre</b> ?", moment)
    post = Asking(
        uri="https://m.example/1",
        post="1",
        place="m.example",
        url="https://m.example/@somebody/1",
        text="How can I help?",
        language="en",
        posted=NOW,
    )
    store.asked.add("mastodon", [post], moment)
    return services


async def test_a_question_is_answered_by_who_may_write(asking, desk):
    async with desk(asking) as sit:
        seat = await sit("writer")
        shown = await seat.gets("/desk/inbox")
        assert "Où &lt;b&gt;apprendre&lt;/b&gt; ?" in shown.text
        assert "77" not in shown.words, "nothing of who asked"
        sent = await seat.posts("/desk/inbox", {"question": "1", "text": "Here."})
        assert sent.where == "/desk/inbox?done=question_answered"
        again = await seat.posts("/desk/inbox", {"question": "1", "text": "There."})
        assert again.status == 409
        assert "What you had written: There." in again.words, "a colleague was faster"
        long = await seat.posts("/desk/inbox", {"question": "1", "text": "x" * 4_001})
        assert "x" * 4_001 in long.text
        assert (await (await sit("reader")).posts("/desk/inbox", {})).status == 403
    assert asking.store.inbox.of_address(1, "77")[0].answer == "Here."


async def test_a_question_to_makers_is_over_on_the_same_day_at_the_desk_and_in_the_chat(
    services, desk
):
    settings = replace(services.settings, zone="Pacific/Kiritimati")
    services = replace(services, settings=settings)
    services.store.people.add([house.person(7)])
    number = publish(services, campaign="endchildlabour")
    # 28 days after it UTC has 28 May still, and the settings' clock the 29th
    services.store.inbox.ask(1, "77", "qaa", "Which rooms?", epoch(NOW - timedelta(hours=10)))
    services.store.peers.add(1, number, "union@example.org", "")
    async with desk(services) as sit:
        shown = (await (await sit("writer")).gets("/desk/inbox")).words
    writer = services.team.called("writer").telegram
    asked = Arrival(
        address=str(writer), user=str(writer), language="en", event=Command(name="inbox")
    )
    told = " ".join(
        out.text for out in ChatEntry(lambda: services, "telegram").handle([asked], NOW)[0]
    )
    assert "29 May 2021" in shown
    assert "29 May 2021" in told
    assert "28 May 2021" not in f"{shown} {told}"


async def test_a_question_to_makers_is_passed_on_by_who_may_write_and_comes_back(services, desk):
    services.store.people.add([house.person(7)])
    number = publish(services, campaign="endchildlabour")
    services.store.inbox.ask(1, "77", "en", "Which <b>rooms</b>?", epoch(NOW))
    services.store.peers.add(1, number, "union@example.org", "")
    sent = {"question": "1", "act": "pass"}
    async with desk(services) as sit:
        seat = await sit("writer")
        shown = await seat.gets("/desk/inbox")
        for told in ("To the makers of pledge 1", "union@example.org", "put a child at risk"):
            assert told in shown.words
        assert "Which &lt;b&gt;rooms&lt;/b&gt;?" in shown.text
        assert (await (await sit("reader")).posts("/desk/inbox", sent)).status == 403
        assert (await seat.posts("/desk/inbox", sent)).where.endswith("done=question_passed")
        with_them = await seat.gets("/desk/inbox")
        assert "With the makers of pledges" in with_them.words
        assert "No question waits for an answer." in with_them.words
        assert (await seat.posts("/desk/inbox", sent)).status == 409
        peers.reply(services, 1, 1, "Those of the schools", NOW)
        assert "Those of the schools" in (await seat.gets("/desk/inbox")).words
        assert (await seat.posts("/desk/inbox", sent)).status == 409, "they have not read it"
        back = sent | {"act": "back"}
        assert (await seat.posts("/desk/inbox", back)).where.endswith("done=reply_passed")
        services.store.inbox.ask(1, "78", "en", "Who?", epoch(NOW))
        services.store.peers.add(2, number, "", "")
        refused = await seat.posts("/desk/inbox", {"question": "2", "act": "refuse"})
        assert refused.where.endswith("done=question_refused")
    assert services.store.inbox.question(1).answer == "Those of the schools"
    assert services.store.inbox.question(2).answer == ""
    verbs = [deed.verb for deed in services.store.audit.read(verb="question.")]
    assert sorted(verbs) == ["question.answered", "question.passed", "question.refused"]


async def test_a_question_that_nobody_answers_says_until_when_and_then_that_it_is_over(
    services, desk
):
    services.store.people.add([house.person(7)])
    number = publish(services, campaign="endchildlabour")
    asked = NOW - timedelta(days=27, hours=23)
    services.store.inbox.ask(1, "77", "en", "Which rooms?", epoch(asked))
    services.store.peers.add(1, number, "", "")
    async with desk(services) as sit:
        seat = await sit("writer")
        waits = await seat.gets("/desk/inbox")
        assert "If nobody answers by 1 May 2021, it is over" in waits.words
        lapsing.run(services, NOW + timedelta(hours=2))
        over = await seat.gets("/desk/inbox")
        assert "No question waits for an answer." in over.words
        _, told = over.words.split("Over, since nobody had answered")
        assert "Which rooms?" in told


async def test_a_post_is_dropped_at_once_where_it_may_be_a_childs(asking, desk):
    async with desk(asking) as sit:
        seat = await sit("approver")
        listed = await seat.gets("/desk/inbox")
        assert "How can I help?" in listed.words
        assert "somebody" not in listed.text, "nor the address, which has the name"
        shown = await seat.gets("/desk/inbox/posts/1")
        assert "How can I help?" in shown.words
        assert "somebody" not in shown.words
        writer, answer = await sit("writer"), {"act": "answer", "text": "Plant!"}
        refused = await writer.posts("/desk/inbox/posts/1", answer)
        assert (refused.status, "the role that approves" in refused.words) == (409, True)
        assert (await (await sit("reader")).posts("/desk/inbox/posts/1", answer)).status == 403
        assert (await writer.posts("/desk/inbox/posts/1", {"act": "child"})).where == (
            "/desk/inbox?done=inbox_dropped"
        )
        assert (await seat.gets("/desk/inbox/posts/1")).status == 404
        late = await seat.posts("/desk/inbox/posts/1", {"act": "answer", "text": "Plant <one>."})
        assert (late.status, "What you had written: Plant <one>." in late.words) == (404, True)
    assert asking.store.asked.count() == 0
    assert [deed.verb for deed in asking.store.audit.read(verb="asked.")] == ["asked.child"]


async def test_a_public_answer_passes_the_checklist(asking, desk):
    answer = {"act": "answer", "text": "Read on #Tag", "to-telegram": "yes"}
    async with desk(asking) as sit:
        seat = await sit("approver")
        for lacking in ({**answer}, {**answer, **CLEAR, "to-telegram": ""}):
            told = await seat.posts("/desk/inbox/posts/1", lacking)
            assert told.status == 409
            assert ">\nRead on #Tag</textarea>" in told.text, "what was written is still there"
        assert "Choose a channel on which the answer stands." in told.words
        assert told.text.count('value="no" required checked') == len(CLEAR)
        told = await seat.posts("/desk/inbox/posts/1", {**answer, **CLEAR})
        assert told.where == "/desk/inbox?done=answered_publicly"
    [entry] = asking.store.listing.entries()
    assert (entry.channel, entry.state.word) == ("telegram", "awaiting_approval")


async def test_a_post_that_nobody_could_look_for_lately_is_not_shown(asking, desk):
    async with desk(asking, NOW + timedelta(minutes=59)) as sit:
        assert "How can I help?" in (await (await sit("approver")).gets("/desk/inbox")).words
    async with desk(asking, NOW + timedelta(hours=1)) as sit:
        seat = await sit("approver")
        told = await seat.gets("/desk/inbox")
        assert "How can I help?" not in told.words
        assert "1 more could not be looked for on their network just now" in told.words
        gone = await seat.gets("/desk/inbox/posts/1")
        assert (gone.status, "How can I help?" in gone.words) == (404, False)


async def test_the_second_of_two_people_confirms_the_text_of_the_first(asking, desk):
    said = {name: Answer(word) for name, word in CLEAR.items()}
    said |= {"shown": Answer.YES, "consent": Answer.YES}
    channels = [asking.settings.channels["telegram"]]
    inbox.answer_publicly(asking, 1, "One.\nTwo <b>", channels, said, Actor.staff("999"), NOW)
    form = {"act": "answer", "to-telegram": "yes", **CLEAR, "shown": "yes", "consent": "yes"}
    async with desk(asking) as sit:
        seat = await sit("approver")
        assert ">\nOne.\nTwo &lt;b&gt;</textarea>" in (await seat.gets("/desk/inbox/posts/1")).text
        told = await seat.posts("/desk/inbox/posts/1", {**form, "text": "One.\r\nTwo <b>"})
        assert told.where == "/desk/inbox?done=answered_publicly"
    assert asking.store.oneoffs.get(1).text == "One.\nTwo <b>"
