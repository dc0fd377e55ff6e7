"""The real window, driven by object names and keys; it waits for answers, and never sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.views.actions import actions_of, words
from trainer.recipe.recipe import Recipe

PATIENCE = 120.0  # s
TICK, QUIET = 10, 8  # ms between two looks, and looks in a row at which nothing was on its way
W = TypeVar("W", bound=QWidget)


class MissingError(Exception):
    """A widget that this window does not have."""


class Stage(QObject):
    """A started window, and hands for it."""

    def __init__(self, folder: Path, recipe: str, size: tuple[int, int], text: int = 100) -> None:
        super().__init__()
        self.folder = folder  # for what a scene writes; it is empty, and gone afterwards
        self.page: QImage | None = None  # what a scene made, in place of the window
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        settings.clear()
        settings.setValue("recipe", recipe)
        settings.setValue("text", text)
        self.studio = Studio(settings)
        self.state, self.window = self.studio.state, self.studio.window
        self._waited: dict[str, object] = {}  # questions by their kinds
        self.state.asking.wanted.connect(self._asked)
        self.state.asking.cancelled.connect(lambda kind: self._waited.pop(kind, None))
        for thread in self.studio.explorers.threads:
            thread.answered.connect(self._answered)
            thread.lacked.connect(self._lacked)
        self.window.resize(*size)
        self.studio.start()
        self.window.activateWindow()
        self.wait(lambda: self.state.training.state is not State.STARTING)
        self.settle()

    def close(self) -> None:
        """End the program, its threads too."""
        self.window.close()
        for thread in (self.studio.training, self.studio.session.worker, *self.studio.threads()):
            thread.wait()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # ---- waiting -----------------------------------------------------------------------------

    def _asked(self, asked: object) -> None:
        self._waited[asked.kind] = asked  # type: ignore[attr-defined]

    def _answered(self, asked: object, answer: object) -> None:
        self._lacked(asked)

    def _lacked(self, asked: object) -> None:
        kind = asked.kind  # type: ignore[attr-defined]
        if self._waited.get(kind) is asked:
            del self._waited[kind]

    def wait(self, done: Callable[[], bool], looks: int = 1) -> None:
        """Let the window work until something is so, so many looks in a row."""
        loop, end, so = QEventLoop(), time.perf_counter() + PATIENCE, 0

        def look() -> None:
            nonlocal so
            so = so + 1 if done() else 0
            if so >= looks or time.perf_counter() > end:
                loop.quit()

        timer = QTimer(interval=TICK)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        if not done():
            raise TimeoutError("The window did not answer in time.")

    def settle(self) -> None:
        """Until every answer is there that the window asked for."""
        self.wait(self._settled, QUIET)

    def _settled(self) -> bool:
        answers, query, recipe = self.state.answers, self.state.query, self.state.displayed.recipe
        if self._waited or self.state.inputs.awaits_tests:
            return False
        if recipe.two_dimensional:
            return answers.facts is not None
        shown = answers.clusters if query.shows_clusters else answers.rendering
        if not self.state.inputs.images and not query.shows_clusters:
            return answers.facts is not None
        return shown is not None and shown.stamp >= answers.probe().stamp

    # ---- hands -------------------------------------------------------------------------------

    def need(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """The widget of that name. Raises MissingError where none is to be seen."""
        found = self.window.findChild(kind, name)
        if found is None or not found.isVisible():
            raise MissingError(name)
        return found

    def wait_for(self, name: str) -> None:
        """Until a widget is to be seen."""

        def seen() -> bool:
            found = self.window.findChild(QWidget, name)
            return found is not None and found.isVisible()

        self.wait(seen)

    def keys(self, *keys: str) -> None:
        """Press keys one after another, wherever the keyboard is."""
        for key in keys:
            QTest.keySequence(QApplication.focusWidget() or self.window, QKeySequence(key))
            self.settle()

    def type(self, text: str) -> None:
        """Type into what has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget(), text)
        self.settle()

    def focus(self, name: str) -> QWidget:
        """Give the keyboard to a widget."""
        found = self.need(name)
        found.setFocus()
        return found

    def click(self, name: str, place: tuple[float, float] = (0.5, 0.5)) -> None:
        """Click a widget, at a share of its width and height."""
        found = self.need(name)
        viewport = getattr(found, "viewport", lambda: found)()
        at = QPoint(int(place[0] * viewport.width()), int(place[1] * viewport.height()))
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        self.settle()

    def drag(self, name: str, *places: tuple[float, float]) -> None:
        """Draw with the left button from place to place, as shares of a widget's sides."""
        found = self.need(name)
        points = [QPoint(int(x * found.width()), int(y * found.height())) for x, y in places]
        QTest.mousePress(found, Qt.MouseButton.LeftButton, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(found, point)
        QTest.mouseRelease(found, Qt.MouseButton.LeftButton, pos=points[-1])
        self.settle()

    def do(self, text: str) -> None:
        """Run the action of that name, as the palette would. Raises MissingError."""
        found = [each for each in actions_of(self.window) if words(each) == text]
        if not found or not found[0].isEnabled():
            raise MissingError(text)
        found[0].trigger()
        self.settle()

    def fill(self, name: str, text: str) -> None:
        """Type something into a field, in place of what stands there; it keeps the keyboard."""
        field = self.need(name, QLineEdit)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        self.settle()

    def drop(self, path: Path) -> None:
        """Let a file fall onto the window."""
        mime, left = QMimeData(), Qt.MouseButton.LeftButton
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        none, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
        self.window.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, none))
        self.settle()

    def start(self, recipe: Recipe) -> None:
        """Begin to train a recipe."""
        self.state.displayed.select(DisplayedModel(recipe))
        self.keys("T")

    def train(self, recipe: Recipe) -> None:
        """Train a recipe from its beginning to its end."""
        self.start(recipe)
        self.wait_for_end()

    def wait_for_end(self) -> None:
        """Until what trains is done."""
        self.wait(lambda: self.state.training.state is State.FINISHED)
        self.settle()

    def step(self) -> int:
        """The step of what trains; 0 where it has done none."""
        progress = self.state.queue.progress
        return 0 if progress is None else progress.step
