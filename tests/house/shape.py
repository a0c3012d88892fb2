"""Measure the shape of a package: `python tests/house/shape.py [FOLDER]`, by default `bot`.

Each figure is a row of the table in `docs/design.md`; another tree gives the column beside it. It
reads syntax trees only and imports nothing of what it measures. Tests and migrations of other
projects are left out.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from statistics import median, quantiles

TOP = Path(__file__).parents[2]
LEFT_OUT = {"tests", "migrations", "contrib", "__pycache__"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)
WIDE = 100
SHORT = 4
MANY = 5
SAME_FIELDS = 0.6
FEWEST_FIELDS = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of the package with its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @cached_property
    def functions(self) -> list[Function]:
        """All functions and methods, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]

    @cached_property
    def docstrings(self) -> list[str]:
        """Of the module, its classes and its functions; as cleaned by `ast`."""
        nodes = [node for node in ast.walk(self.tree) if isinstance(node, DOCUMENTED)]
        return [text for node in nodes if (text := ast.get_docstring(node))]

    def code_lines(self) -> list[str]:
        """Lines that are neither empty nor a remark."""
        lines = self.text.splitlines()
        return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

    def imports(self, known: set[str]) -> Iterator[str]:
        """Those of these modules that it imports at its top, under `TYPE_CHECKING` or not."""
        for node in self._outer(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in known)
            elif isinstance(node, ast.ImportFrom) and node.module in known:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (name if name in known else node.module for name in inner)

    def _outer(self, node: ast.AST) -> Iterator[ast.AST]:
        """Everything that is run when the module is imported."""
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, FUNCTIONS):
                yield child
                yield from self._outer(child)


@cache
def read(folder: Path) -> list[Module]:
    """Every module under a package's folder, by name."""
    modules = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if not LEFT_OUT & set(parts[1:]):
            name = ".".join(part for part in parts if part != "__init__")
            text = path.read_text("utf-8")
            modules.append(Module(name, path, text, ast.parse(text)))
    return modules


def of_all(modules: Iterable[Module], what: Callable[[Function], int]) -> list[int]:
    """A number for each function of these modules."""
    return [what(function) for module in modules for function in module.functions]


def nodes(function: Function) -> int:
    """How many syntax nodes a function has, itself included."""
    return sum(1 for _ in ast.walk(function))


def length(function: Function) -> int:
    """How many lines a function has, from `def` to its end."""
    return (function.end_lineno or 0) - function.lineno + 1


def parameters(function: Function) -> int:
    """How many parameters a function has; `self` and `cls` don't count."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def names(function: Function) -> set[str]:
    """The variables that a function sets, in its loops too."""
    return {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def flat(modules: Iterable[Module]) -> int:
    """The number of modules in the fullest folder; `__init__` and `__main__` don't count."""
    folders: dict[Path, int] = {}
    for module in modules:
        if not module.path.stem.startswith("__"):
            folders[module.path.parent] = folders.get(module.path.parent, 0) + 1
    return max(folders.values(), default=0)


def nouns(modules: Iterable[Module]) -> list[tuple[str, str]]:
    """Pairs of dataclasses of different modules that are one noun: most of their fields agree."""
    fields = {
        f"{module.name}.{node.name}": {
            line.target.id
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        }
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list)
    }
    known = sorted((name, own) for name, own in fields.items() if len(own) >= FEWEST_FIELDS)
    return [
        (name, other)
        for at, (name, own) in enumerate(known)
        for other, others in known[at + 1 :]
        if name.rpartition(".")[0] != other.rpartition(".")[0]
        and len(own & others) / len(own | others) >= SAME_FIELDS
    ]


_PARSED = re.compile(
    r"""(?:action|subject|action_id|name)\)?\.(?:r?partition|r?split|removeprefix|startswith)\("""
    r"""(?:["']:|NEWS|[A-Z_]*TOLD|_AMPLIFIED|["'](?:told|amplified|contact|pledge):)"""
)


def parsed(modules: Iterable[Module]) -> int:
    """How many modules take the stored text apart that says what a delivery is about."""
    return sum(bool(_PARSED.search(module.text)) for module in modules)


def taken_from_store(modules: Iterable[Module]) -> set[str]:
    """Values and constants of the store that others import; its topics themselves don't count."""
    return {
        f"{node.module}.{alias.name}"
        for module in modules
        if ".store" not in module.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"bot\.store\b", node.module or "")
        for alias in node.names
        if alias.name != "Store"
    }


