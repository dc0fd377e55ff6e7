"""The options of a recipe: their paths, short names, types and ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from trainer.messages import UserError
from trainer.recipe.composition import Composition
from trainer.recipe.migration import alias_path, brief, newer
from trainer.recipe.specs import DATA_SETS, FAMILIES, MODELS
from trainer.storage.names import check_name

AT_LEAST_1 = ("optim.batch", "schedule.steps", "model.width", "optim.r1_every")
# Beyond these nothing can be trained on any machine; what this one can is looked at later.
AT_MOST = {
    "data.size": 1 << 16,
    "data.hold_out": 10**9,
    "data.labels": 10**9,
    "model.code": 10**6,
    "model.noise": 10**6,
    "model.encoder_noise": 10**6,
    "model.width": 10**5,
    "schedule.steps": 10**8,
    "schedule.warm_batch": 10**6,
    "optim.batch": 10**6,
    "optim.r1_every": 10**9,
}
MOST_NUMBER = 1e30  # of all others: a float32 ends at 3e38, and what is made of it goes further
MOST_TEXT = 4096  # letters; a path may have as many
BELOW_1 = ("optim.beta1", "optim.ema", "objective.penalties.confidence")
WORDS = "about."  # a run is found again by its recipe's name: no option
C = TypeVar("C", bound=Composition)


@cache
def _hints(part: type) -> dict[str, Any]:
    return get_type_hints(part)


def leaves(part: type = Composition, above: str = "") -> Iterator[tuple[str, Field[Any], Any]]:
    """Every option: its path, its field and its type."""
    for entry in fields(part):
        kind = _hints(part)[entry.name]
        if is_dataclass(kind):
            yield from leaves(kind, f"{above}{entry.name}.")  # type: ignore[arg-type]
        else:
            yield f"{above}{entry.name}", entry, kind


@cache
def _kinds() -> dict[str, Any]:
    return {path: kind for path, _, kind in leaves()}


@cache
def defaults() -> dict[str, Any]:
    """The default of every option that has one."""
    return {path: entry.default for path, entry, _ in leaves() if entry.default is not MISSING}


@cache
def _additions() -> dict[str, Any]:
    return {p: entry.default for p, entry, _ in leaves() if entry.metadata.get("addition")}


@cache
def _short_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in _kinds():
        if not path.startswith(WORDS):
            found.setdefault(path.rpartition(".")[2], []).append(path)
    return found


def additions() -> dict[str, Any]:
    """What is not in the paper, by path, at the paper's own choice."""
    return dict(_additions())


def short_name(path: str) -> str:
    """An option's own name where no other option has it, else its path."""
    name = path.rpartition(".")[2]
    return name if _short_names().get(name) == [path] else path


