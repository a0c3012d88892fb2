"""Typed instead of pressed: what a whole text means, and which of the buttons it is."""

import pytest
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules.reading import told, typed

TEXTS = ChatTexts(read_files([TOP]))
KNOWN = TEXTS.phrases("en")


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "STOP!",
        "unsubscribe",
        "please stop sending me messages",
        "Stop sending me these mesages",
        "unsubscibe",
        "j'arrête",
        "J’ARRÊTE.",
        "désabonner svp",
        "baja",
        "Por favor, no me escriban más",
        "¡Basta!",
    ],
)
def test_a_wish_to_hear_no_more_is_understood_in_every_language(text):
    assert {typed.meaning(text, TEXTS.phrases(tag)) for tag in languages()} == {typed.STOP}


@pytest.mark.parametrize(
    "text",
    [
        "stop child labour",
        "Stop child labor now!",
        "how can we stop it?",
        "stop sending children to work",
        "stop sending children to mines",
        "let's stop the exploitation",
        "arrêtons le travail des enfants",
        "alto al trabajo infantil",
        "no más trabajo infantil",
        "basta de trabajo infantil",
        "enough is enough",
        "I can't stop thinking about them",
        "don't stop",
        "",
        "stop " * 40,
    ],
)
def test_a_text_with_a_word_of_stopping_in_it_is_no_such_wish(text):
    assert {typed.meaning(text, TEXTS.phrases(tag)) for tag in languages()} & {typed.STOP} == set()


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Help!", "help"),
        ("aide", "help"),
        ("Ayuda por favor", "help"),
        ("aujourd'hui", "today"),
        ("hoy", "today"),
        ("👍", "yes"),
        ("si", "yes"),
        ("please", ""),
        ("What is a pledge?", ""),
    ],
)
def test_a_text_means_a_command_or_an_answer_only_as_a_whole(text, means):
    assert typed.meaning(text, KNOWN) == means


YES = """yes · Yes! · YES · yeah · ok · ｙｅｓ · sure · oui · Oui ! · d’accord · dac · sí · si · Sí. · claro · vale
    sim · Sim! · claro · tá bom · да · Да! · ДА · ага · конечно · +
    نعم · نعــــم · نَعَمْ · ايوه · أيوا · ايوة · اي · موافق · ٱكيد · 是 · 是的 · 对 · 好的 · 嗯 · 没问题 · 👍"""
NO = """no · No! · nope · nah · no thanks · non · Non merci · não · nao · NÃO · нет · Нет. · не · неа
    لا · لأ · لا شكراً · لاء · لا شيء · أبدا أبدا · nothing · rien · nada · ничего · 不 · 不是 · 没有 · 不要 · 不用了 · 👎"""
BACK = """back · go back · retour · Atrás · volver · voltar · назад · رجوع · 返回 · 上一步"""
SKIP = "skip · passer · omitir · pular · пропустить · تخطَّ · تخطي · 跳过"


@pytest.mark.parametrize(
    ("said", "means"), [(YES, "yes"), (NO, "no"), (BACK, "back"), (SKIP, "skip")]
)
def test_short_answers_are_understood_in_every_language_however_they_are_written(said, means):
    every = [text.strip() for line in said.splitlines() for text in line.split("·")]
    assert {t: typed.meaning(t, KNOWN) for t in every if typed.meaning(t, KNOWN) != means} == {}


@pytest.mark.parametrize(
    "text", ["right now", "fine thanks", "так", "yes and no", "why not", "of course not"]
)
def test_what_may_be_yes_or_not_is_none(text):
    assert typed.meaning(text, KNOWN) == ""


@pytest.mark.parametrize("text", ["yes?", "¿sí?", "نعم؟", "好？", "no?"])
def test_who_asks_back_has_not_answered(text):
    assert typed.meaning(text, KNOWN) == ""


CONSENT = [
    ("Yes, I am old enough and I agree",),
    ("No, I am younger",),
    ("What is kept about me?",),
]
HOURS = [(f"{hour}:00",) for hour in range(8, 21)]


@pytest.mark.parametrize(
    ("text", "labels", "place"),
    [
        ("yes", CONSENT, 0),
        ("Oui", CONSENT, 0),
        ("no", CONSENT, 1),
        ("yes please", [("Yes, do it",), ("Yes, later",)], None),
        ("hecho", [("Done",), ("Skip",)], 0),
        ("go back", [("Back",), ("Go on later",)], 0),
        ("не", [("Да, остановить",), ("Нет",)], 1),
        ("嗯", [("是，请停止",), ("否",)], 0),
        # what only begins as a yes or a no does, in whatever language
        ("no", [("No child is recognisable: show it",), ("Don’t show",)], None),
        ("sim", [("O que posso fazer agora?",), ("Perguntar",)], None),
        ("yes", [("有儿童面临危险",)], None),
        ("不", [("不知道",), ("以后再说",)], None),
    ],
)
def test_a_yes_or_a_no_is_the_one_button_that_says_so(text, labels, place):
    assert typed.answer(text, labels, KNOWN) == place