def rings(modules: list[Module]) -> list[set[str]]:
    """Modules that import each other in a ring, hidden rings (`TYPE_CHECKING`) included.

    The package's own root is left out, as everything stands under it.
    """
    known = {module.name for module in modules}
    root = min(known, key=len)
    arrows = {m.name: set(m.imports(known)) - {root, m.name} for m in modules}
    reach = {name: _reached(name, arrows) for name in arrows}
    circles: list[set[str]] = []
    for name, there in reach.items():
        ring = {other for other in there if name in reach.get(other, ())}
        if ring and ring not in circles:
            circles.append(ring)
    return circles


def _reached(name: str, arrows: dict[str, set[str]]) -> set[str]:
    """What a module imports, directly or through others."""
    seen: set[str] = set()
    ahead = list(arrows[name])
    while ahead:
        step = ahead.pop()
        if step not in seen:
            seen.add(step)
            ahead += arrows.get(step, ())
    return seen


def public(module: Module) -> int:
    """How many functions, classes and constants a module offers at its top."""
    offered: list[str] = []
    for node in module.tree.body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            offered.append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            offered += [target.id for target in targets if isinstance(target, ast.Name)]
    return sum(not name.startswith("_") for name in offered)


def covered(modules: Iterable[Module], kinds: tuple[type[ast.AST], ...]) -> float:
    """The share of public definitions of these kinds that have a docstring."""
    there = [
        ast.get_docstring(node) is not None  # type: ignore[arg-type]
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, kinds) and not getattr(node, "name", "").startswith("_")
    ]
    return share(there)


def share(tests: Iterable[bool]) -> float:
    """How many of these are true, in percent."""
    answers = list(tests)
    return 100 * sum(answers) / len(answers) if answers else 0.0


def spread(numbers: list[int]) -> str:
    """Median and 90th percentile."""
    return f"{median(numbers):.0f} / {quantiles(numbers, n=10)[-1]:.0f}"


def rows(modules: list[Module]) -> list[tuple[str, str]]:
    """The figures as rows: what is measured, and how much it is."""
    lines = [line for module in modules for line in module.code_lines()]
    functions = [function for module in modules for function in module.functions]
    lengths = of_all(modules, length)
    given = of_all(modules, parameters)
    texts = [text for module in modules for text in module.docstrings]
    offered = [public(module) for module in modules]
    wide = share(len(line) > WIDE for line in lines)
    typed = share(function.returns is not None for function in functions)
    short = share(len(text.split()) <= SHORT for text in texts)
    set_in = [names(function) for function in functions]
    kinds = ((ast.Module,), FUNCTIONS, (ast.ClassDef,))
    return [
        (
            "files / lines",
            f"{len(modules)} / {sum(len(m.text.splitlines()) for m in modules):,}",
        ),
        ("largest flat folder", str(flat(modules))),
        ("code lines over 100 columns", f"{wide:.1f} %"),
        (
            "functions with a variable called `found` / `one`",
            f"{sum('found' in n for n in set_in)} / {sum('one' in n for n in set_in)}"
            f" of {len(functions):,}",
        ),
        ("syntax nodes per function, median / p90", spread(of_all(modules, nodes))),
        ("function lines, median / p90 / max", f"{spread(lengths)} / {max(lengths)}"),
        ("nouns defined twice", str(len(nouns(modules)))),
        ("modules that parse a subject's text", str(parsed(modules))),
        ("values imported from the store by others", str(len(taken_from_store(modules)))),
        ("docstrings of at most 4 words", f"{short:.0f} %"),
        ("import rings, hidden ones included", str(len(rings(modules)))),
        (
            "parameters p90; over 5",
            f"{quantiles(given, n=10)[-1]:.0f}; {share(n > MANY for n in given):.1f} %",
        ),
        ("return types", f"{typed:.0f} %"),
        (
            "docstrings: modules / public functions / classes",
            " / ".join(f"{covered(modules, kind):.0f}" for kind in kinds) + " %",
        ),
        ("public names; per file", f"{sum(offered):,}; {sum(offered) / len(modules):.1f}"),
    ]


def main() -> None:
    """Print the figures as the rows of a table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "bot"
    for what, figure in rows(read(folder.resolve())):
        sys.stdout.write(f"| {what} | {figure} |\n")


if __name__ == "__main__":
    main()
