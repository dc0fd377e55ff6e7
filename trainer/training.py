"""The training loop: one for every model, a generator, so that pause is "do not call next"."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.feed import Batch, Feed
from trainer.games import Game
from trainer.messages import LOSSES, Progress, UserError
from trainer.models import Model, Round, build_model
from trainer.penalties import Penalty, euclidean_error
from trainer.recipes import Recipe

REPORT_SECONDS = 0.1
FLOOR = 0.05  # the learning rates' last value, as a part of the first


@dataclass
class TrainState:
    """Everything that the next step depends on. `ema` is what the world gets to see."""

    recipe: Recipe
    model: Model
    ema: Model
    optimisers: dict[str, torch.optim.Adam]
    rng: torch.Generator
    step: int = 0


def start(recipe: Recipe, device: torch.device) -> TrainState:
    """A fresh state: weights and random numbers follow from the recipe's seed."""
    model = build_model(recipe).to(device)
    ema = copy.deepcopy(model).requires_grad_(False).eval()
    ema.critics.clear()
    betas = (recipe.beta1, 0.99)
    players = [{"params": list(net.parameters())} for net in model.players().values()]
    optimisers = {"players": torch.optim.Adam(players, betas=betas, fused=True)}
    if critics := list(model.critics.parameters()):
        optimisers["critics"] = torch.optim.Adam(critics, betas=betas, fused=True)
    rng = torch.Generator(device).manual_seed(recipe.seed)
    return TrainState(recipe, model, ema, optimisers, rng)


@dataclass(frozen=True)
class Schedule:
    """What changes in the course of a run, as functions of the step alone."""

    warm: bool
    rate: float  # factor of the learning rates
    fade: float  # 1 at the start, 0 at the end
    euclidean: float
    encoder: float  # factor of the encoder's learning rate

    @classmethod
    def at(cls, recipe: Recipe, step: int) -> Schedule:
        done = min(1.0, step / recipe.steps)
        decay = max(0.0, (done - recipe.decay_from) / max(1e-9, 1 - recipe.decay_from))
        warm = done < recipe.warm
        falling = max(0.0, 1 - done / recipe.euclidean_until) if recipe.euclidean_until else 0.0
        return cls(
            warm=warm,
            rate=1 - (1 - FLOOR) * decay,
            fade=1 - done,
            euclidean=1.0 if warm else recipe.euclidean * falling,
            encoder=1.0 if warm else recipe.encoder_rate,
        )


def step(state: TrainState, batch: Batch) -> Tensor:
    """One step of both games on a batch; the losses [len(LOSSES) + 1] stay on the device.

    Entries that the recipe does not compute are NaN; the last one is finite while all is well.
    """
    recipe, model = state.recipe, state.model
    now = Schedule.at(recipe, state.step)
    _set_rates(state, now)
    model.train()
    played = model.play(batch, state.rng)
    if now.warm:
        played.games = [game for game in played.games if game.name != "reconstruction"]
    if now.euclidean and played.autoencoded is not None:
        source, returned = played.autoencoded()
        error = euclidean_error(returned, source)
        played.penalties.append(Penalty("Euclidean error", error, now.euclidean))
    for game in played.games:
        _configure(game, state, now)
    losses: dict[str, Tensor] = {}
    alive = _teach_critics(state, played.games, losses)
    alive = alive + _teach_players(state, played, losses)
    _follow(state.ema, model, min(recipe.ema, (1 + state.step) / (10 + state.step)))
    state.step += 1
    missing = torch.full((), float("nan"), device=state.rng.device)
    return torch.stack([*(losses.get(name, missing) for name in LOSSES), alive])


def _set_rates(state: TrainState, now: Schedule) -> None:
    recipe = state.recipe
    for name, group in zip(
        state.model.players(), state.optimisers["players"].param_groups, strict=True
    ):
        factor = now.encoder if name == "encoder" else 1.0
        group["lr"] = recipe.player_rate * now.rate * factor
    if "critics" in state.optimisers:
        for group in state.optimisers["critics"].param_groups:
            group["lr"] = recipe.critic_rate * now.rate


