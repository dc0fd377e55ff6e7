"""The same training as a good practitioner writes it in plain PyTorch: the yardstick.

A `DataLoader` with workers (pinned memory on a GPU), an Adam for each network, eager passes, losses
read by `.item()` at every step. Networks, batch size and mathematics are the recipe's. It makes one
forward pass of the autoencoder a step, as CycleGAN's published code does, and keeps the
discriminators' weights out of the generators' backward pass: the usual mistakes are not in it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.utils.data import DataLoader, Dataset

from trainer.data.batches import TrainingBatches
from trainer.models.building import build_model
from trainer.objectives.penalties import (
    diversity_penalty,
    first_moment_penalty,
    reconstruction_error,
)
from trainer.objectives.schedule import Schedule
from trainer.recipe.parts import Reconstruction, Regularisation
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS

WORKERS = 2

Side = tuple[Tensor, ...]  # what a discriminator is given
Pair = tuple[Side, Side]  # real, fake


class Items(Dataset[Tensor]):
    """Rows one by one, pixels as floats in [0, 1]."""

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows.cpu()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Tensor:
        row = self.rows[index]
        return row.float() / 255 if row.dtype == torch.uint8 else row


def drawn_rows(rows: Tensor, size: int, device: torch.device) -> Iterator[Tensor]:
    """Shuffled drawn_rows without end."""
    loader = DataLoader(
        Items(rows),
        batch_size=size,
        shuffle=True,
        drop_last=True,
        num_workers=WORKERS,
        persistent_workers=True,
        pin_memory=device.type == "cuda",
    )
    while True:
        for batch in loader:
            yield batch.to(device, non_blocking=True)


class PlainTraining:
    """`step` on drawn_rows of data; everything else lies open here."""

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        self.recipe, self.device, self.number = recipe, device, 0
        self.model = build_model(recipe).to(device).train()
        self.flipped = MODELS[recipe.model.kind].source == "code"
        self.encoder, self.decoder = self.model.encoder, self.model.decoder
        self.pair: nn.Module = self.model.discriminators["reconstruction"]
        self.other: nn.Module = self.model.discriminators["regularisation"]
        self.averaged = copy.deepcopy(self.model).eval()
        self.rng = torch.Generator(device).manual_seed(recipe.optim.seed)
        betas = (recipe.optim.beta1, 0.99)

        def adam(net: nn.Module, rate: float) -> torch.optim.Adam:
            return torch.optim.Adam(net.parameters(), lr=rate, betas=betas)

        self.encoder_adam = adam(self.encoder, recipe.optim.generator_rate)
        self.decoder_adam = adam(self.decoder, recipe.optim.generator_rate)
        self.pair_adam = adam(self.pair, recipe.optim.discriminator_rate)
        self.other_adam = adam(self.other, recipe.optim.discriminator_rate)

    def train(self, batches: TrainingBatches) -> Iterator[dict[str, float]]:
        """Steps without end, each with its losses."""
        size = self.recipe.optim.batch
        data = drawn_rows(batches.data.rows, size, self.device)
        second = drawn_rows(batches.other.rows, size, self.device) if batches.other else None
        while True:
            yield self.step(next(data), next(second) if second else None)

    def step(self, x: Tensor, second: Tensor | None = None) -> dict[str, float]:
        """One step of both games; x float32 [N, ...], and the second domain of a CycleIAE."""
        now = Schedule.at(self.recipe, self.number)
        self._set_rates(now)
        pair, single, penalty = self._forward(x, second, now)
        losses = {}
        sides = (("reconstruction", self.pair, pair), ("regularisation", self.other, single))
        for (name, discriminator, (real, fake)), optimiser in zip(
            sides, (self.pair_adam, self.other_adam), strict=True
        ):
            optimiser.zero_grad()
            loss = self._discriminator_loss(name, discriminator, real, fake, now)
            loss.backward()
            optimiser.step()
            losses[f"{name} discriminator"] = loss.item()
        self.model.discriminators.requires_grad_(False)
        total = penalty
        for name, discriminator, (_, fake) in sides:
            loss = self._generator_loss(name, discriminator, fake, now)
            total = total + loss
            losses[f"{name} generator"] = loss.item()
        self.encoder_adam.zero_grad()
        self.decoder_adam.zero_grad()
        total.backward()
        self.encoder_adam.step()
        self.decoder_adam.step()
        self.model.discriminators.requires_grad_(True)
        self._average()
        self.number += 1
        return losses

    def _set_rates(self, now: Schedule) -> None:
        recipe = self.recipe
        for optimiser, rate in (
            (self.encoder_adam, recipe.optim.generator_rate * now.encoder),
            (self.decoder_adam, recipe.optim.generator_rate),
            (self.pair_adam, recipe.optim.discriminator_rate),
            (self.other_adam, recipe.optim.discriminator_rate),
        ):
            for group in optimiser.param_groups:
                group["lr"] = rate * now.rate

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.rng, device=self.device)

    def _forward(
        self, x: Tensor, second: Tensor | None, now: Schedule
    ) -> tuple[Pair, Pair, Tensor]:
        """(real, fake) of the pair discriminator and the other one, and what else is minimised."""
        recipe, model, count = self.recipe, self.model, len(x)
        if self.flipped:
            z = model.prior.sample(count, self.rng)
            eps, n = (
                self._normal(count, recipe.model.encoder_noise),
                self._normal(count, recipe.model.noise),
            )
            fake = self.decoder(z, n)
            code = self.encoder(fake, eps)
            return ((z, fake.detach()), (code, fake)), ((x,), (fake,)), x.new_zeros(())
        target = second if second is not None else model.prior.sample(count, self.rng)
        eps, n = (
            self._normal(count, recipe.model.encoder_noise),
            self._normal(count, recipe.model.noise),
        )
        code = self.encoder(x, eps)
        if recipe.model.code_blur and recipe.model.code and not recipe.categorical:
            code = code + recipe.model.code_blur * self._normal(count, recipe.model.code)
        back = self.decoder(code, n)
        penalty = (
            now.euclidean * reconstruction_error(back, x) if now.euclidean else x.new_zeros(())
        )
        if recipe.objective.penalties.diversity_weight:
            other = self.encoder(x, self._normal(count, recipe.model.encoder_noise))
            penalty = penalty + recipe.objective.penalties.diversity_weight * diversity_penalty(
                code, other
            )
        if recipe.objective.penalties.first_moment and not now.warm:
            again = self.decoder(code, self._normal(count, recipe.model.noise))
            penalty = penalty + recipe.objective.penalties.first_moment * first_moment_penalty(
                back, again, x
            )
        return ((x, code.detach()), (back, code)), ((target,), (code,)), penalty

    def _discriminator_loss(
        self, name: str, discriminator: nn.Module, real: Side, fake: Side, now: Schedule
    ) -> Tensor:
        recipe = self.recipe
        real = self._noised(name, tuple(part.detach() for part in real), now)
        fake = self._noised(name, tuple(part.detach() for part in fake), now)
        strength = self._game(name).r1
        penalised = strength > 0 and self.number % recipe.optim.r1_every == 0
        if penalised:
            real[0].requires_grad_()
        on_real, on_fake = discriminator(*real), discriminator(*fake)
        loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
        weight = recipe.objective.reconstruction.mismatched_last + now.fade * (
            recipe.objective.reconstruction.mismatched
            - recipe.objective.reconstruction.mismatched_last
        )
        if name == "reconstruction" and weight:
            wrong = discriminator(real[0].detach(), *[part.roll(1, 0) for part in real[1:]])
            reads = torch.ones_like(wrong)
            reads[..., : getattr(discriminator, "blind", 0)] = 0  # logits that judge x alone
            loss = loss + weight * bce(wrong, torch.zeros_like(wrong), reads)
        if penalised:
            of_each = on_real.reshape(len(on_real), -1).mean(1).sum()
            (slope,) = torch.autograd.grad(of_each, real[0], create_graph=True)
            size = slope.square().flatten(1).sum(1).mean()
            loss = loss + 0.5 * recipe.optim.r1_every * strength * size
        return loss

    def _generator_loss(
        self, name: str, discriminator: nn.Module, fake: Side, now: Schedule
    ) -> Tensor:
        on_fake = discriminator(*self._noised(name, fake, now))
        recipe = self.recipe
        weight = (
            recipe.objective.reconstruction.weight
            if name == "reconstruction"
            else recipe.objective.regularisation.weight
        )
        return weight * bce(on_fake, torch.ones_like(on_fake))

    def _game(self, name: str) -> Reconstruction | Regularisation:
        """The settings of a game."""
        objective = self.recipe.objective
        return objective.reconstruction if name == "reconstruction" else objective.regularisation

    def _noised(self, name: str, side: Side, now: Schedule) -> Side:
        std = self._game(name).instance_noise
        if not std:
            return side
        return (side[0] + std * now.fade * self._normal(*side[0].shape), *side[1:])

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.recipe.optim.ema, (1 + self.number) / (10 + self.number))
        mine, theirs = self.averaged.state_dict(), self.model.state_dict()
        for key, value in theirs.items():
            if not key.startswith("discriminators.") and value.is_floating_point():
                mine[key].mul_(decay).add_(value, alpha=1 - decay)
