"""The parts of a recipe together, unchecked, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.recipe.parts import About, Data, Model, Objective, Optim, Schedule
from trainer.recipe.specs import DATA_SETS, FAMILIES, MODELS, FamilySpec, ModelSpec

PLAIN_OBJECTIVE, PLAIN_SCHEDULE, PLAIN_OPTIM = Objective(), Schedule(), Optim()


@dataclass(frozen=True)
class Composition:
    """What a recipe is made of; whether it fits together is a `Recipe`'s business."""

    about: About
    data: Data
    model: Model
    objective: Objective = PLAIN_OBJECTIVE
    schedule: Schedule = PLAIN_SCHEDULE
    optim: Optim = PLAIN_OPTIM

    @property
    def name(self) -> str:
        """What it is found by."""
        return self.about.name

    @property
    def model_spec(self) -> ModelSpec:
        """The record of its kind of model."""
        return MODELS[self.model.kind]

    @property
    def model_title(self) -> str:
        """What it is called in the paper; baselines have a simpler objective (Section 2)."""
        reconstruction = self.objective.reconstruction.kind
        if self.model.kind == "iae" and reconstruction == "euclidean":
            variational = self.model.posterior == "gaussian"
            return "VAE" if variational else "AAE"
        if self.model.kind == "fiae" and reconstruction == "likelihood":
            return "InfoGAN"
        return self.model_spec.title

    @property
    def family(self) -> FamilySpec:
        """The record of its family of networks."""
        return FAMILIES[self.model.networks]

    @property
    def two_dimensional(self) -> bool:
        """Whether its data are points in the plane."""
        return DATA_SETS[self.data.name].points

    @property
    def categorical(self) -> bool:
        """Whether the code is one of a few categories."""
        return self.model.code_kind == "categorical"

    @property
    def translates(self) -> bool:
        """Whether the code is itself an image: that of a second domain."""
        return self.model_spec.translates

    @property
    def flipped(self) -> bool:
        """Whether the autoencoder starts from the code and reads it off what it made (FIAE)."""
        return self.model_spec.source == "code" and self.model_spec.inverse

    @property
    def varies_code(self) -> bool:
        """Whether what the noise varies is the code, a picture; else it is what is decoded."""
        return self.translates and self.model.encoder_noise > 0

    @property
    def channels(self) -> int:
        """Of an image: 3 in colour, 1 in grey."""
        return 3 if self.data.colour else 1

    @property
    def full_size(self) -> bool:
        """Whether the networks are the paper's, or CycleGAN's, and want a GPU."""
        return self.family.full_size

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(H, W, C); None for points."""
        side = self.data.size
        return None if self.two_dimensional else (side, side, self.channels)
