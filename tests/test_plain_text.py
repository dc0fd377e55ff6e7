"""Nothing that comes from a file is rich text: no text of it reads a file, or looks otherwise."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QSettings
from PySide6.QtCore import Qt as Core
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QTextEdit,
    QWidget,
)

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.library import read_contents
from iae_studio.state.messages import Action, Message
from iae_studio.state.model_files import Run
from iae_studio.state.training import Loading, State
from iae_studio.views.large import LargeView
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.widgets.elided_label import WrappedLabel, breakable, in_lines
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.plain import plain
from iae_studio.window import Window
from tests.gpus import with_gpus
from tests.widgets import fresh_state
from trainer.messages import ModelFacts, Progress
from trainer.recipe.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent / "iae_studio"
MARKUP = [
    "<b>bold</b>",
    "<img src='/dev/zero'>",
    '<a href="file:///etc/passwd">click</a>',
    "<!doctype html><table><tr><td>x",
    "<?xml version='1.0'?><h1>x</h1>",
    "&lt;b>bold",
    "< b >apart</b>",
    "\n \t<IMG SRC=pipe>",
]


def texts(model: QAbstractItemModel, above: QModelIndex) -> Iterator[str]:
    """What the tool tips of all items of a list or tree say."""
    for row in range(model.rowCount(above)):
        for column in range(model.columnCount(above)):
            here = model.index(row, column, above)
            for role in ("ToolTipRole", "StatusTipRole", "WhatsThisRole"):
                yield str(model.data(here, Core.ItemDataRole[role]) or "")
            if column == 0:
                yield from texts(model, here)


def rich(window: QWidget) -> list[str]:
    """What of a window Qt would show as markup."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        tips = [widget.toolTip(), widget.statusTip(), widget.whatsThis()]
        if isinstance(widget, QAbstractItemView | QComboBox) and widget.model() is not None:
            tips += texts(widget.model(), QModelIndex())
        found += [tip for tip in tips if Qt.mightBeRichText(tip)]
        if isinstance(widget, QLabel) and widget.textFormat() != Core.TextFormat.PlainText:
            found.append(f"{widget.objectName()} {widget.text()!r} is no plain text")
        if isinstance(widget, QTextEdit):
            found.append(f"{widget} shows markup")
    for action in window.findChildren(QAction):
        found += [tip for tip in (action.toolTip(), action.statusTip()) if Qt.mightBeRichText(tip)]
    return found


def odd_recipe(text: str):
    recipe = CATALOGUE["drawn-10"]
    about = replace(recipe.about, title=text, story=text, figure=f"Fig. 5 {text}")
    data = replace(recipe.data, name="folder", images=f"/{text}")
    return replace(recipe, about=about, data=data)


@pytest.fixture
def window(qtbot, tmp_path: Path):
    state = fresh_state()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = Window(state, settings, lambda job, then=None, **_: None)
    qtbot.addWidget(made)
    made.complete()
    made.show()
    return made


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_of_a_file_is_markup(text: str, window: Window, qtbot, monkeypatch) -> None:
    state, recipe = window.state, odd_recipe(text)
    monkeypatch.setitem(CATALOGUE, "drawn-10", recipe)
    runs = [Run(Path(f"/{text}"), recipe, text, step) for step in (0, 5)]
    state.library.set_contents(replace(read_contents(Folders()), runs=tuple(runs)))
    state.displayed.select(DisplayedModel(recipe, Path(f"/{text}")))
    state.devices.offer(with_gpus(text))
    pictures = np.zeros((2, 28, 28, 1), np.uint8)
    window.findChild(ImageGrid).setSheet(pictures, None, ["n1"], [text, text])
    window.findChild(LossPlot, "lossPlot").setCurves([text])
    state.training.set_loading(Loading(1, 2))
    state.training.recipe = recipe
    state.training.set_state(State.TRAINING)
    progress = Progress(1, 2, (text,), np.zeros((1, 1), np.float32), 1.0, 1.0, text)
    state.training.progressed.emit(progress)
    state.answers.set_facts(ModelFacts(text, 5, (28, 28, 1), 10, False, 0), 0)
    state.messages.show_message(Message(text, True, (Action("a", text),)))
    state.downloads.begin(recipe.data.name)
    assert text in state.messages.current.text
    assert not rich(window)
    for dialog in (
        OwnImagesDialog(recipe, window.submit, window, (text,)),
        LargeView(text, [(text, "content", pictures[0])], window),
    ):
        qtbot.addWidget(dialog)
        if isinstance(dialog, OwnImagesDialog):
            dialog.images._say(text, wrong=True)
            dialog._tell(text)
        assert not rich(dialog)


