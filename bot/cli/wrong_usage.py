"""What is said of a command that is typed wrongly: what is wrong, and what to type instead.

Typer's own sentences speak to who writes programs ("Got unexpected extra argument(s)", "Input
should be greater than or equal to 0"); these speak to who types a command.
"""

from collections.abc import Iterable
from typing import Any

from typer import BadParameter, TyperException

from bot.names import did_you_mean, suggest

_WORDS_SHOWN = 3
_YEARS = 10_000


def is_help(error: TyperException) -> bool:
    """Return whether nothing follows a command that then shows its help, which is the message."""
    return type(error).__name__ == "NoArgsIsHelpError"


def told(error: TyperException) -> str:
    """Return what is wrong with a command as it was typed, and where its help is, on one line."""
    context = getattr(error, "ctx", None)
    what = _what(error)
    if context is None:
        return what
    joined = f"{what} `" if what.endswith("?") else f"{what}; `"
    return f"{joined}{context.command_path} --help` says how it is used"


def too_much(command: Any, words: Iterable[object]) -> str:
    """Return that a command takes fewer words than were typed; `words` are those that are left."""
    left = [f"'{word}'" for word in words]
    shown = ", ".join(left[:_WORDS_SHOWN]) + (" …" if len(left) > _WORDS_SHOWN else "")
    takes = " ".join(_name(p) for p in command.params if p.param_type_name == "argument")
    return f"{shown} can't stand here: {command.name} takes {takes or 'options'} and nothing else"


def unknown(names: Iterable[str], prefix: str, word: str) -> str:
    """Return that none of the commands `names` is this word after `prefix`, and the nearest.

    What stands after another word is named with it: "approve" is "outbox approve".
    """
    names = list(names)
    here = {n.removeprefix(prefix).split()[0] for n in names if n.startswith(prefix)}
    below = [name for name in names if name.split()[1:] == [word]]
    if below and not prefix:
        hint = f"; did you mean {' or '.join(f'`drumbeat {name}`' for name in below)}?"
    else:
        hint = suggest(word, here)
    return f"there is no command '{prefix}{word}'{hint}"


def _what(error: Any) -> str:
    option = getattr(error, "option_name", None)
    if option is not None and hasattr(error, "possibilities"):
        known = [name for param in error.ctx.command.params for name in param.opts]
        return f"there is no option {option}{did_you_mean(option, known)}"
    if option is not None:
        param = next(p for p in error.ctx.command.params if option in p.opts)
        if "requires" not in error.message:
            return f"{option} takes no value"
        return f"{option} needs a value, typed as {option} {param.metavar or 'VALUE'}"
    if hasattr(error, "param_type"):
        return f"{_name(error.param)} is missing{_help(error.param)}"
    if isinstance(error, BadParameter) and error.param is not None:
        return _unfit(error)
    return str(error.message)


def _help(param: Any) -> str:
    """Return what a parameter's help says of it, as the end of a sentence."""
    words = (param.help or "").rstrip(".")
    return f": {words[:1].lower()}{words[1:]}" if words else ""


def _unfit(error: Any) -> str:
    """Return what a value must be that doesn't fit its option or argument."""
    param, shape = error.param, error.param.type_descriptor
    value = _given(error)
    given = f"{_name(param)} {value}".rstrip()
    if shape.choices:
        known = [str(choice) for choice in shape.choices]
        near = did_you_mean(value, known)
        return f"{given}: it is one of {', '.join(map(repr, known))}{near}"
    if shape.annotation in (int, list[int]):
        return f"{given}: it must be a whole number{_bounds(shape.parameter_info)}"
    return f"{given}: {error.message}"


def _given(error: BaseException) -> str:
    """Return the value that was refused, as it was typed, or nothing where that isn't told."""
    errors = getattr(error.__cause__, "errors", None)
    value = errors()[0].get("input", "") if errors else ""
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _bounds(info: Any) -> str:
    match info.min, info.max:
        case None, None:
            return ""
        case least, None:
            return f", {_number(least)} or more"
        case None, most:
            return f", {_number(most)} at most"
        case least, most:
            return f" from {_number(least)} to {_number(most)}"


def _number(number: int) -> str:
    """Return a number with its thousands apart, unless it may be a year."""
    return str(number) if number < _YEARS else f"{number:,}"


def _name(param: Any) -> str:
    """Return how a parameter is typed: an option by its name, an argument as usage shows it."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name.upper())
