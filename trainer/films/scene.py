"""What a film shows, how long, and how large: plain data, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from trainer.messages import Probe
from trainer.storage.snapshots import FOLDER, Moment

Through = Literal["noise", "code"]

LARGEST_FACTOR = 8
# Frames a second. Above 50 a frame of a GIF stands for 0.01 s, which browsers take for 0.1 s.
FEWEST_RATE, MOST_RATE = 5, 30
MOST_SECONDS = 60.0


@dataclass(frozen=True, eq=False)
class Loop:
    """A closed way through noise: each tile begins at its own, and comes back to it.

    The content stays. Where a model has no noise it goes through the code, along its two strongest
    directions.
    """

    probe: Probe


@dataclass(frozen=True, eq=False)
class Walk:
    """A way through noise, from column to column, or through the code, from image to image.

    What it does not go through stands side by side. `closed`: and back to the first.
    """

    probe: Probe
    through: Through = "noise"
    closed: bool = True


@dataclass(frozen=True, eq=False)
class Keyframe:
    """Pictures that a film comes by, of some weights.

    model: a run folder or model file; None: the film's own weights. step: of a run which moment,
    the nearest that is kept; None: its newest weights. weights: a snapshot, where it is at hand;
    then model and step say whose it is.
    """

    probe: Probe
    model: Path | None = None
    step: int | None = None
    weights: object = field(default=None, repr=False)


def run_of(model: Path | None) -> Path | None:
    """The run that a model, or kept weights of it, is of; or the file that it is."""
    if model is not None and model.parent.name == FOLDER:
        return model.parent.parent
    return model


@dataclass(frozen=True, eq=False)
class Keyframes:
    """From one to the next: noise over the sphere, codes and offsets straight.

    Where the weights are of several moments of a run, the film goes through those between, too.
    """

    stations: tuple[Keyframe, ...]
    closed: bool = False


@dataclass(frozen=True, eq=False)
class Training:
    """The same images and noises through all kept moments of a run, in order.

    newest: the step of the film's own weights, where they come last. even: a step takes as long at
    the beginning as at the end; else all moments do, and those are closer together at the
    beginning.
    """

    probe: Probe
    moments: tuple[Moment, ...]
    newest: int | None = None
    even: bool = False


Story: TypeAlias = Loop | Walk | Keyframes | Training


@dataclass(frozen=True)
class Pace:
    """Frames a second, the whole length, and how long it rests at each keyframe, or at the end."""

    rate: int = 12
    seconds: float = 4.0
    hold: float = 0.0

    @property
    def ticks(self) -> int:
        """The length in frames."""
        return max(1, round(self.rate * self.seconds))


@dataclass(frozen=True)
class Look:
    """How large a pixel is, and what stands beside the pictures.

    inputs: what goes in, at the left of each row. caption: the step, below.
    """

    factor: int = 1
    inputs: bool = False
    caption: bool = False


@dataclass(frozen=True, eq=False)
class Scene:
    """A whole film. Equal ones have equal frames. `weights` is a snapshot of the model."""

    story: Story
    weights: object = field(repr=False)
    pace: Pace = Pace()
    look: Look = Look()
    root: Path | None = None  # where data sets lie; of points alone