def path_of(key: str, composition: Composition) -> str:
    """The path that a path, a short name or an older version's name stands for.

    Raises UserError for names that are unknown, and for those that stand for several options.
    """
    if key in _kinds():
        return key
    older = alias_path(key, composition.model_spec.source)
    if older:
        return older
    found = _short_names().get(key, [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{key} could be {' or '.join(found)}: name one of them.")
    known = ", ".join(short_name(path) for path in sorted(_kinds()) if path[:6] != WORDS)
    raise UserError(f"Unknown recipe option {brief(key)}. Known are: {known}.")


def value_at(composition: Composition, path: str) -> Any:
    """The value of one option."""
    value: Any = composition
    for name in path.split("."):
        value = getattr(value, name)
    return value


def changed(composition: Composition, changes: Mapping[str, Any]) -> Composition:
    """The same with other values, by path, unchecked."""
    plain = Composition(**{f.name: getattr(composition, f.name) for f in fields(Composition)})
    for path, value in changes.items():
        plain = _with(plain, path.split("."), value)
    return plain


def _with(part: Any, names: list[str], value: Any) -> Any:
    first, *rest = names
    return replace(part, **{first: _with(getattr(part, first), rest, value) if rest else value})


def parse_settings(composition: Composition, settings: list[str]) -> dict[str, Any]:
    """`KEY=VALUE` strings as values by path; `paper=true` stays under that name."""
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        shown = f"{key[:40]}{equals}{text[:40]}"
        if not equals:
            raise UserError(f"--set {shown}: expected KEY=VALUE, for instance steps=1000.")
        if key == "paper":
            changes["paper"] = parse(key, text, bool)
            continue
        try:
            path = path_of(key, composition)
        except UserError as error:
            raise UserError(f"--set {shown}: {error} Or paper, for all additions.") from None
        if path.startswith(WORDS):
            raise UserError(f"--set {shown}: {path} is a word about the recipe, no option.")
        changes[path] = parse(key, text, _kinds()[path])
    return changes


def parse(key: str, text: str, kind: Any) -> Any:
    """A value of the type `kind` from its text. Raises UserError."""
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise UserError(f"{key} is true or false, not {brief(text)}.")
        return text.lower() == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            wanted = "a whole number" if kind is int else "a number"
            raise UserError(f"{key} is {wanted}, not {brief(text)}.") from None
    return text


def from_nested(values: Mapping[str, Any], part: type = Composition, above: str = "") -> Any:
    """A part, or all of them, from nested mappings. Raises UserError on unknown or missing ones."""
    known = {entry.name: entry for entry in fields(part)}
    top = {"format"} if part is Composition else set()
    unknown = sorted(map(str, set(values) - set(known) - top))
    if unknown:
        names = ", ".join(brief(f"{above}{name}") for name in unknown[:3])
        raise newer(f"it has the option {names}")
    given = {}
    for name, entry in known.items():
        if name not in values:
            if entry.default is MISSING:
                raise UserError(f"The recipe lacks {above}{name}.")
            continue
        kind, value = _hints(part)[name], values[name]
        if is_dataclass(kind):
            if not isinstance(value, Mapping):
                raise UserError(f"{above}{name} is a group of options, not {brief(value)}.")
            value = from_nested(value, kind, f"{above}{name}.")  # type: ignore[arg-type]
        given[name] = value
    return part(**given)


def check_known(composition: Composition) -> None:
    """Raises UserError where a recipe that was read has choices that a newer version knows."""
    for path, kind in _kinds().items():
        value = value_at(composition, path)
        if get_origin(kind) is Literal and isinstance(value, str) and value not in get_args(kind):
            raise newer(f"it has {short_name(path)} {brief(value)}")
    for path, registry in (
        ("data.name", DATA_SETS),
        ("model.kind", MODELS),
        ("model.networks", FAMILIES),
    ):
        value = value_at(composition, path)
        if isinstance(value, str) and value not in registry:
            raise newer(f"it has {path} {brief(value)}")


def check_values(composition: Composition) -> None:
    """Raises UserError where a value is of another type than its option, or out of its range."""
    for path in _kinds():
        check_value(path, value_at(composition, path))


def check_value(path: str, value: Any) -> None:
    """The same of one option. Raises UserError."""
    key = short_name(path)
    _check(key, value, _kinds()[path])
    if path == "about.name":
        check_name(value, "The recipe's name")
    if path in AT_LEAST_1 and value < 1:
        raise UserError(f"{key} must be at least 1, not {value}.")
    if path in BELOW_1 and value >= 1:
        raise UserError(f"{key} must be below 1, but is {brief(value)}.")
    if path in AT_MOST and value > AT_MOST[path]:
        raise UserError(f"{key} must be at most {AT_MOST[path]:,}, but is {brief(value)}.")
    if path in ("optim.batch", "schedule.warm_batch") and value == 1:
        raise UserError("A batch must be at least 2 images: batch norm needs two.")


def _check(key: str, value: Any, kind: Any) -> None:
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise UserError(f"{key} is one of {', '.join(get_args(kind))}, not {brief(value)}.")
    elif kind is float:
        if not _is_finite(value):
            raise UserError(f"{key} is a number, not {brief(value)}.")
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UserError(f"{key} is of type {kind.__name__}, not {brief(value)}.")
    if kind in (int, float) and value < 0:
        raise UserError(f"{key} must not be negative, but is {brief(value)}.")
    if kind is int and value >= 2**63:
        raise UserError(f"{key} must be below 2^63, but is {brief(value)}.")
    if kind is float and value > MOST_NUMBER:
        raise UserError(f"{key} must be at most {MOST_NUMBER:g}, but is {brief(value)}.")
    if kind is str and len(value) > MOST_TEXT:
        raise UserError(f"{key} has at most {MOST_TEXT:,} letters, and is {brief(value)}.")


def _is_finite(value: object) -> bool:
    try:
        return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond all floats
        return False
