"""Pictures, answers and measures of models on the pretended GPU."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from tests.films import PLAIN, SHORT
from tests.pretend.common import GPU, look_at, on_cpu, small, used
from tests.pretend.questions import asked, numbers, questions_to
from tests.pretend.seen import watched
from tests.tiny import CPU, batches_of, data_of, pictures_of, same
from trainer.api.loaded import LoadedModel
from trainer.evaluation import evaluate, reference_classifier
from trainer.films.frames import frames
from trainer.films.plan import shots_of
from trainer.films.scene import Loop, Scene
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import CHUNK, render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Probe, column_seeds
from trainer.training.loop import start
from trainer.training.step import next_batch, step


@lru_cache(maxsize=2)
def twins(kind: str) -> tuple[Snapshot, Snapshot]:
    """The same weights on the CPU and on the GPU, by way of a file."""
    recipe = small(kind)
    state, batches = start(recipe, CPU), batches_of(recipe)
    step(state, next_batch(state, batches))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        export_model(publish(state.ema, 1, CPU, batches), file, {}, exact=True)
        pair = load_snapshot(file, CPU), load_snapshot(file, GPU)
    assert {value.device.type for value in pair[1].model.state_dict().values()} == {GPU.type}
    return pair


def pictures_as_on_the_cpu(kind: str) -> None:
    """A copy to the CPU for each batch of pixels, one of the codes, and no other look."""
    here, there = twins(kind)
    probe = Probe(
        *(1, pictures_of(here.recipe, 2), column_seeds(2, 3)),
        code_offsets=(0.5, -1.0),
        noise_offsets=(0.0, 1.5),
        noise_scale=0.8,
    )
    with watched() as seen:
        drawn = render(there, probe)
    look_at(seen)
    rows = 2 * -(-3 // CHUNK)
    assert len(seen.fetched) <= 2 * rows + 1, seen.fetched  # tiles, and codes that are pictures
    close(drawn, render(here, probe), 1)
    ways = [(render, replace(probe, raw_code=True)), (render, replace(probe, noise_offsets=()))]
    ways += [(render_clusters, probe)] * here.recipe.categorical
    for draw, other in ways:
        with watched() as seen:
            drawn = draw(there, other)
        look_at(seen)
        close(drawn, draw(here, other), 1)


def moves_to_the_cpu(kind: str) -> None:
    """Where the GPU has no room: all that draws is fetched, and nothing is done there any more."""
    here, there = twins(kind)
    moved = there.on_cpu()
    probe = Probe(1, pictures_of(here.recipe, 2), column_seeds(2, 3), code_offsets=(0.5,))
    with watched() as seen:
        drawn = render(moved, probe)
    assert not seen.operators, seen.operators
    close(drawn, render(here, probe), 1)


def points_as_on_the_cpu(kind: str) -> None:
    here, there = twins(kind)
    with watched() as seen:
        cloud = sample_cloud(there, 1, 3)
    look_at(seen)
    assert len(seen.fetched) <= 2, seen.fetched
    close(cloud, sample_cloud(here, 1, 3), 1e-4)


def answers_as_on_the_cpu(kind: str) -> None:
    here, there = twins(kind)
    for question in questions_to(here):
        with watched() as seen:
            answer = asked(there, question)
        look_at(seen)
        try:
            close(answer, asked(here, question), 1)
        except AssertionError as error:
            raise AssertionError(type(question).__name__) from error


def films_as_on_the_cpu(kind: str) -> None:
    here, there = twins(kind)
    story = Loop(Probe(1, pictures_of(here.recipe, 1), column_seeds(2, 2)))
    drawn = []
    for snapshot in (there, here):
        scene = Scene(story, snapshot, SHORT, PLAIN)
        drawn.append(list(frames(scene, shots_of(scene), lambda *_: None)))
    close(drawn[0], drawn[1], 1)


def the_library_as_on_the_cpu(kind: str) -> None:
    """Pictures to codes, and codes to pictures."""
    here, there = (LoadedModel(snapshot, {}, None) for snapshot in twins(kind))
    pictures = pictures_of(here.recipe, 2)
    codes = here.encode(pictures)
    close(there.encode(pictures), codes, 1e-4)
    close(there.decode(codes, 2), here.decode(codes, 2), 1)
    close(there.reconstruct(pictures, 2), here.reconstruct(pictures, 2), 1)


def close(found: object, known: object, most: float) -> None:
    """Whether all arrays in two answers are alike: pixels by so many of 255."""
    pairs = list(zip(numbers(found), numbers(known), strict=True))
    assert pairs
    for ours, theirs in pairs:
        tolerance = most if ours.dtype == np.uint8 else 1e-2
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=tolerance)


def is_measured(kind: str) -> None:
    _, there = twins(kind)
    with watched() as seen:
        found = evaluate(there, data_of(there.recipe))
    used.update(seen.operators)

    assert found["step"] == 1


def the_classifier_is_the_same_each_time() -> None:
    """Its dropout draws from a seed, and leaves the device's random numbers alone."""
    data, module = data_of(small("iae, labels")), torch.get_device_module(GPU)
    before, networks = module.get_rng_state(GPU), []
    for name in ("one", "another"):
        made = reference_classifier.ReferenceClassifier.of(name, data, GPU, 0.0)
        networks.append(on_cpu(made.network.state_dict()))
        assert torch.equal(module.get_rng_state(GPU), before)
        torch.rand(2, device=GPU)
        before = module.get_rng_state(GPU)
    assert same(*networks)