@pytest.mark.parametrize(
    ("text", "labels", "place"),
    [
        ("what is kept", CONSENT, 2),
        ("组织", [("我自己",), ("一个组织",)], 1),
        ("organisation", [("Myself",), ("An organisation",)], 1),
        ("everything", [("Yes, delete everything",), ("No, keep it",)], None),
        ("9", HOURS, 1),
        # a slip in a number is another number
        ("9:30", HOURS, None),
        ("19:30", HOURS, None),
        ("8:00 p", HOURS, None),
        ("Englsh", [("English", "anglais"), ("Français", "French")], 0),
        ("french", [("English", "anglais"), ("Français", "French")], 1),
        ("A", [("A child is in danger",)], None),
        ("in", [("In an hour",)], None),
        ("tell", [("Tell a friend",), ("Tell a teacher",)], None),
        ("x" * 4096, CONSENT, None),
    ],
)
def test_a_label_is_known_by_its_beginning_and_with_a_slip(text, labels, place):
    assert typed.like(text, labels, KNOWN) == place


def test_a_label_is_typed_without_its_capitals_accents_and_points():
    assert typed.same("ou j’habite", [("Réglages",), ("Où j'habite",)]) == 1


def test_no_phrase_means_another_thing_in_another_language_or_once_its_letters_are_folded():
    meanings = {}
    for tag in languages():
        for key, words in TEXTS._typed(tag)[0].items():
            if key in (*told.KEYS, "polite", "article"):
                continue
            for word in words:
                meanings.setdefault(typed._bare(word), set()).add(key.removesuffix("_within"))
    assert {word: keys for word, keys in meanings.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(
    "text", ["أبدا", "أبداً", "ابدأ", "неважно", "не важно", "da igual", "لا يهم"]
)
def test_what_may_be_begin_or_never_and_what_is_no_matter_means_nothing(text):
    assert typed.meaning(text, TEXTS.phrases("ar")) == ""


def test_every_phrase_means_one_thing_in_its_language_and_every_command_is_one():
    from bot.conversation import OFFERS

    for tag in languages():
        table = TEXTS._typed(tag)[0]
        whole = {key: words for key, words in table.items() if key not in told.KEYS}
        every = [typed._bare(word) for words in whole.values() for word in words]
        assert sorted({word for word in every if every.count(word) > 1}) == []
        rest = {
            "polite",
            "article",
            "back",
            "danger_within",
            "stop",
            "yes",
            "no",
            "done",
            "skip",
            "later",
            "share",
        }
        assert set(whole) - rest <= set(OFFERS)


@pytest.mark.parametrize(
    "text",
    [
        "I think a child is in danger in our street",
        "A CHILD IS IN DANGER!!!",
        "Help, somebody is beating a child next door",
        "Au secours : un enfant est en danger",
        "Mon voisin bat son enfant",
        "Creo que un niño corre peligro",
        "Mi papá me pega",
        "Socorro, uma criança está em perigo",
        "Hilfe, ein Kind ist in Gefahr!",
        # what children write, without capitals, accents and signs
        "at home they keep hitting me i dont know what to do",
        "my uncle raped me last night",
        "the boss locked us in and they sold me to him",
        "i cant go on i want to die",
        "the boy next door gets beaten every evening",
        "chez moi ils me battent tous les soirs",
        "mon patron me frappe quand je suis fatigué",
        "mon oncle m'a violée et j'ose pas le dire",
        "la voisine frappe ses enfants",
        "en mi casa me pegan mucho",
        "hola mi tio abusa de mi",
        "el patron me golpeo con un cable",
        "la vecina le pega a su hijo todos los dias",
        "la em casa me batem todo dia",
        "meu patrao me ameaca e nao me deixa sair",
        "o vizinho bate nos filhos",
        "eu apanho do meu pai",
        "отчим каждый день бьет меня",
        "меня изнасиловали помогите",
        "сосед избивает детей",
        "ابي كل يوم يضربني بالعصا",
        "اخي يتحرش بي وانا خايفه",
        "جارنا بيضرب ولاده كل ليله",
        "我爸天天打我",
        "老板逼我干活不让我走",
        "隔壁邻居老是打孩子怎么办",
        "我不想活了",
        # who does what to whom, in words that stand in no list
        "my stepdad touches me at night",
        "My father beat me yesterday. I am fine",
        "a man on our street raped my sister",
        "mon beau-père me touche la nuit",
        "mi padrastro me toca de noche",
        "vi a un hombre pegarle a un niño",
        "meu tio passa a mão nas meninas",
        "я видел как мужчина бьёт мальчика",
        "учитель трогает девочек",
        "عمي خطف اختي",
        "我爸喝醉了就打我",
        "我看见一个男人打小男孩",
    ],
)
def test_that_a_child_is_in_danger_is_understood_within_a_longer_text(text):
    known = [TEXTS.phrases(tag) for tag in languages()]
    assert all(typed.tells_of_danger(text, each) for each in known)


@pytest.mark.parametrize(
    "text",
    [
        "What do you do against child abuse?",
        "The rivers are in danger",
        "Is it an emergency?",
        "Les éléphants sont en danger",
        "¿Hay peligro?",
        # short ones that say something else as often
        "It hit me that children work here",
        "Beats me why nobody acts",
        "This story touches me",
        "Votre histoire me touche beaucoup",
        "Ce qui me frappe, c’est leur nombre",
        "This story hits me hard",
        "Me bate uma tristeza",
        "¿A quién le toca? Me toca a mí",
        "Esta história me toca",
        "Эта история меня трогает",
        "请打我的电话",
        "هذه القصة تلمسني",
        "Children are forced to work in mines",
        "Niños que trabajan en minas",
        "It took me a minute, and they work for years",
        "Le travail des enfants viole leurs droits",
        "我关注他们做的事",
        "他们打击贩运儿童",
        "Мне больно за детей, которые работают",
        "",
    ],
)
def test_what_names_danger_alone_is_no_cry_for_help(text):
    assert not any(typed.tells_of_danger(text, TEXTS.phrases(tag)) for tag in languages())
