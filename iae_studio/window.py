"""The main window: views in docks, menus, shortcuts, drops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QObject,
    QSettings,
    QStandardPaths,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QMenu,
    QMessageBox,
    QToolBar,
    QWidget,
)

from iae_studio import clipboard
from iae_studio.state.session import POINTS_TAKE_NO_IMAGES, Session
from iae_studio.style import theme
from iae_studio.views.about import ABOUT, SHORTCUTS
from iae_studio.views.controls import ControlsView
from iae_studio.views.drawing import DrawingView
from iae_studio.views.explore import ExploreView
from iae_studio.views.losses import LossesView
from iae_studio.views.recipes import RecipesView
from iae_studio.views.training_bar import TrainingBar
from trainer.data.image_files import suffixes

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
LAYOUT = 1  # raise it when docks change, and old window states are ignored


class Window(QMainWindow):
    """Puts the views together; what they want done goes through the session."""

    imageWanted = Signal(object, str)  # QImage of a drop or paste, its name
    modelWanted = Signal(object)
    painted = Signal()  # for the first time, and all of it
    closing = Signal()

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session, self.settings = session, settings
        self.setWindowTitle("IAE Studio")
        self.setAcceptDrops(True)
        self.installEventFilter(self)
        self.explore = ExploreView(session)
        self.recipes = RecipesView(session)
        self.drawing = DrawingView(session)
        self.controls = ControlsView(session)
        self.losses = LossesView(session)
        self.bar = TrainingBar(session)
        self.setCentralWidget(self.explore)
        top = QToolBar("Training")
        top.setObjectName("trainingToolBar")
        top.setMovable(False)
        top.toggleViewAction().setVisible(False)
        top.addWidget(self.bar)
        top.setContentsMargins(0, 0, 0, 0)
        top.layout().setContentsMargins(0, 0, 0, 0)
        self.addToolBar(top)
        self._docks = [
            self._dock("Experiments", self.recipes, LEFT),
            self._dock("Draw", self.drawing, LEFT),
            self._dock("Code and noise", self.controls, RIGHT),
            self._dock("Training", self.losses, BOTTOM),
        ]
        self.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        self.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        self._build_menus()
        for view in (self.explore, self.drawing):
            view.openWanted.connect(self.open_images)
        self.explore.pasteWanted.connect(self.paste)
        session.recipeChanged.connect(lambda r: self.setWindowTitle(f"{r.name} – IAE Studio"))
        self._restore()
        self.recipes.tree.setFocus()

    def _dock(self, title: str, view: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock {title}")
        dock.setWidget(view)
        self.addDockWidget(area, dock)
        return dock

    # ---- menus -------------------------------------------------------------------------------

    def _build_menus(self) -> None:
        session = self.session
        file = self.menuBar().addMenu("&File")
        self._act(file, "&Open images…", "Ctrl+O", self.open_images)
        self._act(file, "&Paste image", "Ctrl+V", self.paste)
        self._act(file, "&Test images", "R", self.explore.take_tests)
        file.addSeparator()
        self._act(file, "O&wn images to train on…", "Ctrl+I", self._own_images)
        self._act(file, "Open &model…", "Ctrl+Shift+O", self.open_model)
        self._act(file, "Save s&heet as PNG…", "Ctrl+E", self.save_sheet)
        file.addSeparator()
        self._act(file, "&Quit", "Ctrl+Q", self.close)
        train = self.menuBar().addMenu("&Train")
        self._act(train, "&Train, pause, go on", "T", self._train_or_pause)
        self._act(train, "&New run", "Ctrl+T", lambda: session.start_training(anew=True))
        self._act(train, "&Step", ".", lambda: session.command("step"))
        self._act(train, "St&op and keep", "Ctrl+.", lambda: session.command("stop"))
        self._act(train, "&Save a checkpoint", "Ctrl+S", lambda: session.command("save"))
        noise = self.menuBar().addMenu("&Noise")
        self._act(noise, "&Resample", "Space", session.resample)
        view = self.menuBar().addMenu("&View")
        for dock in self._docks:
            view.addAction(dock.toggleViewAction())
        view.addSeparator()
        self._act(view, "&Clusters, reconstructions", "C", session.toggle_clusters)
        self._act(view, "&Way back", "B", session.toggle_way_back)
        view.addSeparator()
        self._act(view, "&Dark or light", "Ctrl+D", self.toggle_theme)
        help_menu = self.menuBar().addMenu("&Help")
        self._act(help_menu, "&Shortcuts", "F1", self._show_shortcuts)
        self._act(help_menu, "The &paper", "", self._open_paper)
        self._act(help_menu, "&About IAE Studio", "", self._show_about)

    def _act(self, menu: QMenu, text: str, keys: str, do: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: do())
        menu.addAction(action)
        return action

    def _train_or_pause(self) -> None:
        if self.session.busy:
            self.session.toggle_pause()
        else:
            self.session.start_training()

    def _own_images(self) -> None:
        if self.session.recipe.two_dimensional:
            self.session.complain(POINTS_TAKE_NO_IMAGES)
        else:
            self.recipes.choose_own_images()

    def toggle_theme(self) -> None:
        """Dark to light and back; remembered."""
        dark = theme.current() is not theme.DARK
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, dark)
        self.settings.setValue("dark", dark)

    def _show_shortcuts(self) -> None:
        QMessageBox.information(self, "Shortcuts", SHORTCUTS)

    def _show_about(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle("About IAE Studio")
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setText(ABOUT)
        box.exec()

    def _open_paper(self) -> None:
        QDesktopServices.openUrl(QUrl("https://arxiv.org/abs/1805.09804"))

    # ---- files, drops, the clipboard ---------------------------------------------------------

    def open_images(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        folder = str(self.settings.value("folder", pictures))
        kinds = " ".join(f"*{suffix}" for suffix in sorted(suffixes()))
        names, _ = QFileDialog.getOpenFileNames(
            self, "Open images", folder, f"Images ({kinds});;All files (*)"
        )
        if names:
            self.settings.setValue("folder", str(Path(names[0]).parent))
            self.session.open_files([Path(name) for name in names])

    def open_model(self) -> None:
        """A model file; a run folder is opened by its state.safetensors."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a model", "", "Models (*.safetensors)")
        if name:
            path = Path(name)
            self.modelWanted.emit(path)

    def save_sheet(self) -> None:
        """The grid's images at their own size, one PNG."""
        name, _ = QFileDialog.getSaveFileName(self, "Save the sheet", "sheet.png", "PNG (*.png)")
        if name:
            self.session.save_sheet(Path(name))

    def paste(self) -> None:
        """An image, files or an address from the clipboard."""
        self._take(clipboard.read(QGuiApplication.clipboard().mimeData()), "the clipboard")

    def _take(self, found: clipboard.Found, where: str) -> None:
        models = [p for p in found.paths if p.suffix == ".safetensors" or clipboard.is_run(p)]
        if models:
            self.modelWanted.emit(models[0])
        self.session.open_files([p for p in found.paths if p not in models])
        if found.image is not None:
            self.imageWanted.emit(found.image, found.name)
        if found.problem:
            self.session.complain(f"Nothing to open in {where}: {found.problem}")

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
        self._take(clipboard.read(event.mimeData()), "the drop")

    # ---- the window itself -------------------------------------------------------------------

    def _restore(self) -> None:
        self.resize(1280, 800)
        geometry, state = self.settings.value("geometry"), self.settings.value("state")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if not (isinstance(state, QByteArray) and self.restoreState(state, LAYOUT)):
            self.resizeDocks(self._docks[:1], [280], Qt.Orientation.Horizontal)
            self.resizeDocks(self._docks[2:3], [288], Qt.Orientation.Horizontal)
            self.resizeDocks(self._docks[3:], [172], Qt.Orientation.Vertical)
            self.resizeDocks(self._docks[:2], [500, 190], Qt.Orientation.Vertical)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first painting; told when all of it is done."""
        if event.type() == QEvent.Type.Paint:
            self.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window; what trains is saved before the program ends."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("state", self.saveState(LAYOUT))
        self.hide()  # gone at once; saving may take a moment
        self.closing.emit()
        event.accept()