def test_a_recipe_that_names_a_device_is_shown_as_text(window: Window, qtbot) -> None:
    """As markup it would be read for ever, and take all memory."""
    text = "<img src='/dev/zero'> and what follows"
    window.state.displayed.select(DisplayedModel(odd_recipe(text)))
    window.grab()
    words = [label.text() for label in window.findChildren(WrappedLabel)]
    assert text in words, "letter by letter"


@pytest.mark.parametrize("text", ["word " * 200_000, "w" * 1_000_000, "l\n" * 500_000])
def test_a_text_without_an_end_neither_stops_nor_widens_the_window(
    text: str, window: Window, qtbot
) -> None:
    """Laid out as a whole each would take Qt ten seconds and more."""
    before, began = window.size(), time.monotonic()
    window.state.displayed.select(DisplayedModel(odd_recipe(text[:4000])))  # a recipe has no more
    window.state.messages.show_message(Message(text))
    window.grab()
    assert time.monotonic() - began < 5
    assert window.size() == before
    assert all(len(label.text()) < 5000 for label in window.findChildren(QLabel))
    assert len(window.windowTitle()) < 100


@given(st.text(st.sampled_from("<>&lt;b /!?img=' \n"), max_size=12), st.sampled_from(MARKUP))
def test_what_qt_guesses_about_is_never_taken_for_markup(before: str, text: str) -> None:
    for made in (plain, breakable, in_lines):
        shown = made(before + text)
        assert not Qt.mightBeRichText(shown)
        assert not Qt.mightBeRichText(f"{made(before)}{made(text)}")
    assert plain(before + text).replace("\N{ZERO WIDTH SPACE}", "") == before + text


# ---- what is added later -------------------------------------------------------------------------

GUESSES = {  # where Qt guesses, and which argument is the text
    "setToolTip": -1, "setStatusTip": -1, "setWhatsThis": -1, "showText": 1,
    "QMessageBox.critical": 2, "QMessageBox.warning": 2, "QMessageBox.information": 2,
    "QMessageBox.question": 2, "QProgressDialog": 0, "setLabelText": 0,
}  # fmt: skip
SAFE = ("plain", "breakable", "in_lines")
RICH = ("QTextEdit", "QTextBrowser", "setHtml", "appendHtml", "insertHtml", "setMarkdown",
        "TextItem", "LabelItem", "addLegend", "setTitle", "setLabel", "QErrorMessage",
        "QInputDialog", "QWhatsThis")  # fmt: skip
# The only place where they may be made; and titles of files, which nobody draws.
MAKERS = (
    *("widgets/plain.py", "threads/figure_page.py"),
    "views/guide.py",  # shows a document of ours
)
LABELS = ("elided_label.py",)  # whose tool tips PlainLabel sees to


def is_safe(text: ast.expr) -> bool:
    """Whether an argument is our own words, or passes through `plain`."""
    if isinstance(text, ast.JoinedStr):
        return all(is_safe(part) for part in text.values)
    if isinstance(text, ast.FormattedValue):
        return is_safe(text.value)
    if isinstance(text, ast.IfExp):
        return is_safe(text.body) and is_safe(text.orelse)
    if isinstance(text, ast.Call):
        return getattr(text.func, "id", "") in SAFE
    return isinstance(text, ast.Constant)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield name if name.startswith("QMessageBox.") else name.rpartition(".")[2], node


@pytest.mark.parametrize("file", sorted(ROOT.rglob("*.py")), ids=lambda f: f.stem)
def test_text_goes_through_the_one_place(file: Path) -> None:
    """A label made elsewhere, or a tool tip of raw text, is named here."""
    if file.relative_to(ROOT).as_posix() in MAKERS:
        return
    for name, call in calls(ast.parse(file.read_text(encoding="utf-8"))):
        where = f"{file.name}:{call.lineno}"
        assert name not in ("QLabel", "QMessageBox", *RICH), f"{where} makes a {name}"
        text = call.args[GUESSES[name]] if name in GUESSES else ast.Constant("")
        if name == "setToolTip" and file.name in LABELS:
            continue
        assert is_safe(text), f"{where}: {ast.unparse(text)} must pass through `plain`"
