"""Help > This computer: the doctor's text, line by line, copied, saved, and in the report."""

from __future__ import annotations

import sys
import threading
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from iae_studio.diagnostics.report import write_report
from iae_studio.state.cancelling import CancelledError
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.threads import computer_job
from iae_studio.views.computer import ComputerDialog
from iae_studio.views.computer_colours import ComputerColours
from tests.studio import LONG, little_data, press, running, steps, wait_state
from trainer.recipe.catalogue import CATALOGUE
from trainer.reporting.doctor import self_test, speeds
from trainer.reporting.doctor.records import Asked
from trainer.reporting.doctor.text import SECTIONS

Key, Hold = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def little(monkeypatch) -> None:
    """One kind of model, and one experiment for a moment."""
    monkeypatch.setattr(self_test, "KINDS", {"points": self_test.KINDS["points"]})
    monkeypatch.setattr(speeds, "EXPERIMENTS", ("mog-iae",))
    for name in ("WARM", "STEPPED", "DRAWN"):
        monkeypatch.setattr(speeds, name, 0.01)


def opened(studio, qtbot) -> ComputerDialog:
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=LONG)
    qtbot.keyClick(studio.window, Key.Key_F1, Hold.ControlModifier | Hold.ShiftModifier)
    dialog = studio.window.findChild(ComputerDialog, "computerDialog")
    assert dialog.isVisible()
    return dialog


def text(dialog: QWidget) -> str:
    return dialog.findChild(QPlainTextEdit, "computerText").toPlainText()


def head(dialog: QWidget) -> str:
    return dialog.findChild(QLabel, "computerHead").text()


def over(dialog: QWidget) -> bool:
    return dialog.findChild(QPushButton, "computerAgain").isEnabled()


def click(dialog: QWidget, qtbot, name: str) -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_a_key_shows_this_computer_and_its_text_can_be_taken_along(
    qtbot, own_folders: Path, tmp_path: Path, little, monkeypatch
) -> None:
    on_threads = []
    whole = self_test.outcome
    monkeypatch.setattr(
        self_test,
        "outcome",
        lambda *asked: on_threads.append(threading.current_thread()) or whole(*asked),
    )
    there = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(there), ""))
    with running(own_folders, qtbot) as studio:
        dialog = opened(studio, qtbot)
        assert dialog.findChild(QProgressBar, "computerProgress").isVisible()
        qtbot.waitUntil(lambda: over(dialog), timeout=LONG)
        said = text(dialog)
        assert [line for line in said.splitlines() if line in SECTIONS] == list(SECTIONS)
        assert "platform offscreen" in said and "ok      points" in said and "steps/s" in said
        assert head(dialog) == "All that was tested works."
        assert not dialog.findChild(QProgressBar, "computerProgress").isVisible()
        assert threading.main_thread() not in on_threads and on_threads
        click(dialog, qtbot, "computerCopy")
        assert QGuiApplication.clipboard().text() == f"{said}\n"
        click(dialog, qtbot, "computerSave")
        qtbot.waitUntil(lambda: head(dialog) == f"Saved in {there}.txt.", timeout=LONG)
        assert there.with_suffix(".txt").read_text("utf-8") == f"{said}\n"
        report = write_report(tmp_path / "r.zip", [], studio.state.checkup.found)
        with zipfile.ZipFile(report) as archive:
            assert "ok      points" in archive.read("doctor.txt").decode()
        click(dialog, qtbot, "computerClose")
        assert opened(studio, qtbot) is dialog and text(dialog) == said  # it is still there
        before = len(on_threads)
        click(dialog, qtbot, "computerAgain")
        qtbot.waitUntil(lambda: over(dialog) and len(on_threads) > before, timeout=LONG)


def test_what_fails_is_told_in_the_head(qtbot, own_folders: Path, little, monkeypatch) -> None:
    def broken(kind: str, device: object) -> object:
        raise RuntimeError("the card is gone")

    monkeypatch.setattr(self_test, "outcome", broken)
    with running(own_folders, qtbot) as studio:
        dialog = opened(studio, qtbot)
        qtbot.waitUntil(lambda: over(dialog), timeout=LONG)
        assert head(dialog) == "A check failed; the red lines say why."
        assert "FAILED  points              the card is gone" in text(dialog)


