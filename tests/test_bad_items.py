"""One bad item costs itself: the others are done, and it is named."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from iae_studio.state.input_list import Input, spec_of
from iae_studio.threads import jobs
from tests.tiny import ROOT, digits
from trainer.cli import main
from trainer.recipe.catalogue import CATALOGUE

MODEL = ["reconstruct", "drawn-10"]
BAD = ("cut short", "empty", "text", "gone", "a pipe")


def spoil(path: Path, how: str) -> None:
    """Make an image file one that cannot be read."""
    content = path.read_bytes()
    path.unlink()
    if how == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("no picture")
    elif how == "a pipe":
        os.mkfifo(path)


def pictures(folder: Path, count: int) -> list[Path]:
    files = []
    for index, picture in enumerate(digits(count)):
        files.append(folder / f"d{index}.png")
        Image.fromarray(picture[..., 0]).save(files[-1])
    return files


def rows_of(page: Path) -> int:
    height = np.asarray(Image.open(page)).shape[0]
    return (height + 2) // 30


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes")
@pytest.mark.parametrize("how", BAD)
def test_a_bad_image_costs_its_own_sheet_only(
    how: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = pictures(tmp_path, 6)
    spoil(files[2], how)
    named = [str(file) for file in files]
    assert main([*MODEL, *named, "--draws", "1", "--out", str(tmp_path / "sheets")]) == 1
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 1 and "d2.png" in told[0]
    made = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert made == [f"d{index}.png" for index in (0, 1, 3, 4, 5)]
    assert main([*MODEL, *named, "--draws", "1", "--out", str(tmp_path / "one.png")]) == 1
    assert rows_of(tmp_path / "one.png") == 5
    assert "d2.png" in capfd.readouterr().err


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["good", "cut short", "empty", "text", "gone"]), max_size=9))
def test_of_n_images_with_k_bad_ones_n_minus_k_rows_come_and_k_names(kinds: list[str]) -> None:
    kinds = ["good", *kinds]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = pictures(folder, len(kinds))
        for file, kind in zip(files, kinds, strict=True):
            if kind != "good":
                spoil(file, kind)
        bad = [file.name for file, kind in zip(files, kinds, strict=True) if kind != "good"]
        random.Random(len(kinds)).shuffle(files)
        told = _told([*map(str, files), "--draws", "1", "--out", str(folder / "page.png")])
        assert told[0] == (1 if bad else 0)
        assert rows_of(folder / "page.png") == len(kinds) - len(bad)
        assert len(told[1]) == len(bad)
        assert all(any(f'"{file}"' in line for line in told[1]) for file in bad)


def _told(words: list[str]) -> tuple[int, list[str]]:
    import contextlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = main([*MODEL, *words])
    return code, said.getvalue().splitlines()


def test_a_sheet_that_cannot_be_written_costs_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = pictures(tmp_path, 4)
    (tmp_path / "out" / "d1.png" / "inside").mkdir(parents=True)
    named = [str(file) for file in files]
    assert main([*MODEL, *named, "--draws", "1", "--out", str(tmp_path / "out")]) == 1
    assert len([p for p in (tmp_path / "out").iterdir() if p.is_file()]) == 3
    assert "d1.png cannot be written" in capfd.readouterr().err


def test_where_nothing_can_be_read_nothing_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = pictures(tmp_path, 3)
    for file in files:
        spoil(file, "cut short")
    named = [str(file) for file in files]
    assert main([*MODEL, *named, "--out", str(tmp_path / "page.png")]) == 2
    assert len(capfd.readouterr().err.splitlines()) == 3
    assert not (tmp_path / "page.png").exists()


# ---- names that the console has no letters for ---------------------------------------------------

NAMES = ("Größe.png", "写真.png", "d\udcff.png", "new\nline.png", "café \N{ROCKET}.png")


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
@pytest.mark.parametrize("console", ["ascii", "latin-1", "utf-8", "cp1252", "LC_ALL=C"])
def test_a_name_that_cannot_be_printed_stops_nothing(console: str, tmp_path: Path) -> None:
    names = [*NAMES, "plain.png"]
    for name, picture in zip(names, digits(len(names)), strict=True):
        with (tmp_path / name).open("wb") as file:
            Image.fromarray(picture[..., 0]).save(file, "PNG")
    (tmp_path / "übel.png").write_bytes(b"")
    place = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"}
    if console.startswith("LC_ALL"):
        place |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    else:
        place["PYTHONIOENCODING"] = console
    words = [*MODEL, str(tmp_path), "--draws", "1", "--out", str(tmp_path / "sheets")]
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *words], cwd=ROOT, env=place, capture_output=True
    )
    assert b"Traceback" not in done.stderr
    assert {path.name for path in (tmp_path / "sheets").iterdir()} == set(names)
    assert done.returncode == 1 and b"bel.png" in done.stderr
    assert done.stdout.count(b".png") == len(names) and b"plain.png" in done.stdout


# ---- other batches -------------------------------------------------------------------------------


def test_a_trial_whose_files_fail_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from trainer.reporting.reproduce import work

    tried: list[str] = []

    def carry_out(trial: object, seed: int, place: object) -> bool:
        tried.append(trial.name)  # type: ignore[attr-defined]
        if trial.name == "mog-iae":  # type: ignore[attr-defined]
            raise OSError(errno.EIO, os.strerror(errno.EIO), "/disk/state.safetensors")
        return True

    monkeypatch.setattr(work, "carry_out", carry_out)
    out = ["--out", str(tmp_path / "docs"), "--runs", str(tmp_path / "runs"), "--seeds", "0"]
    assert main(["reproduce", "mog-iae", "mog-gan", *out]) == 1
    assert tried == ["mog-iae", "mog-gan"] or tried == ["mog-gan", "mog-iae"]
    assert "/disk/state.safetensors" in capfd.readouterr().err


def test_an_image_that_cannot_be_decoded_any_more_does_not_cost_the_others() -> None:
    small, large = (spec_of(CATALOGUE[name]) for name in ("drawn-10", "svhn-75-small"))
    assert small is not None and large is not None
    seen = digits(3)
    inputs = [Input(f"{k}", seen[k], small, np.repeat(seen[k], 3, 2)) for k in range(2)]
    inputs.insert(1, Input("lost", seen[2], small, b"these were a photo"))
    pairs = jobs.see_anew(inputs, large)
    assert [old for old, _ in pairs] == inputs
    assert all(new.seen.shape == (32, 32, 3) and new.spec == large for _, new in pairs)
