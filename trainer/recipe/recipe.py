"""What defines an experiment, as plain data, made of parts.

No torch here, so that a window can list the recipes before the engine is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from trainer.messages import UserError
from trainer.recipe.composition import Composition
from trainer.recipe.effect import at_rest, check_effects
from trainer.recipe.migration import FORMAT, brief, check_age, from_format_1
from trainer.recipe.options import (
    additions,
    changed,
    check_known,
    check_values,
    from_nested,
    parse_settings,
    path_of,
)
from trainer.recipe.rules import check_parts
from trainer.storage.files import parse_object
from trainer.storage.paths import typed_path


@dataclass(frozen=True)
class Recipe(Composition):
    """One experiment.

    Raises UserError where a value is out of its range, where parts do not fit together, and where
    an option has no effect on this experiment.
    """

    def __post_init__(self) -> None:
        check_values(self)
        check_parts(self)
        check_effects(self)

    def but(self, options: Mapping[str, Any] | None = None, /, **more: Any) -> Recipe:
        """The recipe with other options, named by their path or, where that is clear, their name.

        Options that lose their effect by the change go back to their defaults. Raises UserError for
        unknown names and for changes that have no effect.
        """
        changes = {path_of(key, self): value for key, value in {**(options or {}), **more}.items()}
        return self._changed(changes)

    def _changed(self, changes: Mapping[str, Any]) -> Recipe:
        return _checked(at_rest(changed(self, changes), frozenset(changes)))

    def with_images(self, images: str, images_b: str = "") -> Recipe:
        """The same experiment on own images: a folder or zip file, for CycleIAE two.

        Raises UserError where the recipe takes no images, or no second folder.
        """
        if self.two_dimensional:
            raise UserError(f"{self.name} is about points in the plane; it takes no images.")
        changes: dict[str, Any] = {
            "data.name": "folder",
            "data.images": str(typed_path(images)),
            "data.images_b": str(typed_path(images_b)) if images_b else "",
        }
        if images_b:
            changes["data.second"] = "none"
        return self._changed(changes)

    def to_the_letter(self) -> Recipe:
        """The paper's own objective and training: every addition at the paper's choice."""
        plain = additions()
        if self.objective.reconstruction.kind in ("adversarial", "marginal"):
            plain["objective.reconstruction.weight"] = 1.0
        if self.model.conditioning == "projection":
            plain["model.conditioning"] = "invariant" if self.categorical else "location"
        return _checked(at_rest(changed(self, plain)))

    def with_settings(self, settings: list[str]) -> Recipe:
        """The recipe with `KEY=VALUE` strings applied, values read by the option's type.

        `paper=true` sets all additions to the paper's choice; other settings win over it.
        """
        changes = parse_settings(self, settings)
        start = self.to_the_letter() if changes.pop("paper", False) else self
        return start._changed(changes) if changes else start

    def to_mapping(self) -> dict[str, Any]:
        """Plain values, a mapping for each part; `from_mapping` is the inverse."""
        return asdict(self)

    def to_json(self) -> str:
        """The same as text, with the number of its format."""
        return json.dumps({"format": FORMAT, **self.to_mapping()}, indent=1)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Recipe:
        """A recipe of its plain values, in this format or an older one.

        Raises UserError on unknown options, missing ones and wrong types, whatever it is given.
        """
        if not isinstance(values, Mapping):
            raise UserError(f"The recipe is a group of options, not {brief(values)}.")
        check_age(values)
        if "about" in values:
            nested: Composition = from_nested(values)
            check_known(nested)
            return _checked(nested)
        older: Composition = from_nested(from_format_1(values))
        check_known(older)
        check_values(older)
        # An older version took options that have no effect, and kept them.
        return _checked(at_rest(older))

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Inverse of `to_json`. Raises UserError where the text is no recipe."""
        return cls.from_mapping(parse_object(text, "The recipe"))


def _checked(composition: Composition) -> Recipe:
    return Recipe(**{entry.name: getattr(composition, entry.name) for entry in fields(Composition)})
