"""The options of a recipe while somebody changes them: what is typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.messages import UserError
from trainer.recipe.facts import all_options, as_text, without_effect
from trainer.recipe.options import check_value, parse, short_name, value_at
from trainer.recipe.recipe import Recipe


class OptionDraft:
    """`recipe` is the result while `valid`; else the last one that was. What is `held` stays."""

    def __init__(self, base: Recipe, held: frozenset[str] = frozenset()) -> None:
        self.base = self.recipe = base
        self.held = held  # paths
        self.problems: dict[str, str] = {}  # by path
        self._typed: dict[str, str] = {}
        self._kinds = {each.path: each.kind for each in all_options()}

    @property
    def valid(self) -> bool:
        """Whether all that is typed can be trained."""
        return not self.problems

    def changed(self, path: str) -> bool:
        """Whether something else is typed than what stood there."""
        return path in self._typed

    @property
    def changes(self) -> int:
        """How many options are changed."""
        return len(self._typed)

    def text(self, path: str) -> str:
        """What stands in an option's field."""
        return self._typed.get(path, as_text(value_at(self.recipe, path)))

    def idle(self, path: str) -> str:
        """Why an option has no effect as things stand; empty where it has."""
        return without_effect(self.recipe, path)

    # ---- typing ------------------------------------------------------------------------------

    def type(self, path: str, text: str) -> None:
        """Something is typed or chosen."""
        if path in self.held or text.strip() == as_text(value_at(self.base, path)):
            self._typed.pop(path, None)
        else:
            self._typed[path] = text
        self._look(path)

    def reset(self, path: str) -> None:
        """As it was."""
        self._typed.pop(path, None)
        self._look(path)

    def reset_all(self) -> None:
        self._typed.clear()
        self._look("")

    def take(self, values: Mapping[str, Any]) -> None:
        """Type several values, by path."""
        for path, value in values.items():
            self.type(path, as_text(value))

    def take_recipe(self, recipe: Recipe) -> None:
        """Type all in which a recipe differs."""
        self._typed.clear()
        for path in self._kinds:
            if path not in self.held and value_at(recipe, path) != value_at(self.base, path):
                self._typed[path] = as_text(value_at(recipe, path))
        self._look("")

    # ---- what is wrong -----------------------------------------------------------------------

    def _look(self, last: str) -> None:
        self.problems = {}
        values: dict[str, Any] = {}
        for path, text in self._typed.items():
            try:
                values[path] = self._read(path, text)
            except UserError as error:
                self.problems[path] = str(error)
        made = self._made(values)
        if isinstance(made, Recipe):
            self.recipe = made
        else:
            for path in self._to_blame(values, last):
                self.problems[path] = made

    def _read(self, path: str, text: str) -> Any:
        kind, plain = self._kinds[path], text.strip()
        value = parse(short_name(path), plain.replace(",", "") if kind is int else plain, kind)
        check_value(path, value)
        return value

    def _made(self, values: Mapping[str, Any]) -> Recipe | str:
        try:
            return self.base.but(values)
        except UserError as error:
            return str(error)

    def _to_blame(self, values: Mapping[str, Any], last: str) -> list[str]:
        """The options without whose change all would be well; the last one that was typed first."""
        guilty = [
            path
            for path in values
            if isinstance(self._made({p: v for p, v in values.items() if p != path}), Recipe)
        ]
        if last in guilty or (not guilty and last in values):
            return [last]
        return guilty or list(values)[-1:]
