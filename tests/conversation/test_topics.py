"""The table of topics: no topic is forgotten, and no button leads nowhere."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import bot
from bot.conversation import OFFERS, TOPICS

ROOT = Path(bot.__file__).parent
ROOMS = ("people", "actions", "calls", "pathfinders", "pledges", "staff")


def spelled():
    """(file and line, topic, act) of every button whose topic and act are written out."""
    texts = {path: path.read_text("utf-8") for path in sorted(ROOT.rglob("*.py"))}
    for path, text in texts.items():
        for node in ast.walk(ast.parse(text)) if "press(" in text else ():
            match node:
                case ast.Call(
                    func=ast.Name(id="press"),
                    args=[_, ast.Constant(value=str(topic)), ast.Constant(value=str(act)), *_],
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", topic, act


def test_every_button_leads_to_a_handler():
    buttons = list(spelled())
    assert len(buttons) > 200
    assert [
        where
        for where, topic, act in buttons
        if topic not in TOPICS or act not in TOPICS[topic].presses
    ] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_topic_of_a_room_stands_in_the_table(room):
    modules = [
        import_module(f"bot.conversation.{room}.{path.stem}")
        for path in (ROOT / "conversation" / room).glob("*.py")
    ]
    topics = [module.TOPIC for module in modules if hasattr(module, "TOPIC")]
    assert topics
    assert [topic.name for topic in topics if TOPICS.get(topic.name) is not topic] == []


def test_no_two_topics_have_one_command():
    names = [offer.name for topic in TOPICS.values() for offer in topic.commands]
    assert sorted(names) == sorted(OFFERS)


def test_what_only_group_admins_may_do_is_something_that_can_be_done():
    assert [
        name for name, topic in TOPICS.items() if not topic.group_admins <= set(topic.presses)
    ] == []


def test_what_leaves_out_a_question_is_a_button_of_the_topic_that_asks():
    passing = [
        (topic, step, act) for topic in TOPICS.values() for step, act in topic.passes.items()
    ]
    assert len(passing) > 6
    assert [
        (topic.name, step, act)
        for topic, step, act in passing
        if step not in topic.texts or act not in topic.presses
    ] == []


def test_every_question_with_a_button_to_leave_it_out_can_be_skipped_by_a_word():
    """By the label: what is left out elsewhere is no answer to a question."""
    acts = {
        (topic.name, act) for topic in TOPICS.values() for act in topic.passes.values()
    }  # fmt: skip
    labels = ("leave_out", "journey_no_link")
    leaves = {
        (node.args[1].value, node.args[2].value)
        for path in (ROOT / "conversation").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "press"
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in labels
    }
    assert leaves
    assert leaves <= acts