def test_new_lines_are_followed_and_at_the_end_the_first_failure_is_in_sight(qtbot, dark) -> None:
    dialog = ComputerDialog()
    qtbot.addWidget(dialog)
    dialog.resize(500, 300)
    dialog.show()
    view = dialog.findChild(QPlainTextEdit, "computerText")
    dialog.begin()
    for number in range(120):
        dialog.add(f"  line {number} " + "long " * (number // 2), number in (40, 90))
        QGuiApplication.processEvents()
        bar = view.verticalScrollBar()
        assert bar.maximum() - bar.value() <= 1
    dialog.finish(True)
    assert "2 checks failed" in head(dialog)
    assert view.textCursor().block().text().startswith("  line 40 ")
    assert view.rect().contains(view.cursorRect())
    dialog.begin()
    dialog.add("  line", False)
    dialog.finish(True)
    assert view.textCursor().atEnd()


def test_on_a_small_screen_its_buttons_are_in_sight(qtbot, dark, monkeypatch) -> None:
    monkeypatch.setattr("iae_studio.views.computer.SIZE", QSize(5000, 5000))
    dialog = ComputerDialog()
    qtbot.addWidget(dialog)
    assert dialog.height() + 30 <= dialog.screen().availableSize().height(), "with its title bar"


def test_closing_it_ends_the_look(qtbot, own_folders: Path, monkeypatch) -> None:
    tried, go_on = [], threading.Event()

    def slow(kind: str, device: object) -> object:
        tried.append(kind)
        go_on.wait(10)
        raise RuntimeError("late")

    monkeypatch.setattr(self_test, "outcome", slow)
    with running(own_folders, qtbot) as studio:
        dialog = opened(studio, qtbot)
        qtbot.waitUntil(lambda: head(dialog) == "Self-test of cpu: IAE…", timeout=LONG)
        qtbot.waitUntil(lambda: tried == ["IAE"], timeout=LONG)
        qtbot.keyClick(dialog, Key.Key_Escape)
        monkeypatch.setattr(computer_job, "look", lambda asked, found: "anew\n")
        opened(studio, qtbot)  # waits for the first, which is given up
        go_on.set()
        qtbot.waitUntil(lambda: studio.state.checkup.found == "anew\n", timeout=LONG)
        assert tried == ["IAE"] and "late" not in text(dialog)


def test_while_something_trains_its_speed_is_left_alone(
    qtbot, own_folders: Path, little, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as studio:
        studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) > 1, timeout=LONG)
        dialog = opened(studio, qtbot)
        qtbot.waitUntil(lambda: over(dialog), timeout=LONG)
        assert studio.state.training.state is State.TRAINING
        assert "a training runs" in text(dialog) and "steps/s" not in text(dialog)
        assert "ok      points" in text(dialog)
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)


def test_without_torch_the_rest_is_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    found = []
    whole = computer_job.look(Asked(), lambda line, failed: found.append((line, failed)))
    told = "\n".join(line for line, _ in found)
    assert "torch cannot be loaded" in told and "Places" in told and "shipped" in told
    assert any(failed for _, failed in found) and "torch cannot be loaded" in whole


def test_a_look_that_is_given_up_finds_nothing() -> None:
    with pytest.raises(CancelledError):
        computer_job.look(Asked(cancelled=lambda: True), lambda *_: None)


def test_a_text_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "cannot be written" in computer_job.save(tmp_path / "file" / "a.txt", "text")


def test_titles_names_and_verdicts_have_their_colours(dark) -> None:
    document = QTextDocument()
    colours = ComputerColours(document)
    document.setPlainText("Self-test\n  cpu             ok      FIAE\n  FAILED          broken")
    colours.rehighlight()
    seen = []
    for place in range(3):
        block = document.findBlockByNumber(place)
        parts = [
            (f.start, f.length, f.format.foreground().color()) for f in block.layout().formats()
        ]
        seen.append({block.text()[at : at + n].strip(): hue.name() for at, n, hue in parts})
    names = {role: theme.colour(role).name() for role in ("muted", "reconstruction", "error")}
    assert seen[1] == {"cpu": names["muted"], "ok": names["reconstruction"]}
    assert seen[2]["FAILED"] == names["error"] and "Self-test" in seen[0]
