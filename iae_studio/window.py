"""The main window: views in docks, menus, shortcuts, drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QWidget

from iae_studio import appearance, clipboard
from iae_studio.dialogs import Dialogs
from iae_studio.dock_sizes import DockSizes
from iae_studio.dock_tabs import DockTabs
from iae_studio.explore import ExploreView
from iae_studio.menus import Menus
from iae_studio.panel_actions import PanelAction
from iae_studio.panels.spec import PANELS, LoadsSlowly, PanelSpec
from iae_studio.settings import keep_layout, kept_layout
from iae_studio.state.messages import SHOW_LOG, Action, short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.dock_title import DockTitle
from iae_studio.views.field_keys import FieldKeys
from iae_studio.views.full_screen import FullScreen
from iae_studio.views.losses import LossesView
from iae_studio.views.queue_panel import QueuePanel
from iae_studio.views.tab_order import next_focus
from iae_studio.views.training_bar import TrainingBar
from iae_studio.views.training_tool_bar import TrainingToolBar
from iae_studio.widgets.panel_scroll import PanelScroll
from trainer.data.image_kinds import suffixes
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from iae_studio.views.palette import Palette

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
SIZE = QSize(1280, 800)  # at first, where the screen has room
LAYOUT = 3  # raise it when docks change, and old window states are ignored


class Window(QMainWindow):
    """Puts the views together; what they want done goes through the state."""

    painted = Signal()  # for the first time, and all of it
    closing = Signal()

    def __init__(self, state: StudioState, settings: QSettings, submit: Submit) -> None:
        super().__init__()
        self.state, self.settings, self.submit = state, settings, submit
        self.setWindowTitle("IAE Studio")
        self.setAcceptDrops(True)
        appearance.restore(settings)
        self.installEventFilter(self)
        FieldKeys(self)
        self.explore = ExploreView(state)
        self.setCentralWidget(self.explore)
        bar = TrainingBar(state.displayed, state.training, state.devices)
        self._top = TrainingToolBar(bar)
        self.addToolBar(self._top)
        self.panels = sorted(PANELS, key=lambda panel: panel.order)
        self._views: dict[str, QWidget] = {}
        self._docks = {panel.name: self._dock(panel) for panel in self.panels}
        queue = self._views.get("queue")
        bar.offer(queue.menu() if isinstance(queue, QueuePanel) else ())
        self._tabs = DockTabs(self, self._groups())
        self._sizes = DockSizes(self, {each: self._docks[each.name] for each in self.panels})
        self.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
        self.setCorner(Qt.Corner.BottomRightCorner, AREAS["right"])
        self.dialogs = Dialogs(self, state, settings, submit)
        self._full = FullScreen(self, (self._top, *self._docks.values()))
        self._palette: Palette | None = None  # until it is first asked for
        by_key = sorted(self.panels, key=lambda panel: (not panel.key, panel.key))
        panels = [PanelAction(self._docks[panel.name], panel.key) for panel in by_key]
        Menus(self, self, panels, self.explore.view_actions())
        self._connect()
        self._restore()
        self.view("experiments").setFocus()

    def _connect(self) -> None:
        state = self.state
        state.requests.openWanted.connect(self.dialogs.open_images)
        state.requests.pasteWanted.connect(self.paste)
        self.closing.connect(self.dialogs.close)
        state.requests.ownImagesWanted.connect(self.dialogs.choose_own_images)
        state.messages.actionWanted.connect(self.dialogs.act_on_message)
        state.messages.actionWanted.connect(self._act_on_message)
        state.displayed.recipeChanged.connect(self._show_name)

    def view(self, panel: str) -> QWidget:
        """The view of the panel of that name."""
        return self._views[panel]

    def complete(self) -> None:
        """Make what loads slowly, once the window is painted."""
        for panel in self.panels:
            view = self.view(panel.name)
            if isinstance(view, LoadsSlowly):
                view.complete()
        self.submit(suffixes, then=self.dialogs.know_suffixes)

    def _dock(self, panel: PanelSpec) -> QDockWidget:
        dock = QDockWidget(panel.title, self)
        dock.setObjectName(f"dock {panel.title}")
        dock.setTitleBarWidget(DockTitle(dock))
        view = self._views[panel.name] = panel.build(self.state, self.submit)
        dock.setWidget(PanelScroll(view))
        self.addDockWidget(AREAS[panel.area], dock)
        return dock

    def _groups(self) -> list[list[QDockWidget]]:
        """Docks that lie behind each other at first, with the one in front."""
        groups = {panel.name: [self._docks[panel.name]] for panel in self.panels}
        for panel in self.panels:
            if panel.behind:
                groups[panel.behind] += groups.pop(panel.name)
        return [group for group in groups.values() if len(group) > 1]

    def _show_name(self, recipe: Recipe) -> None:
        self.setWindowTitle(f"{short(recipe.name)} – IAE Studio")

    def toggle_theme(self) -> None:
        """Dark to light and back; remembered."""
        appearance.turn(self.settings)

    def zoom_text(self, steps: int) -> None:
        """All text larger or smaller by so many sizes, 0: at its own size; remembered."""
        self._sizes.keep_up(lambda: appearance.change(self.settings, steps))

    def toggle_full(self) -> None:
        """The middle alone on the whole screen, or all as it was."""
        if not self._full.on:
            self.remember_layout()
        self._full.toggle()

    def show_palette(self) -> None:
        """Everything that can be done, by a few letters; once more closes it."""
        if self._palette is None:
            from iae_studio.views.palette import Palette
            from iae_studio.views.palette_entries import entries

            self._palette = Palette(lambda: entries(self, self.state.library), self)
        self._palette.toggle()

    def show_log(self, text: str = "") -> None:
        """The log in front, with this at its end."""
        view = self.view("training")
        assert isinstance(view, LossesView)
        self._docks["training"].show()
        self._docks["training"].raise_()
        view.show_log(text)

    def _act_on_message(self, action: Action) -> None:
        if action.asks_for(SHOW_LOG):
            self.show_log(action.about or "")

    # ---- files, drops, the clipboard ---------------------------------------------------------

    def paste(self) -> None:
        """An image, files or an address from the clipboard."""
        self._take(clipboard.read(QGuiApplication.clipboard().mimeData()), "the clipboard")

    def _take(self, found: clipboard.Found, where: str) -> None:
        self.state.drops.open_files(found.paths)
        if found.image is not None:
            self.state.drops.open_picture(found.image, found.name)
        if found.problem:
            self.state.messages.show_error(f"Nothing to open in {where}: {found.problem}")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage():
            event.acceptProposedAction()
            self.explore.invite(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.explore.invite(False)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.explore.invite(False)
        found = clipboard.read(event.mimeData())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.state.requests.without_noise |= {Path(name).name for name in found.paths}
        self._take(found, "the drop")

    # ---- the window itself -------------------------------------------------------------------

    def _restore(self) -> None:
        """As it was left; else the losses lie in front."""
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        geometry, state = kept_layout(self.settings)
        if geometry is not None:
            self.restoreGeometry(geometry)
        if state is None or not self.restoreState(state, LAYOUT):
            self._sizes.at_first()
            for front in {panel.behind for panel in self.panels if panel.behind}:
                self._tabs.bring_forward(self._docks[front])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first painting; told when all of it is done."""
        if event.type() == QEvent.Type.Paint:
            self.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return False

    def remember_layout(self) -> None:
        """Where the window stands, and its docks; of a full screen, as it was before."""
        if not self._full.on:
            keep_layout(self.settings, self.saveGeometry(), self.saveState(LAYOUT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody else wants: Escape leaves the full screen, Enter presses a button.

        Space, Qt's own key for that, draws new noise.
        """
        button = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self._full.leave()
        elif event.key() in ENTER and isinstance(button, QAbstractButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the bar, the left, the middle, the right, the bottom."""
        docks = list(self._docks.values())
        at_left = [dock for dock in docks if self.dockWidgetArea(dock) == AREAS["left"]]
        found = next_focus(self, (self._top, *at_left, self.explore, *docks), forward)
        if found is not None:
            reason = Qt.FocusReason
            found.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
        return found is not None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window; what trains is saved before the program ends."""
        self.remember_layout()
        self.hide()  # gone at once; saving may take a moment
        self.closing.emit()
        event.accept()
