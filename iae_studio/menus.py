"""The menus of the window, and the keys of what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from iae_studio.dialogs import Dialogs
from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.views.queue_panel import QueuePanel
from trainer.storage.paths import guide

OPTIONS = "All its options, what each means, and whether a training will fit"
CLEAR = "Take every image away; the test images come back by R"


class HasMenus(Protocol):
    """What a window does itself."""

    state: StudioState
    dialogs: Dialogs

    def paste(self) -> None: ...
    def toggle_theme(self) -> None: ...
    def toggle_full(self) -> None: ...
    def zoom_text(self, steps: int) -> None: ...
    def show_log(self) -> None: ...
    def show_palette(self) -> None: ...


class Menus:
    """Fills the menu bar of a window."""

    def __init__(
        self,
        window: QMainWindow,
        does: HasMenus,
        panels: Iterable[QAction],
        views: Iterable[QAction] = (),
    ) -> None:
        """`panels` show and hide what is docked; `views` are the ways to look at a model."""
        self._window, self._does = window, does
        self._state, self._dialogs = does.state, does.dialogs
        self._file()
        self._export()
        self._train()
        self._noise()
        self._view(panels, views)
        self._help()

    def _file(self) -> None:
        dialogs, menu = self._dialogs, self._menu("&File")
        self._act(menu, "File", "&Open images…", "Ctrl+O", dialogs.open_images, "Files or a folder")
        self._act(menu, "File", "&Paste image", "Ctrl+V", self._does.paste, "An image or files")
        tests = self._state.inputs.want_tests
        self._act(menu, "File", "&Test images", "R", tests, "Random images of the test set")
        clear = self._state.inputs.clear
        self._act(menu, "File", "&Clear all images", "Ctrl+Backspace", clear, CLEAR)
        menu.addSeparator()
        own = dialogs.choose_own_images
        self._act(menu, "File", "O&wn images to train on…", "Ctrl+I", own, "A folder or a .zip")
        self._act(menu, "File", "Open &model…", "Ctrl+Shift+O", dialogs.open_model, "Or a run")
        menu.addSeparator()
        self._act(menu, "File", "&Quit", "Ctrl+Q", self._window.close, "What trains is saved first")

    def _export(self) -> None:
        """Its other entries are made by the controllers that do it."""
        menu = self._menu("E&xport")
        menu.setObjectName("exportMenu")
        tip = "What the middle shows; dropped on the window, the picture shows it again"
        self._act(menu, "Export", "Save s&heet…", "Ctrl+E", self._dialogs.save_sheet, tip)
        film, tip = self._state.requests.filmWanted.emit, "A loop, a walk, the training"
        self._act(menu, "Export", "&Film…", "Ctrl+Shift+V", film, tip)

    def _train(self) -> None:
        training, menu = self._state.training, self._menu("&Train")
        self._act(menu, "Training", "&Train, pause, go on", "T", self._train_or_pause)
        self._act(menu, "Training", "&New run", "Ctrl+T", lambda: training.start(anew=True))
        menu.addSeparator()
        self._act(menu, "Training", "&Step", ".", lambda: training.command("step"))
        self._act(menu, "Training", "St&op and keep", "Ctrl+.", lambda: training.command("stop"))
        self._act(
            menu, "Training", "S&ave a checkpoint", "Ctrl+S", lambda: training.command("save")
        )
        menu.addSeparator()
        queue = self._window.findChild(QueuePanel)
        menu.addActions(queue.menu() if queue is not None else [])
        menu.addSeparator()
        self._act(
            menu, "Training", "Options of this &experiment…", "Ctrl+,", self._options, OPTIONS
        )

    def _noise(self) -> None:
        query, menu = self._state.query, self._menu("&Noise")
        tip = "New noise in every column that is not locked"
        self._act(menu, "Noise", "&Resample", "Space", query.resample, tip)

    def _view(self, panels: Iterable[QAction], views: Iterable[QAction]) -> None:
        query, menu = self._state.query, self._menu("&View")
        menu.addActions(list(views))
        tip = "What the decoder makes of each translation"
        self._act(menu, "View", "&Way back", "B", query.toggle_way_back, tip)
        menu.addSeparator()
        for action in panels:
            self._window.addAction(action)  # its key is heard while the menu is hidden, too
            menu.addAction(action)
        menu.addSeparator()
        full = "The middle alone on the whole screen; Escape comes back"
        self._act(menu, "Window", "&Full screen", "F11", self._does.toggle_full, full)
        self._act(menu, "Window", "&Dark or light", "Ctrl+D", self._does.toggle_theme)
        zoom = self._does.zoom_text
        self._act(menu, "Window", "&Larger text", "Ctrl+=; Ctrl++", lambda: zoom(1))
        self._act(menu, "Window", "S&maller text", "Ctrl+-", lambda: zoom(-1))
        self._act(menu, "Window", "Text at &its own size", "Ctrl+0", lambda: zoom(0))

    def _help(self) -> None:
        dialogs, does, menu = self._dialogs, self._does, self._menu("&Help")
        find = "Anything that the window can do, by its name"
        self._act(menu, "Help", "&Find an action…", "Ctrl+K", does.show_palette, find)
        if guide() is not None:
            tip = "What can be done here, in fifteen minutes"
            self._act(menu, "Help", "&Guide", "Ctrl+H", dialogs.show_guide, tip)
        self._act(menu, "Help", "&Keys and gestures", "F1", dialogs.show_keys)
        self._act(menu, "Help", "The &paper", "Shift+F1", dialogs.open_paper, "In the browser")
        menu.addSeparator()
        self._act(menu, "Help", "Show the &log", "Ctrl+L", does.show_log)
        computer = "Versions, devices, folders, a self-test and speeds, for a bug report"
        look = self._state.checkup.wanted.emit
        self._act(menu, "Help", "This &computer…", "Ctrl+Shift+F1", look, computer)
        report = "Log, versions and the recipe in a .zip, without images or names"
        self._act(menu, "Help", "&Report…", "Ctrl+Shift+R", dialogs.save_report, report)
        menu.addSeparator()
        self._act(menu, "Help", "&About IAE Studio", "Ctrl+F1", dialogs.show_about)

    def _menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def _act(
        self,
        menu: QMenu,
        subject: str,
        text: str,
        keys: str,
        do: Callable[[], object],
        tip: str = "",
    ) -> None:
        menu.addAction(act(self._window, subject, text, keys, do, tip))

    def _options(self) -> None:
        self._state.requests.optionsWanted.emit(self._state.displayed.recipe, None)

    def _train_or_pause(self) -> None:
        if self._state.training.busy:
            self._state.training.toggle_pause()
        else:
            self._state.training.start()
