"""The catalogue of experiments: everything that defines one, as plain data.

No torch here, so that a window can list the recipes before the engine is loaded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trainer.messages import UserError


@dataclass(frozen=True)
class Recipe:
    """One experiment. Fractions are of `steps`; sizes are numbers of units.

    Fields below the line are additions to the paper; the paper's own choice is the default there.
    """

    name: str
    title: str  # short: data, code + noise
    story: str  # one line: what there is to see
    figure: str  # where it stands in the paper
    model: Literal["iae", "gan"]
    data: Literal["mog", "drawn-digits", "mnist"]
    networks: Literal["toy", "mnist", "small"]
    code: int
    code_kind: Literal["gaussian", "categorical"] = "gaussian"
    noise: int = 0  # the decoder's noise vector n
    encoder_noise: int = 0  # the encoder's noise vector eps
    reconstruction: Literal["adversarial", "euclidean", "none"] = "adversarial"
    regularise: bool = True
    conditioning: Literal["location", "invariant", "projection"] = "location"
    batch: int = 100
    steps: int = 30_000
    seed: int = 0
    critic_rate: float = 1e-3  # Adam's learning rate
    player_rate: float = 1e-3
    beta1: float = 0.5
    decay_from: float = 0.5  # the rates fall linearly from here to a twentieth
    ema: float = 0.995
    width: int = 24  # channels of the first convolution of the small networks
    # ---- additions to the paper ----
    critic_norm: bool = True  # batch norm in the pair discriminator (Table 1)
    joint_batch: bool = True  # real and fake pairs through the discriminator in one batch
    code_blur: float = 0.0  # std of the noise on the code on its way to decoder and critics
    noise_scale: float = 1.0  # multiplies n on its way into the decoder
    r1: float = 0.0  # gradient penalty on real pairs (reconstruction game)
    r1_code: float = 0.0  # the same in the regularisation game
    r1_every: int = 1  # steps between penalties; each counts as many times more
    instance_noise: float = 0.0  # std of the noise on what the pair critic sees; falls to 0
    code_noise: float = 0.0  # std of the noise on the codes the code critic sees; falls to 0
    mismatched: float = 0.0  # weight of negatives (x, another image's code) at the start ...
    mismatched_last: float = 0.0  # ... and at the end
    warm: float = 0.0  # fraction of plain Euclidean autoencoding at the start
    euclidean: float = 0.0  # weight of a Euclidean term that falls to 0 ...
    euclidean_until: float = 0.5  # ... here
    encoder_rate: float = 1.0  # times player_rate, after the warm start
    reconstruction_weight: float = 1.0
    regularisation_weight: float = 1.0

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for f in fields(self):
            _check(f.name, getattr(self, f.name), hints[f.name])
        for name in ("code", "batch", "steps", "width", "r1_every"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if self.batch < 2:
            raise UserError("batch must be at least 2: batch norm needs two images.")
        for name in ("noise", "encoder_noise", "seed"):
            if getattr(self, name) < 0:
                raise UserError(f"{name} must not be negative, but is {getattr(self, name)}.")
        if self.seed >= 2**63:
            raise UserError(f"seed must be below 2^63, but is {self.seed}.")
        for name in ("beta1", "ema"):
            if getattr(self, name) >= 1:
                raise UserError(f"{name} must be below 1, but is {getattr(self, name)}.")
        self._check_parts()

    def _check_parts(self) -> None:
        if (self.networks == "toy") != (self.data == "mog"):
            raise UserError(
                f"The networks {self.networks} do not fit the data {self.data}: "
                "points (mog) go with toy networks, images with the others."
            )
        if self.model == "gan" and self.networks != "toy":
            raise UserError(f"The networks {self.networks} have no GAN; only toy ones have.")
        if self.model == "iae" and self.reconstruction == "none" and not self.regularise:
            raise UserError("Without reconstruction and regularise there is nothing to train.")

    @property
    def two_dimensional(self) -> bool:
        return self.data == "mog"

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Recipe:
        """Inverse of `asdict`. Raises UserError on unknown keys, missing ones or wrong types."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise UserError(
                f"Unknown recipe option {', '.join(map(repr, unknown))}. "
                f"Known are: {', '.join(sorted(known))}."
            )
        missing = [f.name for f in fields(cls) if f.default is MISSING and f.name not in values]
        if missing:
            raise UserError(f"The recipe lacks {', '.join(missing)}.")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise UserError(f"The recipe is not valid JSON: {error}.") from error
        if not isinstance(values, dict):
            raise UserError("The recipe is not a JSON object.")
        return cls.from_mapping(values)

    def with_settings(self, settings: list[str]) -> Recipe:
        """The recipe with `KEY=VALUE` strings applied, values read by the field's type."""
        changes: dict[str, Any] = {}
        hints = get_type_hints(type(self))
        names = ("name", "title", "story", "figure")  # a run is found again by its recipe's name
        for setting in settings:
            key, equals, text = setting.partition("=")
            if not equals or key not in hints or key in names:
                options = ", ".join(sorted(set(hints) - set(names)))
                raise UserError(f"--set {setting}: expected KEY=VALUE with a KEY of {options}.")
            changes[key] = _parse(key, text, hints[key])
        return replace(self, **changes)


