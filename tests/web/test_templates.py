"""Every template: what it asks of Jinja is there, also in a branch that no page has taken yet."""

import pytest
from jinja2 import nodes
from jinja2.meta import find_referenced_templates

from bot.web import view as linked
from bot.web.desk import view as desk
from bot.web.public import view as public

_ROOMS = {"linked": linked, "desk": desk, "public": public}


def trees(room):
    """Return each template of a room, and each that these lead to, by name."""
    pages = room._PAGES
    names, read = [file.name for file in room._FOLDER.rglob("*.html")], {}
    while names:
        name = names.pop()
        if name in read or name not in pages.list_templates():
            continue
        read[name] = pages.parse(pages.loader.get_source(pages, name)[0])
        names += find_referenced_templates(read[name])
    return read


@pytest.mark.parametrize("room", _ROOMS)
def test_filters_and_tests_of_templates_are_there(room):
    # Jinja itself says so within {% if %} only once the branch is taken
    pages, read = _ROOMS[room]._PAGES, trees(_ROOMS[room])
    assert read
    missing = {
        (name, each.name)
        for name, tree in read.items()
        for kind, known in ((nodes.Filter, pages.filters), (nodes.Test, pages.tests))
        for each in tree.find_all(kind)
        if each.name not in known
    }
    assert missing == set()
