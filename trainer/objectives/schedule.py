"""What changes in the course of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from trainer.recipe.recipe import Recipe

FLOOR = 0.05  # the learning rates' last value, as a part of the first
PHASE = ("warm", "penalised", "pulled", "fading")
VALUES = ("rate", "fade", "euclidean", "encoder", "decay")


@dataclass(frozen=True)
class Schedule:
    """One step's settings, functions of the step and of what was amended alone.

    The phase (`PHASE`) says which terms there are, so that steps of one phase run the same
    operators; the values (`VALUES`) may be numbers, or scalars on the device.
    """

    batch: int  # images, the same in all steps of a phase
    warm: bool  # no reconstruction game yet: autoencoding, or categories without any game
    penalised: bool  # the discriminators pay for their slope in this step
    pulled: bool  # there is a reconstruction error beside the games
    fading: bool  # what falls to 0 has not arrived
    rate: float | Tensor  # factor of the learning rates
    fade: float | Tensor  # 1 at the start, 0 at the end
    euclidean: float | Tensor  # weight of that error
    encoder: float | Tensor  # factor of the encoder's learning rate
    decay: float | Tensor  # of the EMA weights

    @classmethod
    def at(cls, recipe: Recipe, step: int, done: float | None = None) -> Schedule:
        """`done` of the run is over; without it, what a run is that has the recipe's end."""
        if done is None:
            done = min(1.0, step / recipe.schedule.steps)
        late = max(
            0.0, (done - recipe.schedule.decay_from) / max(1e-9, 1 - recipe.schedule.decay_from)
        )
        warm = done < recipe.schedule.warm
        falling = (
            max(0.0, 1 - done / recipe.objective.penalties.euclidean_until)
            if recipe.objective.penalties.euclidean_until
            else 0.0
        )
        euclidean = 1.0 if warm else recipe.objective.penalties.euclidean * falling
        return cls(
            batch=recipe.schedule.warm_batch
            if warm and recipe.schedule.warm_batch
            else recipe.optim.batch,
            warm=warm,
            penalised=step % recipe.optim.r1_every == 0,
            pulled=euclidean > 0,
            fading=done < 1,
            rate=1 - (1 - FLOOR) * late,
            fade=1 - done,
            euclidean=euclidean,
            encoder=1.0 if warm else recipe.optim.encoder_rate,
            decay=min(recipe.optim.ema, (1 + step) / (10 + step)),
        )

    @property
    def phase(self) -> tuple[bool, ...]:
        return tuple(getattr(self, name) for name in PHASE)

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(float(getattr(self, name)) for name in VALUES)

    def on_device(self, values: Tensor) -> Schedule:
        """The same phase, its values read from a tensor [len(VALUES)] whenever the step runs."""
        rate, fade, euclidean, encoder, decay = values.unbind()
        return replace(
            self, rate=rate, fade=fade, euclidean=euclidean, encoder=encoder, decay=decay
        )
