"""The frozen types that cross between the engine and a user interface.

Standard library and numpy only, so that a window can import them without torch.
Images are uint8 [N, H, W, C], black 0 to white 255.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


# The columns of a run's curves; a step that does not compute one holds NaN there. New ones come
# last: a run that an earlier version began has only the first of them on disk.
LOSSES = (
    "reconstruction discriminator",
    "reconstruction generator",
    "regularisation discriminator",
    "regularisation generator",
    "reconstruction R1",
    "regularisation R1",
    "Euclidean or cross-entropy error",  # of vectors the squared distance, of pixels nats
    "L1 error",
    "likelihood error",
    "divergence",
    "label error",
    "inconsistency",
    "imbalance",
    "diversity penalty",
    "first-moment penalty",
)


MOST_DRAWS = 10_000  # columns of a sheet
MOST_SEED = 2**53


def column_seeds(seed: int, columns: int) -> tuple[int, ...]:
    """One noise seed for each column of a sheet: the same in the window and on the command line."""
    return tuple(seed * 1000 + column for column in range(columns))


@dataclass(frozen=True, eq=False)
class Probe:
    """A question to a model: how does it reconstruct these images, with this noise?

    A rendering is a pure function of the weights and of this; equal probes give equal pixels.
    """

    stamp: int
    images: Pixels  # [N, H, W, C], as the network is to see them
    noise_seeds: tuple[int, ...]  # one a column: a column shares its noise vector over all rows
    noise_scale: float = 1.0
    # Offsets in deviations of the codes seen, along principal directions or raw dimensions.
    code_offsets: tuple[float, ...] = ()
    raw_code: bool = False
    # Offsets along the noise directions of strongest effect, in the prior's standard deviations;
    # of the decoder's noise, or of the encoder's where that is the only one or varies a picture.
    noise_offsets: tuple[float, ...] = ()
    # Directions [M, code size] and [M, noise size] that the offsets go along in place of those that
    # the snapshot knows. Where they do not fit the model they are left out.
    code_axes: Floats | None = None
    noise_axes: Floats | None = None


@dataclass(frozen=True, eq=False)
class Rendering:
    """What a snapshot answers to a `Probe`."""

    stamp: int
    step: int
    tiles: Pixels  # [N, columns, H, W, C]
    codes: Floats  # [N, code size], after the offsets; [N, 0] where the code is an image
    noise_share: Floats  # [N]: of a row's variance around the mean image, what noise makes
    # CycleIAE. With a deterministic encoder the code is one picture a row; with a stochastic one
    # the tiles are the codes themselves, and what the decoder makes of each is the way back.
    code_pictures: Pixels | None = None  # [N, H, W, C]
    way_back: Pixels | None = None  # [N, columns, H, W, C]


@dataclass(frozen=True, eq=False)
class Clusters:
    """Every category of a model's code, drawn with the same few noise vectors (Figure 6)."""

    stamp: int
    step: int
    tiles: Pixels  # [noise vectors, categories, H, W, C]


@dataclass(frozen=True, eq=False)
class Cloud:
    """What a snapshot of a 2-D model answers: points of the data and of the model."""

    stamp: int
    step: int
    real: Floats  # [M, 2]
    fake: Floats  # [M, 2]
    component: npt.NDArray[np.int64]  # [M]: which category of the code made each point of `fake`
    # FIAE and InfoGAN: codes of the data's points, the prior's beside them, and each one's place.
    codes: Floats | None = None  # [M, 2]
    prior: Floats | None = None  # [M, 2]
    place: npt.NDArray[np.int64] | None = None  # [M]: which place of the data each code is of


@dataclass(frozen=True)
class MemoryUse:
    """The memory of the device that trains, in bytes; 0 where nobody tells."""

    device: str  # cpu, cuda:0, ...
    used: int  # by this program
    free: int  # what can be taken yet
    total: int

    @property
    def scarce(self) -> bool:
        """Whether less than a tenth is free."""
        return self.total > 0 and 10 * self.free < self.total


@dataclass(frozen=True, eq=False)
class Progress:
    """Sent about ten times a second while a run trains."""

    step: int
    steps: int
    names: tuple[str, ...]
    losses: Floats  # [new steps, names]: one row for each step since the last report
    rate: float  # steps per second
    eta: float  # seconds
    note: str = ""  # what the engine had to do otherwise, and why
    memory: MemoryUse | None = None  # read about once a second

    @property
    def finished(self) -> bool:
        return self.step >= self.steps


@dataclass(frozen=True)
class ModelFacts:
    """What a user interface must know of the model that answers."""

    name: str
    step: int
    image_shape: tuple[int, int, int] | None  # (H, W, C), None for 2-D points
    code: int
    categorical: bool
    noise: int
    encoder_noise: int = 0
    translates: bool = False  # the code is an image of a second domain
    # The share of the codes' variance along each principal direction, largest first.
    code_spread: tuple[float, ...] = ()
    noise_spread: tuple[float, ...] = ()


@dataclass(frozen=True)
class Failed:
    """Something went wrong: what happened, what to do about it, and the trace for a report."""

    what: str
    remedy: str = ""
    data_missing: bool = False
    gone: str = ""  # a folder or file of own images that is not where it was
    memory_full: bool = False
    trace: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class UserError(Exception):
    """Bad input or a missing thing: the message names the cause and the way out."""


class DivergedError(UserError):
    """A training whose numbers left the finite ones."""


class DeviceLostError(UserError):
    """A GPU was lost to this process, with all that lay on it: `event` says so.

    `kept` is what is left of what it did, `remedy` how to go on; `device` its name, and `saved` the
    step of the last checkpoint of what trained there, 0 without.
    """

    def __init__(
        self, event: str, kept: str = "", remedy: str = "", *, device: str = "", saved: int = 0
    ) -> None:
        super().__init__(" ".join(filter(None, (event, kept, remedy))))
        self.event, self.kept, self.device, self.saved = event, kept, device, saved


class DataMissingError(UserError):
    """A data set is not at hand: download it, or choose a folder that holds it.

    `data` is the name of the set, where one is missing; `path` the folder or file, where that is.
    """

    def __init__(self, text: str, *, data: str = "", path: str = "") -> None:
        super().__init__(text)
        self.data, self.path = data, path