def _configure(game: Game, state: TrainState, now: Schedule) -> None:
    recipe = state.recipe
    game.rng = state.rng
    on_data = game.judges == "data"
    # Without batch norm a joint batch changes nothing but the cost.
    game.joint_batch = recipe.joint_batch and _has_batch_norm(game.critic)
    game.instance_noise = (recipe.instance_noise if on_data else recipe.code_noise) * now.fade
    if state.step % recipe.r1_every == 0:
        game.r1 = recipe.r1_every * (recipe.r1 if on_data else recipe.r1_code)
    if game.name == "reconstruction":
        game.mismatched = recipe.mismatched_last + now.fade * (
            recipe.mismatched - recipe.mismatched_last
        )
        game.weight = recipe.reconstruction_weight
    else:
        game.weight = recipe.regularisation_weight


def _has_batch_norm(critic: nn.Module) -> bool:
    return any(isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d) for part in critic.modules())


def _teach_critics(state: TrainState, games: list[Game], losses: dict[str, Tensor]) -> Tensor:
    total = torch.zeros((), device=state.rng.device)
    for game in games:
        loss = game.critic_loss()
        losses[f"{game.name} critic"] = loss.detach()
        losses |= game.extras
        total = total + loss
    if games:
        state.optimisers["critics"].zero_grad()
        total.backward()
        state.optimisers["critics"].step()
    return total.detach()


def _teach_players(state: TrainState, played: Round, losses: dict[str, Tensor]) -> Tensor:
    critics = state.model.critics.requires_grad_(False)
    total = torch.zeros((), device=state.rng.device)
    for game in played.games:
        loss = game.player_loss()
        losses[f"{game.name} player"] = loss.detach()
        total = total + loss
    for penalty in played.penalties:
        losses[penalty.name] = penalty.value.detach()
        total = total + penalty.weight * penalty.value
    state.optimisers["players"].zero_grad()
    total.backward()
    state.optimisers["players"].step()
    critics.requires_grad_(True)
    return total.detach()


@torch.no_grad()
def _follow(ema: Model, model: Model, decay: float) -> None:
    """Average the weights, and the batch-norm statistics that belong to them."""
    mine = [*ema.encoder.state_dict().values(), *ema.decoder.state_dict().values()]
    theirs = [*model.encoder.state_dict().values(), *model.decoder.state_dict().values()]
    floats = [(a, b) for a, b in zip(mine, theirs, strict=True) if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)


def run(state: TrainState, feed: Feed, until: int) -> Iterator[Progress]:
    """Train up to the step `until`, yielding about ten times a second.

    The losses are read from the device once a report. Raises UserError if the training diverges.
    """
    rows: list[Tensor] = []
    last, rate = time.perf_counter(), 0.0
    while state.step < until:
        rows.append(step(state, feed.batch(state.recipe.batch, state.step, state.rng)))
        now = time.perf_counter()
        if now - last < REPORT_SECONDS and state.step < until:
            continue
        losses = torch.stack(rows).cpu()
        now = time.perf_counter()
        fresh = len(rows) / (now - last)
        rate = 0.9 * rate + 0.1 * fresh if rate else fresh
        if not losses[:, -1].isfinite().all():
            raise UserError(
                f"The training diverged near step {state.step:,}. Start again with smaller "
                "learning rates (player_rate, critic_rate) or a larger r1."
            )
        table = losses[:, :-1].numpy().copy()
        yield Progress(state.step, until, LOSSES, table, rate, (until - state.step) / rate)
        rows, last = [], time.perf_counter()


def choose_device(name: str) -> torch.device:
    """auto, cpu or cuda as a device. Raises UserError where CUDA is asked for and missing."""
    if name not in ("auto", "cpu", "cuda"):
        raise UserError(f"The device is auto, cpu or cuda, not {name!r}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("There is no CUDA device here. Use --device cpu.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def use_threads() -> int:
    """Give the operators half the cores, at least one, unless OMP_NUM_THREADS says otherwise.

    With a thread on every core, one busy neighbour makes each operator wait for it: steps were
    ten times slower (2 cores, measured), while the second thread gains little on small networks.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    return torch.get_num_threads()


def parameters(module: nn.Module) -> int:
    """The number of weights."""
    return sum(p.numel() for p in module.parameters())
