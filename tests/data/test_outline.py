"""What a template asks for, told without rendering it."""

import pytest
from jinja2 import meta, nodes

from bot.files.frozen import File
from bot.library import shipped_root
from bot.render.outline import EVERYWHERE, outline
from bot.render.sandbox import Sandbox

ODD = {
    "loops": "{% for x, y in z if x and w %}{{ loop.index }}{{ x }}{% else %}{{ y }}{% endfor %}",
    "in-loops": "{% for x in x %}{% for y in x if loop %}{{ loop }}{% endfor %}{% endfor %}{{ y }}",
    "blocks": "{% for x in z %}{% block b %}{{ x }}{{ loop }}{% endblock %}{% endfor %}",
    "itself": "{{ self.a() }}{{ range(3) | join }}{{ language }}",
}


def told(source, tmp_path):
    """The blocks with the variables they ask for."""
    file = File(path=tmp_path / "a.j2", data=source.encode())
    return {name: block.variables for name, block in outline(file, "a.j2", "en").blocks.items()}


def asked(source):
    """The same by Jinja's own look, which compiles each block for it."""
    sandbox = Sandbox()
    for block in sandbox.parse(source).find_all(nodes.Block):
        alone = nodes.Template(block.body, lineno=1)
        alone.set_environment(sandbox)
        yield block.name, meta.find_undeclared_variables(alone) - {*sandbox.globals} - EVERYWHERE


@pytest.mark.parametrize("name", ODD)
def test_loops_and_blocks_give_their_own_names(name, tmp_path):
    source = f"{{% block a %}}{ODD[name]}{{% endblock %}}"
    assert told(source, tmp_path) == dict(asked(source))


@pytest.mark.parametrize("folder", ["chat", "mail", "documents"])
def test_what_shipped_templates_ask_for_is_what_jinja_finds(folder, tmp_path):
    sources = [
        file.read_text("utf-8")
        for file in sorted((shipped_root() / "content" / "en" / folder).glob("*.j2"))
    ]
    assert sources
    for source in sources:
        assert told(source, tmp_path) == dict(asked(source))
