"""The letter of a month as two parsers open it and as a telephone shows it, its page for everybody,
and its pages at the desk; also in a language that is written from right to left.
"""

import email
import email.policy
from dataclasses import replace
from email.header import decode_header, make_header

import pytest
from browser import NEEDS_BROWSER, WCAG, faults, tab
from helpers import at
from lxml.html import document_fromstring
from mailing.served import leave, services_in
from mailing.writer import CAMPAIGN

from bot.jobs.newsletter import digests, signups
from bot.library import read, shipped_root
from bot.model.newsletter import MonthText, Wishes
from bot.model.staff import Actor

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-06-02T07:00")
MAY = NOW.date().replace(month=5, day=1)
WIDTH = 360
PAGES = "https://pages.example"
LONG = f"{PAGES}/ar/{CAMPAIGN}/actions/{'a-very-long-name-of-an-action-' * 4}end"
MAIL = {
    "frame": """{% block greeting %}مرحبًا،{% endblock %}
{% block signature %}تكتب إليكم {{ controller }} من أجل «{{ campaign }}». هل لديكم سؤال؟ اكتبوا إلى {{ contact }}.{% endblock %}
{% block danger %}هل هناك طفل في خطر؟ اتصلوا أولًا بخدمات الطوارئ في بلدكم.{% endblock %}
""",
    "footer": """{% block digest %}اقرؤوها على صفحة، أو شاركوها: {{ digest }}{% endblock %}
{% block settings %}ساعة أخرى أو لغة أخرى، أو ما نحفظه عنكم: {{ settings }}{% endblock %}
{% block leave %}تصلكم هذه الرسالة لأنكم وافقتم عليها. أوقفوها هنا: {{ leave }}{% endblock %}
""",
}
ARABIC = MonthText(
    subject="الحملة: مايو 2021",
    text="\n\n".join(
        (
            "هذا ما تحقق في مايو 2021، وما يأتي بعده.",
            "ما تم إنجازه\n- 12 مرة أخبرنا أحد: لقد فعلت ذلك\n- منشوران للحملة بوسم #EndChildLabour2021",
            f"الشهر القادم\n- 12 يونيو – اليوم العالمي لمكافحة عمل الأطفال: {PAGES}/ar/x/actions/a\n"
            f"- رابط طويل: {LONG}",
            "اكتبوا إلينا: office@campaign.example (قبل 5 يونيو، الساعة 18:00).",
            "شكرًا لكم!",
        )
    ),
)


@pytest.fixture
def services(tmp_path, office):
    """A campaign that speaks Arabic, too, with words of its letters in it."""
    root = tmp_path / "arabic"
    folder = root / "content" / "ar" / "mail"
    folder.mkdir(parents=True)
    for name, words in MAIL.items():
        (folder / f"{name}.j2").write_text(words, "utf-8")
    library, _ = read([root, shipped_root()])
    campaign = library.campaigns[CAMPAIGN]
    several = replace(campaign, languages=(*campaign.languages, "ar"))
    library = replace(library, campaigns={**library.campaigns, CAMPAIGN: several})
    built = services_in(tmp_path, library, office, answer=30.0)
    yield built
    built.store.close()


def join(services, language):
    wishes = Wishes(
        campaign=CAMPAIGN,
        language=language,
        country=None,
        zone="UTC",
        minute=9 * 60,
        calendar=False,
        named_only=True,
        digest=True,
        wording="en newsletter 1",
    )
    joined = at("2021-05-02T10:00")
    signups.ask(services, wishes, f"{language}@example.org", joined)
    person = services.store.people.find(services.channel_ids["mail"], f"{language}@example.org")
    assert signups.confirm(services, services.store.signups.of_person(person)[-1], joined)
    services.store.subscribers.tick(
        person, (CAMPAIGN, "labour-day", 1), True, int(at("2021-05-10T10:00").timestamp())
    )


def wrote(services):
    draft = digests.draft(services, services.active[0], MAY, NOW)
    digests.change(
        services, draft, {**draft.texts, "ar": ARABIC}, draft.mark, Actor.staff("eve"), NOW
    )
    return services.store.digests.of_month(CAMPAIGN, MAY)


def opened(mail):
    """Subject, text and page of a letter, as the old and the new parser of mails have them."""
    raw = mail.as_bytes()
    old = email.message_from_bytes(raw)
    new = email.message_from_bytes(raw, policy=email.policy.default)
    plain, page = (part.get_payload(decode=True).decode() for part in old.get_payload())
    assert new.get_body(("plain",)).get_content().split() == plain.split()
    assert new.get_body(("html",)).get_content().split() == page.split()
    assert str(make_header(decode_header(old["Subject"]))) == new["Subject"]
    return new["Subject"], plain, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_the_letter_fits_a_telephone_and_reads_the_way_of_its_language(
    services, office, tmp_path, language, scheme
):
    join(services, language)
    draft = wrote(services)
    digests.approve(services, draft, draft.mark, Actor.staff("ben"), NOW)
    digests.run(services, NOW)
    await leave(services, at("2021-06-02T09:00"))
    [mail] = office.mails
    subject, plain, html = opened(mail)
    if language == "ar":
        assert subject == ARABIC.subject
        assert all(line in plain for line in ARABIC.text.split("\n") if LONG not in line)
        assert document_fromstring(html).get("dir") == "rtl"
    async with tab(services, NOW, width=WIDTH, color_scheme=scheme) as page:
        await page.goto("about:blank")  # a mail program has no policy of ours
        await page.set_content(html)
        await page.screenshot(path=tmp_path / f"letter-{language}-{scheme}.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
        wrong = await faults(page, runOnly=WCAG[:-1])  # a letter has no landmarks
        edge = "e => e.getBoundingClientRect().right" if language == "ar" else None
        if edge:
            assert await page.locator("li").first.evaluate(edge) > WIDTH - 70, "from the right"
    assert wrong == {}


@pytest.mark.parametrize("width", [WIDTH, 1280])
async def test_its_page_fits_a_telephone(services, tmp_path, width):
    join(services, "en")
    draft = wrote(services)
    digests.approve(services, draft, draft.mark, Actor.staff("ben"), NOW)
    seen = {}
    async with tab(services, NOW, width=width) as page:
        for path in (f"/en/{CAMPAIGN}/digests", f"/fr/{CAMPAIGN}/digests/2021-05"):
            await page.goto(path)
            name = path.rpartition("/")[2]
            await page.screenshot(path=tmp_path / f"page-{name}-{width}.png", full_page=True)
            wide = await page.evaluate("document.documentElement.scrollWidth") - width
            seen[name] = await faults(page), max(0, wide)
    assert seen == dict.fromkeys(seen, ({}, 0))
