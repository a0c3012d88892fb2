"""Blocks of plain words are said without code of their own, and as Jinja would say them."""

import pytest
from jinja2 import DictLoader, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.library import shipped_root
from bot.render.sandbox import Sandbox

VALUES = {"language": "en", "name": "Ana", "items": ["a", "b"]}

SOURCES = [
    "{% block a %}\n  One line.\n\nAnother. {# not this #}End.\n{% endblock %}\n\n{% block b %}B{% endblock %}\n",
    "  {%- block a -%}  words  {%- endblock -%}  ",
    "{% block a %}{% endblock %}{% block b scoped %} b {% endblock b %}",
    "{% block a %}{% raw %}{{ name }}{% endraw %}{% endblock %}",
    "{% block a %}A {{ self.b() }}{% endblock %}{% block b %}plain{% endblock %}",
    "{% block a %}A {% block b %}within{% endblock %}.{% endblock %}{% block c %}C{{ self.b() }}{% endblock %}",
    "{% if name %}{% block a %}A{% endblock %}{% endif %}{% block b %}{{ name }}{% endblock %}",
    "{% block b %}B{% endblock %}{% block c %}{% for i in items %}{{ i }}{% endfor %}{% endblock %}{% block a %}A{% endblock %}",
    "{% block a %}} { % # {% endblock %}",
]  # fmt: skip


def said(template):
    context = template.new_context(VALUES)
    return {name: "".join(block(context)) for name, block in template.blocks.items()}


def jinjas(source):
    """All blocks as Jinja itself makes them, in its order."""
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({"a.j2": source}), trim_blocks=True, lstrip_blocks=True
    )
    return said(environment.get_template("a.j2"))


def ours(source):
    template, _ = Sandbox().compile_text(source, "a.j2")
    return said(template)


@pytest.mark.parametrize("source", SOURCES)
def test_blocks_say_what_jinja_makes_of_them_in_the_same_order(source):
    assert list(ours(source).items()) == list(jinjas(source).items())


def test_what_is_shipped_is_said_as_jinja_makes_it():
    files = sorted((shipped_root() / "content/fr/endchildlabour").glob("*.j2"))[:15]
    texts = [file.read_text("utf-8") for file in files]
    plain = [text for text in texts if "{{" not in text and "{% if" not in text]
    assert plain
    assert [ours(text) for text in plain] == [jinjas(text) for text in plain]


def test_plain_words_are_in_no_code():
    parsed = Sandbox().parse_text(
        "{% block a %}Words.{% endblock %}\n{% block b %}{{ name }}{% endblock %}\nlost", "a.j2"
    )
    assert parsed.plain == {"a": "Words."}
    assert parsed.blocks == ("a", "b")
    assert "Words." not in Sandbox().compile(parsed.tree, raw=True)


def test_two_blocks_of_one_name_are_refused_though_both_are_plain():
    source = "{% block a %}A{% endblock %}{% block b %}B{% endblock %}{% block a %}C{% endblock %}"
    with pytest.raises(TemplateSyntaxError, match="block 'a' defined twice"):
        Sandbox().compile_text(source, "a.j2")
