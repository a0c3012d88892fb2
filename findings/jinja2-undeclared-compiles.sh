#!/usr/bin/env bash
# Jinja2 3.1.6
#
# Expected: meta.find_undeclared_variables() looks at a parsed template and names its variables. The
# documentation warns that it goes through the code generator, and so may refuse a template.
# Seen: with the code generator comes its optimizer, which runs a filter that stands at a constant:
# asking for names calls it, even within {% if false %}. Compiling calls it a second time, and
# rendering never does. Going through the nodes (find_all) calls none. A filter that is not there
# raises TemplateAssertionError, though only names were asked for.
# Why it matters: a check of an editor's templates does what their filters do (look into a file,
# count a use, take the hour), long before a post is due; and "days left" of a written date stays
# for good what it was when the template was compiled.
# What to do: mark a filter that is more than a function of its argument with pass_context, which
# keeps the optimizer off; or read the names from find_all(nodes.Name) where that is enough.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check Jinja2==3.1.6

"$tmp/venv/bin/python" - <<'PY'
import sys

from jinja2 import Environment, TemplateAssertionError, meta, nodes, pass_context

SOURCE = '{% if false %}{{ "never"|loud }}{% endif %}{{ "hello"|loud }} {{ name }}'
called = []


def loud(text):
    called.append(text)
    return text.upper()


@pass_context
def loud_in_context(_, text):
    return loud(text)


def calls(work):
    """What the filter was called with while something was done."""
    called.clear()
    work()
    return list(called)


def steps(function):
    """The calls of the filter at each step of a template's life."""
    environment = Environment()
    environment.filters["loud"] = function
    tree = environment.parse(SOURCE)
    template = []
    return {
        "nodes": calls(lambda: list(tree.find_all(nodes.Name))),
        "names": calls(lambda: meta.find_undeclared_variables(tree)),
        "compile": calls(lambda: template.append(environment.from_string(SOURCE))),
        "render": calls(lambda: template[0].render(name="you")),
    }


def refused(source):
    """Whether a template that can be parsed is refused when its names are asked for."""
    tree = Environment().parse(source)
    try:
        meta.find_undeclared_variables(tree)
    except TemplateAssertionError:
        return True
    return False


seen = {
    "plain": steps(loud),
    "with context": steps(loud_in_context),
    "unknown filter": refused("{{ name|nowhere }}"),
}
both = ["never", "hello"]
known = {
    "plain": {"nodes": [], "names": both, "compile": both, "render": []},
    "with context": {"nodes": [], "names": [], "compile": [], "render": ["hello"]},
    "unknown filter": True,
}
if seen != known:
    sys.exit(f"jinja2-undeclared-compiles: the behaviour has changed: {seen}")
print(f"Jinja2 3.1.6: to name the variables of a template it runs the filter on {both}")
PY
