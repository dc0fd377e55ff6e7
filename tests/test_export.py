"""Tables, events and models for other programs, read back by these programs' own readers."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.test_map import few, painter  # noqa: F401
from tests.tiny import CPU, kind_of, pictures_of, snapshot_of
from trainer.exploring.exports import save_model, table_of_codes
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.exports import SaveModel, Table, TableOfCodes
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render
from trainer.messages import LOSSES, Probe, Progress, UserError, column_seeds
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.saved import read_meta
from trainer.reporting.events import MOST, write_events
from trainer.reporting.tables import csv_bytes, measures_csv, npz_bytes, table_path
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import start


def read(data: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What a table is about, and its rows."""
    lines = data.decode().splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    return about, list(csv.DictReader(io.StringIO("\n".join(lines[len(about) :]))))


# ---- codes ---------------------------------------------------------------------------------------


def asked(snapshot, count: int = 2, most: int = 10) -> TableOfCodes:
    pictures = pictures_of(snapshot.recipe, count)
    names = tuple(f"mine {k}" for k in range(count))
    return TableOfCodes(Probe(1, pictures, column_seeds(0, 4)), names, most)


def test_a_table_holds_the_codes_that_are_known(few) -> None:  # noqa: F811
    """The model's code is its first pixels, and it paints those alone."""
    snapshot, seen = painter(), []
    question = asked(snapshot)
    found = table_of_codes(
        snapshot, question, Circumstances(progress=lambda *moved: seen.append(moved))
    )
    assert len(found.arrays["name"]) == 12 and list(found.arrays["input"][:3]) == [1, 1, 0]
    assert list(found.arrays["label"][:2]) == [-1, -1] and found.arrays["label"][2:].min() >= 0
    wanted = question.probe.images[:, 0, :4, 0] / np.float32(255)
    assert np.array_equal(found.arrays["code"][:2], wanted)
    drawn = render(snapshot, question.probe).tiles / 255
    error = ((drawn - question.probe.images[:, None] / 255) ** 2).mean((1, 2, 3, 4))
    assert found.arrays["error"][:2] == pytest.approx(error, abs=1e-4)
    assert seen[0] == (0, 12)

    about, rows = read(csv_bytes(found.about, found.columns()))
    assert about["recipe"] == "drawn-10" and about["step"] == "7"
    assert json.loads(about["options"])["about"]["name"] == "drawn-10"
    assert (
        rows[0]["name"] == "mine 0"
        and np.float32(rows[5]["code 2"]) == (found.arrays["code"][5, 2])
    )
    arrays = np.load(io.BytesIO(npz_bytes(found.about, found.arrays)))
    assert np.array_equal(arrays["code"], found.arrays["code"])
    assert json.loads(str(arrays["about"])) == dict(found.about)


