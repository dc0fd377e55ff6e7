"""What defines an experiment, as plain data.

No torch here, so that a window can list the recipes before the engine is loaded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trainer.messages import UserError
from trainer.recipe.migration import OPTIONS, recipe_values
from trainer.recipe.rules import check_parts
from trainer.recipe.specs import DATA_SETS

Model = Literal["iae", "cycleiae", "fiae", "gan"]
Networks = Literal[
    "toy", "mnist", "svhn", "celeba", "resnet", "small", "small-colour", "small-resnet"
]


@dataclass(frozen=True)
class Recipe:
    """One experiment. Fractions are of `steps`; sizes are numbers of units.

    Fields below the line are additions to the paper; the paper's own choice is the default there.
    """

    name: str
    title: str  # short: data, code + noise
    story: str  # one line: what there is to see
    figure: str  # where it stands in the paper
    model: Model
    data: str  # a name of `DATA_SETS`
    networks: Networks
    code: int = 0  # 0 where the code is an image (CycleIAE)
    code_kind: Literal["gaussian", "categorical"] = "gaussian"
    noise: int = 0  # the decoder's noise vector n
    encoder_noise: int = 0  # the encoder's noise vector eps
    # What stands in for the reconstruction GAN, and for the regularisation GAN.
    reconstruction: Literal["adversarial", "marginal", "euclidean", "l1", "likelihood", "none"] = (
        "adversarial"
    )
    regularisation: Literal["adversarial", "divergence", "none"] = "adversarial"
    posterior: Literal["implicit", "gaussian"] = "implicit"  # the encoder gives a mean and a std
    conditioning: Literal["location", "invariant", "projection"] = "location"
    size: int = 28  # px, the side of an image
    colour: bool = False
    images: str = ""  # data "folder": the images; for CycleIAE those of the first domain ...
    images_b: str = ""  # ... and of the second; else the second is made as `second` says
    second: Literal["none", "edges", "class"] = "none"
    pad: bool = False  # own images that are not square are padded, not cropped
    hold_out: int = 0  # so many training images are for testing, in the test set's place
    labels: int = 0  # semi-supervised: so many training images have labels
    batch: int = 100
    steps: int = 30_000
    seed: int = 0
    precision: Literal["full", "bf16"] = "full"  # of the networks' arithmetic; weights stay float32
    discriminator_rate: float = 1e-3  # Adam's learning rate
    generator_rate: float = 1e-3
    beta1: float = 0.5
    decay_from: float = 0.5  # the rates fall linearly from here to a twentieth
    width: int = 24  # channels of the first convolution of the small networks; units of the toys
    distance_weight: float = 1.0  # of a reconstruction that is not adversarial
    label_weight: float = 1.0  # of the cross-entropy on labelled images
    # ---- additions to the paper ----
    ema: float = 0.0  # what is shown and saved is a running mean of the weights, with this decay
    discriminator_norm: bool = True  # batch norm in the pair discriminator (Table 1)
    joint_batch: bool = True  # real and fake pairs through the discriminator in one batch
    code_blur: float = 0.0  # std of the noise on the code on its way to decoder and discriminators
    noise_scale: float = 1.0  # multiplies n, and a CycleIAE's eps, on the way into the map
    r1: float = 0.0  # gradient penalty on real data, in the game that judges data
    r1_code: float = 0.0  # the same in the game that judges codes
    r1_every: int = 1  # steps between penalties; each counts as many times more
    instance_noise: float = 0.0  # std of the noise on data that a discriminator judges; falls to 0
    code_noise: float = 0.0  # std of the noise on codes that a discriminator judges; falls to 0
    mismatched: float = 0.0  # weight of negatives (x, another image's code) at the start ...
    mismatched_last: float = 0.0  # ... and at the end
    warm: float = 0.0  # fraction at the start without the pair game: Euclidean autoencoding ...
    warm_batch: int = 0  # ... of so many images in a batch; 0: as many as later
    euclidean: float = 0.0  # weight of such a Euclidean term that falls to 0 ...
    euclidean_until: float = 0.5  # ... here; past the end of the run, above 1, something is left
    encoder_rate: float = 1.0  # times generator_rate, after the warm start
    reconstruction_weight: float = 1.0
    regularisation_weight: float = 1.0
    input_noise: float = 0.0  # std of the noise on x^ on its way into an FIAE's encoder
    augment: float = 0.0  # strength of the random affine maps that make a second view of x
    recolour: float = 0.0  # ... and of its other colours
    # With `consistency` the warm start is for finding categories, without any game.
    consistency: float = 0.0  # weight of: both views fall into the same category ...
    balance: float = 0.0  # ... and all categories are used alike
    # Above 0, in consistency's place: the averaged encoder's guess, if so sure, is the label.
    confidence: float = 0.0
    # Weight of: two draws of a CycleIAE's eps are at least penalties.DIVERSITY_MARGIN apart.
    diversity_weight: float = 0.0

    def __post_init__(self) -> None:
        hints = _types()
        for f in fields(self):
            _check(f.name, getattr(self, f.name), hints[f.name])
        for name in ("batch", "steps", "width", "r1_every"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if 1 in (self.batch, self.warm_batch):
            raise UserError("A batch must be at least 2 images: batch norm needs two.")
        for name in ("noise", "encoder_noise", "seed", "code", "labels", "hold_out", "warm_batch"):
            if getattr(self, name) < 0:
                raise UserError(f"{name} must not be negative, but is {getattr(self, name)}.")
        if self.seed >= 2**63:
            raise UserError(f"seed must be below 2^63, but is {self.seed}.")
        for name in ("beta1", "ema", "confidence"):
            if getattr(self, name) >= 1:
                raise UserError(f"{name} must be below 1, but is {getattr(self, name)}.")
        check_parts(self)

    @property
    def two_dimensional(self) -> bool:
        return DATA_SETS[self.data].points

    @property
    def categorical(self) -> bool:
        return self.code_kind == "categorical"

    @property
    def translates(self) -> bool:
        """Whether the code is itself an image: that of a second domain."""
        return self.model == "cycleiae"

    @property
    def varies_code(self) -> bool:
        """Whether what the noise varies is the code, a picture; else it is what is decoded."""
        return self.translates and self.encoder_noise > 0

    @property
    def channels(self) -> int:
        return 3 if self.colour else 1

    @property
    def full_size(self) -> bool:
        """Whether the networks are the paper's, or CycleGAN's, and want a GPU."""
        return self.networks in ("mnist", "svhn", "celeba", "resnet")

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(H, W, C); None for points."""
        return None if self.two_dimensional else (self.size, self.size, self.channels)

    def with_images(self, images: str, images_b: str = "") -> Recipe:
        """The same experiment on own images: a folder or zip file, for CycleIAE two.

        Raises UserError where the recipe takes no images, or no second folder.
        """
        if self.two_dimensional:
            raise UserError(f"{self.name} is about points in the plane; it takes no images.")
        return replace(self, data="folder", images=images, images_b=images_b)

    def to_the_letter(self) -> Recipe:
        """The paper's own objective and training: every addition at the paper's choice."""
        names = [f.name for f in fields(self)]
        additions = names[names.index("ema") :]
        plain = {f.name: f.default for f in fields(self) if f.name in additions}
        if self.conditioning == "projection":
            plain["conditioning"] = "invariant" if self.categorical else "location"
        return replace(self, **plain)  # type: ignore[arg-type]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Recipe:
        """Inverse of `asdict`. Raises UserError on unknown keys, missing ones or wrong types."""
        values = recipe_values(values)
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
        """The recipe with `KEY=VALUE` strings applied, values read by the field's type.

        `paper=true` sets all additions to the paper's choice; other settings win over it.
        """
        changes: dict[str, Any] = {}
        hints = _types()
        names = ("name", "title", "story", "figure")  # a run is found again by its recipe's name
        start = self
        for setting in settings:
            key, equals, text = setting.partition("=")
            key = OPTIONS.get(key, key)
            if key == "paper":
                start = start.to_the_letter() if _parse(key, text, bool) else start
                continue
            if not equals or key not in hints or key in names:
                options = ", ".join(sorted(set(hints) - set(names)))
                raise UserError(
                    f"--set {setting}: expected KEY=VALUE with a KEY of {options}, or paper."
                )
            changes[key] = _parse(key, text, hints[key])
        return replace(start, **changes)


@lru_cache(maxsize=1)  # a catalogue of thirty asks each time the program starts
def _types() -> dict[str, Any]:
    return get_type_hints(Recipe)


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
