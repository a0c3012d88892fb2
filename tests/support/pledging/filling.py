"""What makes the page of a pledge full: steps, posts, and a scale-up result."""

from bot.jobs.pledges.scale_up import deciding, results
from bot.model import Audience
from bot.model.share import Candidate
from bot.rules.journey import year
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW


def report(services, number, prompt, *, at=MOMENT):
    """Report a step with a link, as the campaign's calendar asks it."""
    steps = year(services.active[0], Audience.ORGANIZATION, NOW.date())
    [slot] = [step.slot for step in steps if step.action == prompt]
    link = f"https://acme.example/{prompt}"
    services.store.journeys.report(number, prompt, slot, link, ANNA, at)


def amplify(services, number, address):
    """Let a post of the pledge-maker's be amplified."""
    store = services.store.amplify
    candidate = Candidate(
        network="mastodon",
        uri=address,
        post="1",
        url=address,
        author="acme@m.example",
        pledge=number,
        text="words of theirs",
        media=False,
        posted=NOW,
        channel=None,
    )
    store.add([candidate], MOMENT)
    [waiting] = [each for each in store.all() if each.url == address]
    store.publish(waiting.id, "r", None, MOMENT)


def answer(services, number, words):
    """Finish the scale-up questionnaire with these words; return what staff see."""
    store, answers = services.store, {"vertical-who": words, "monitoring": "", "vertical-time": ""}
    store.journeys.keep_form("pledge", number, CAMPAIGN, "scale-up", answers, MOMENT, finished=True)
    return results.result(services, store.pledges.get(number), "en")


def decide(services, number, result, *, show):
    deciding.decide(services, number, result.mark, ANNA, NOW, show=show)


def fill(services, number):
    """Give a pledge all that its page can show."""
    store = services.store
    report(services, number, "prompt-march")
    store.amplify.add(store.amplify.sent_in(), MOMENT)
    [link] = store.amplify.all()
    store.amplify.publish(link.id, None, None, MOMENT)
    amplify(services, number, "https://m.example/@acme/1")
    result = answer(services, number, "Our <b>ministry</b>, www.elsewhere.example")
    decide(services, number, result, show=True)