KINDS = {
    "iae": "code",
    "iae, no noise": "code",
    "iae, categories": "cluster",
    "cycleiae, decoder noise": "feature",
    "cycleiae, encoder noise": "feature",
    "fiae": "code",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_has_a_table(few, kind: str) -> None:  # noqa: F811
    snapshot = snapshot_of(kind_of(kind), 2)
    found = table_of_codes(snapshot, asked(snapshot), Circumstances())
    assert KINDS[kind] in found.arrays
    shares = found.arrays["noise share"]
    noisy = bool(snapshot.model.noise.size or snapshot.model.eps.size)
    assert shares.min() >= 0 and shares.max() <= 1 and (shares.max() > 0) == noisy
    assert np.isfinite(found.arrays["error"]).all()


def test_codes_are_those_of_the_first_column(few) -> None:  # noqa: F811
    snapshot = snapshot_of(kind_of("iae, encoder noise"), 2)
    question = asked(snapshot)
    found = table_of_codes(snapshot, question, Circumstances())
    shown = render(snapshot, question.probe).codes
    assert np.allclose(found.arrays["code"][:2], shown, atol=1e-5)


def test_points_and_no_images_have_no_table() -> None:
    points = snapshot_of(kind_of("iae, points"), 1)
    nothing = TableOfCodes(Probe(1, np.zeros((0, 28, 28, 1), np.uint8), (0,)), ())
    with pytest.raises(UserError, match="no encoder"):
        table_of_codes(points, nothing, Circumstances())


# ---- tables --------------------------------------------------------------------------------------


def test_what_a_spreadsheet_would_compute_is_text() -> None:
    names = np.array(["=1+1", "a, b", "@x"])
    _, rows = read(csv_bytes({"recipe": "x\ny"}, {"name": names, "n": np.array([1, 2, 3])}))
    assert [row["name"] for row in rows] == ["'=1+1", "a, b", "'@x"]


def test_measures_are_rows() -> None:
    metrics = {"step": 5, "error": 0.25, "purity": None, "by class": {"a": 1.5}}
    about, rows = read(measures_csv({"recipe": "drawn-10"}, metrics))
    assert about == {"recipe": "drawn-10"}
    assert {row["measure"]: row["value"] for row in rows} == {
        **{"step": "5", "error": "0.25", "purity": "", "by class.a": "1.5"}
    }


def test_the_ending_of_a_table() -> None:
    assert table_path(Path("a")) == Path("a.csv") and table_path(Path("v0.5")).name == "v0.5.csv"
    assert table_path(Path("a.NPZ")) == Path("a.NPZ")
    with pytest.raises(UserError, match=r"\.csv, \.npz"):
        table_path(Path("a.xls"))
    assert Table({}, {"code": np.zeros((2, 3))}).columns().keys() == {"code 0", "code 1", "code 2"}


# ---- events --------------------------------------------------------------------------------------


def a_run(path: Path, losses: np.ndarray) -> Path:
    """A run of so many steps with these losses."""
    recipe = kind_of("iae")
    run, state = RunFolder.create(path, recipe), start(recipe, CPU)
    state.step = len(losses)
    run.record(Progress(len(losses), 20, LOSSES, losses, 1.0, 0.0))
    run.save(state)
    return path


def test_tensorboard_reads_the_losses_and_their_steps(tmp_path: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    losses = np.random.default_rng(1).random((12, len(LOSSES)), np.float32)
    losses[3, 0] = losses[:, 5] = np.nan
    folder = write_events(a_run(tmp_path / "my-run", losses), tmp_path / "logs")
    assert folder == tmp_path / "logs" / "my-run"
    found = events.EventAccumulator(str(folder)).Reload()
    tags = found.Tags()["scalars"]
    assert f"losses/{LOSSES[0]}" in tags and f"losses/{LOSSES[5]}" not in tags
    first = found.Scalars(f"losses/{LOSSES[0]}")
    assert [event.step for event in first] == [1, 2, 3, *range(5, 13)]
    assert [np.float32(event.value) for event in first] == [*losses[:3, 0], *losses[4:, 0]]


def test_a_long_run_is_thinned_and_ends_with_its_last_step(tmp_path: Path, monkeypatch) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert MOST >= 10_000
    monkeypatch.setattr("trainer.reporting.events.MOST", 4)
    losses = np.ones((11, len(LOSSES)), np.float32)
    folder = write_events(a_run(tmp_path / "run", losses), tmp_path / "logs")
    found = events.EventAccumulator(str(folder)).Reload().Scalars(f"losses/{LOSSES[0]}")
    assert [event.step for event in found] == [1, 4, 8, 11]


def test_without_the_library_the_message_says_how_to_get_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer", None)
    with pytest.raises(UserError, match=r'pip install "iae-studio\[tensorboard\]"'):
        write_events(a_run(tmp_path / "run", np.ones((2, len(LOSSES)), np.float32)), tmp_path)


# ---- models --------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [True, False])
def test_a_saved_model_draws_the_same(tmp_path: Path, exact: bool) -> None:
    snapshot = snapshot_of(kind_of("iae"))
    probe = Probe(1, pictures_of(snapshot.recipe, 2), (3, 5), 0.7, (0.5,))
    file = save_model(snapshot, SaveModel(tmp_path / "mine", exact), Circumstances())
    assert file == tmp_path / "mine.safetensors"
    again = render(load_snapshot(file, CPU), probe).tiles
    before = render(snapshot, probe).tiles
    assert np.abs(again.astype(int) - before).max() <= (0 if exact else 2)
    assert np.array_equal(again, before) or not exact
    assert read_meta(file).step == 5 and fingerprint_of(file) == read_meta(file).checksum


def test_a_model_is_written_neither_over_itself_nor_into_a_run(tmp_path: Path) -> None:
    snapshot = snapshot_of(kind_of("iae"), 1)
    file = save_model(snapshot, SaveModel(tmp_path / "a.safetensors"), Circumstances())
    with pytest.raises(UserError, match="another name"):
        save_model(snapshot, SaveModel(file), Circumstances(path=file))
    with pytest.raises(UserError, match="there already"):
        save_model(snapshot, SaveModel(tmp_path / "a"), Circumstances())
    run = a_run(tmp_path / "run", np.ones((1, len(LOSSES)), np.float32))
    with pytest.raises(UserError, match="run folder"):
        save_model(snapshot, SaveModel(run / "b.safetensors"), Circumstances())