def _parse(key: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise UserError(f"{key} is true or false, not {text!r}.")
        return text.lower() == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            wanted = "a whole number" if kind is int else "a number"
            raise UserError(f"{key} is {wanted}, not {text!r}.") from None
    return text


def _check(key: str, value: Any, kind: Any) -> None:
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise UserError(f"{key} is one of {', '.join(get_args(kind))}, not {value!r}.")
    elif kind is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise UserError(f"{key} is a number, not {value!r}.")
        if value < 0:
            raise UserError(f"{key} must not be negative, but is {value!r}.")
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UserError(f"{key} is of type {kind.__name__}, not {value!r}.")


_MOG = Recipe(
    name="mog-iae",
    title="Seven Gaussians",
    story="Each of seven codes finds one component; the noise fills it.",
    figure="Fig. 5c",
    model="iae",
    data="mog",
    networks="toy",
    code=7,
    code_kind="categorical",
    noise=10,
    batch=256,
    steps=3000,
    player_rate=5e-4,
    width=128,
    critic_norm=False,
    r1=0.1,
    r1_code=0.1,
    instance_noise=0.5,
    # At a weight of 1 a deterministic encoder stays where its first clusters formed.
    regularisation_weight=10.0,
)

# A warm start lets the pair critic read codes that already mean something; see EXPERIMENTS.md.
_SMALL = Recipe(
    name="mnist-10-small",
    title="MNIST, 10 + 100, small",
    story="Keeps the digit, varies the style; learns on a laptop's CPU.",
    figure="Fig. 2c, smaller",
    model="iae",
    data="mnist",
    networks="small",
    code=10,
    noise=100,
    conditioning="projection",
    batch=64,
    steps=6_000,
    player_rate=5e-4,
    critic_norm=False,
    code_blur=0.2,
    noise_scale=0.5,
    r1=0.3,
    r1_every=4,
    instance_noise=0.2,
    mismatched=0.5,
    mismatched_last=0.3,
    # A warm start, then an encoder that hardly moves: the critic can learn to read its codes.
    warm=0.2,
    euclidean=0.05,
    euclidean_until=1.0,
    encoder_rate=0.01,
)

_PAPER = replace(
    _SMALL,
    name="mnist-10",
    title="MNIST, 10 + 100",
    story="The code keeps the digit, the noise varies its style.",
    figure="Fig. 2c",
    networks="mnist",
    conditioning="location",
    batch=100,
    steps=30_000,
)

CATALOGUE: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        replace(
            _SMALL,
            name="drawn-10",
            title="Drawn digits, 10 + 32",
            story="Digits drawn by our own code: always at hand, and every style is known.",
            figure="after Fig. 2c",
            data="drawn-digits",
            noise=32,
            steps=7_000,
            code_blur=0.5,
            noise_scale=1.0,
            warm=0.15,
        ),
        replace(
            _PAPER,
            name="mnist-det",
            title="MNIST, 20, no noise",
            story="Nothing is left to chance: almost perfect, sharp reconstructions.",
            figure="Fig. 2b",
            code=20,
            noise=0,
            critic_norm=True,
            player_rate=1e-3,
            code_blur=0.0,
            noise_scale=1.0,
            r1=0.0,
            r1_every=1,
            instance_noise=0.0,
            mismatched=0.0,
            mismatched_last=0.0,
            warm=0.0,
            euclidean=0.0,
            encoder_rate=1.0,
        ),
        _PAPER,
        replace(
            _PAPER,
            name="mnist-5",
            title="MNIST, 5 + 100",
            story="A smaller code is more abstract: {3, 5, 8} and {4, 9} begin to share codes.",
            figure="Fig. 2d",
            code=5,
        ),
        _SMALL,
        _MOG,
        replace(
            _MOG,
            name="mog-gan",
            title="Seven Gaussians, GAN",
            story="A GAN ignores its one-hot input and draws bridges between the modes.",
            figure="Fig. 5b",
            model="gan",
            reconstruction="none",
            mismatched=0.0,
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """The catalogue's recipe of that name. Raises UserError naming those that exist."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UserError(
            f"There is no recipe {name!r}. Choose one of: {', '.join(CATALOGUE)}."
        ) from None
