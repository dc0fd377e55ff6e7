"""The doctor names what there is, how fast it is and what is broken; it never raises."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doctor import SOON, little_self_test, section
from tests.tiny import ROOT, kind_of, write_mnist
from trainer.cli import main
from trainer.recipe.saved import read_meta
from trainer.reporting.doctor import places, self_test, speeds
from trainer.reporting.doctor.names import shown
from trainer.reporting.doctor.records import Asked
from trainer.reporting.doctor.text import SECTIONS, doctor, lines
from trainer.storage.paths import logs_root, runs_root, shipped_models
from trainer.training.checkpoint import RunFolder


@pytest.fixture
def little(monkeypatch) -> None:
    """One kind of model, and one experiment for a moment."""
    little_self_test(monkeypatch)


# ---- what there is -------------------------------------------------------------------------------


def test_a_quick_look_has_every_section_in_lines_for_a_mail(
    capsys, own_folders: Path, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(own_folders))
    monkeypatch.setenv("USERPROFILE", str(own_folders))
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr()
    assert not said.err
    titles = [line for line in said.out.splitlines() if re.fullmatch(r"[A-Z][\w -]+", line)]
    assert titles == [title for title in SECTIONS if title != "Window"]
    assert said.out.isascii() and max(map(len, said.out.splitlines())) < 100
    for word in ("Python ", "torch ", "PySide6", "CPU cores", "GiB free", "of it free"):
        assert word in said.out
    assert str(own_folders) not in said.out and "~/xdg_data_home/iae-studio/runs" in said.out
    assert "left out" in said.out and "No self-test was made." in said.out


def test_a_line_hides_who_the_user_is_and_wraps_below_its_own_column(monkeypatch) -> None:
    monkeypatch.setenv("HOME", "/home/erna")
    monkeypatch.setenv("USERPROFILE", "/home/erna")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "erna")
    assert shown("  data  /home/erna/my data") == "  data  ~/my data"
    assert shown("  data  /media/erna/Stick") == "  data  /media/user/Stick"
    assert shown("  data  /home/ernabella/x") == "  data  /home/ernabella/x"
    first, second = shown(f"  data            {'words ' * 20}").splitlines()
    assert first.startswith("  data            words") and second.startswith(" " * 18 + "words")


def test_places_say_whether_they_can_be_written(own_folders: Path, monkeypatch) -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("a file in the way")
    monkeypatch.setenv("IAE_STUDIO_DATA", "file://elsewhere/data")
    found = section("Places")
    after = {line.split()[-1]: found[place + 1] for place, line in enumerate(found[:-1])}
    assert after[str(runs_root())].startswith("not writable")
    assert re.fullmatch(r"writable, [\d,.]+ GiB free, not made yet", after[str(logs_root())])
    assert any("another computer" in line for line in found)
    assert str(logs_root()) not in (str(p) for p in own_folders.rglob("*"))  # nothing was made


def test_runs_are_counted(own_folders: Path) -> None:
    assert "no runs" in section("Places")
    RunFolder.create(runs_root() / "a", kind_of("iae, points"))
    assert "1 run" in section("Places")
    RunFolder.create(runs_root() / "b", kind_of("iae, points"))
    (runs_root() / "b" / "recipe.json").write_text("{")
    (runs_root() / "no run").mkdir()
    assert "2 runs, of which 1 cannot be read" in section("Places")


def test_data_sets_are_found_where_they_lie(tmp_path: Path) -> None:
    write_mnist(tmp_path / "elsewhere")
    found = section("Data sets", replace(SOON, root_of=lambda name: tmp_path / "elsewhere"))
    told = {line.split()[0]: " ".join(line.split()[1:]) for line in found}
    assert told["mnist"].startswith(str(tmp_path / "elsewhere"))
    assert told["svhn"] == "not here; python -m trainer download svhn (235 MB)"
    assert "https://" in told["celeba"] and "drawn digits" in told["made"]


def test_a_shipped_model_that_is_damaged_is_named(capsys, tmp_path: Path, monkeypatch) -> None:
    whole = shipped_models()
    summed = [path for path in whole.values() if read_meta(path).checksum]
    (told,) = section("Models")
    assert (
        f"{len(whole)} of {len(whole)} can be read, {len(summed)} have checksums, which match"
        in told
    )
    bad, cut = tmp_path / "bad.safetensors", tmp_path / "cut.safetensors"
    shutil.copy(summed[0], bad)
    data = bytearray(bad.read_bytes())
    data[-2] ^= 255
    bad.write_bytes(data)
    cut.write_bytes(data[:-5])
    known = {"bad": bad, "cut": cut, "fiae-toy": whole["fiae-toy"]}
    monkeypatch.setattr(places, "shipped_models", lambda: known)
    found = section("Models")
    assert "1 of 3 can be read, " in found[0]
    assert "bad: it holds other weights" in found[1] and "cut: it is damaged" in found[2]
    assert main(["doctor", "--quick"]) == 1
    assert "FAILED: 2 of the checks above" in capsys.readouterr().out


# ---- speeds, and how it is told ------------------------------------------------------------------


def test_speeds_are_told_line_by_line_and_progress_apart(capsys, little) -> None:
    assert main(["doctor", "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert re.search(
        r"  cpu +mog-iae +[\d,.]+ steps/s in batches of 256, [\d,]+ points/s\n", said.out
    )
    assert "Speed of cpu: mog-iae..." in said.err and "Self-test of cpu: points..." in said.err
    assert "..." not in said.out and said.out.endswith("ok: all that was tested works.\n")


def test_a_rate_counts_what_was_done(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(speeds.time, "perf_counter", lambda: now[0])

    def work() -> int:
        now[0] += 0.5
        return 3

    assert speeds.rate(work, 2.0, lambda: False) == 6.0
    began = now[0]
    speeds.rate(work, 100.0, lambda: True)
    assert now[0] == began + 0.5  # nobody waits


def test_while_something_trains_speeds_are_left_out() -> None:
    (told,) = section("Speeds", Asked(trains=lambda: True, device="cpu"))
    assert "a training runs" in told


def test_it_ends_at_once_where_nobody_waits(monkeypatch) -> None:
    tried = []
    monkeypatch.setattr(self_test, "outcome", lambda kind, where: tried.append(kind))
    stop = []
    found = []
    for line in lines(Asked(cancelled=lambda: bool(stop))):
        found.append(line.text)
        if line.text == "Self-test":
            stop.append(True)
    assert not tried and "Speeds" not in found and "works" not in found[-1]


def test_without_torch_all_else_is_told(capsys, own_folders: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr().out
    assert "torch cannot be loaded" in said and "processor" in said
    assert str(runs_root()) in said and f"of {len(shipped_models())} can be read" in said
    assert main(["doctor"]) == 1
    assert "FAILED: " in capsys.readouterr().out


def test_a_section_that_breaks_is_a_line(monkeypatch) -> None:
    def broken(asked: Asked):
        yield from ()
        raise RuntimeError("what now\nand then")

    monkeypatch.setitem(SECTIONS, "Places", broken)
    said = doctor()
    assert "cannot be told: RuntimeError: what now\n" in said and "Data sets" in said


def test_it_is_installed_with_the_program() -> None:
    assert '"trainer.reporting.doctor"' in (ROOT / "pyproject.toml").read_text("utf-8")
