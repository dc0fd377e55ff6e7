"""Weights that are kept draw the same pixels later, whatever was shown, and are found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from iae_studio.state.model_files import SHIPPED, find_weights
from tests.tiny import CPU, kind_of, pictures_of, snapshot_of
from trainer.exploring.keeping import keep, keep_and_draw
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.keeping import KeepAndDraw, KeepWeights
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import render, render_clusters
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.messages import Probe
from trainer.recipe.fingerprint import fingerprint_of
from trainer.storage.paths import runs_root
from trainer.storage.snapshots import moments_in, snapshot_path


def probe_of(snapshot: Snapshot) -> Probe:
    return Probe(1, pictures_of(snapshot.recipe, 2), (3, 5), 0.7, (0.5,), False, (1.0, -1.0))


def a_run() -> Path:
    run = runs_root() / "some-run"
    run.mkdir(parents=True)
    return run


@pytest.mark.parametrize("kind", ["iae", "iae, no noise", "cycleiae, encoder noise", "fiae"])
def test_the_newest_weights_of_a_run_are_kept_to_the_bit(kind: str) -> None:
    snapshot, run = snapshot_of(kind_of(kind)), a_run()
    probe = probe_of(snapshot)
    drawn = keep_and_draw(snapshot, KeepAndDraw(probe), Circumstances(path=run))
    again = render(load_snapshot(drawn.kept.path, CPU), probe)
    assert np.array_equal(drawn.rendering.tiles, again.tiles)
    assert [moment.kept for moment in moments_in(run)] == [True]
    assert find_weights(drawn.kept.fingerprint) == drawn.kept.path


def test_categories_are_drawn_with_the_kept_weights() -> None:
    snapshot = snapshot_of(kind_of("iae, categories"))
    probe = probe_of(snapshot)
    drawn = keep_and_draw(snapshot, KeepAndDraw(probe, True), Circumstances(path=a_run()))
    again = render_clusters(load_snapshot(drawn.kept.path, CPU), probe)
    assert drawn.rendering is None and np.array_equal(drawn.clusters.tiles, again.tiles)


def test_other_weights_of_the_same_step_do_not_take_the_place_of_kept_ones() -> None:
    snapshot, run = snapshot_of(kind_of("iae")), a_run()
    moment = snapshot_path(run, snapshot.step)
    export_model(snapshot, moment, {})
    half = keep(load_snapshot(moment, CPU), KeepWeights(), Circumstances(path=run, moment=moment))
    whole = keep(snapshot, KeepWeights(), Circumstances(path=run))
    assert half.path != whole.path and half.fingerprint != whole.fingerprint
    assert keep(snapshot, KeepWeights(), Circumstances(path=run)) == whole, "once is enough"
    moment.unlink()  # thinned out while it is looked at
    thinned = Circumstances(path=run, moment=moment)
    kept = keep(load_snapshot(half.path, CPU), KeepWeights(), thinned)
    probe = probe_of(snapshot)
    tiles = [render(load_snapshot(each.path, CPU), probe).tiles for each in (half, kept)]
    assert np.array_equal(*tiles)
    assert not list(run.rglob("*.fresh"))


def test_untrained_weights_need_no_file_and_a_model_file_is_one() -> None:
    recipe = kind_of("iae")
    fresh = fresh_snapshot(recipe, CPU)
    assert keep(fresh, KeepWeights(), Circumstances()).path is None
    assert keep(fresh, KeepWeights(), Circumstances(path=a_run())).path is None
    path = SHIPPED["fiae-toy"]
    shipped = replace(fresh, step=4000)
    assert keep(shipped, KeepWeights(), Circumstances(path=path)).path == path


@pytest.mark.parametrize("name", ["drawn-10", "fiae-toy-plain"])
def test_a_model_is_found_by_its_weights_alone(tmp_path: Path, name: str) -> None:
    path = SHIPPED[name]
    assert fingerprint_of(path) == fingerprint_of(path)
    assert find_weights(fingerprint_of(path), tmp_path / "gone.safetensors") == path
    assert find_weights("0" * 64) is None
    assert find_weights("") is None
