"""The window's dialogs: what to open, where to save, what this is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from iae_studio.settings import text
from iae_studio.state.drops import POINTS_TAKE_NO_IMAGES
from iae_studio.state.messages import (
    CHOOSE_IMAGES,
    DISCARD,
    OPEN_RUN,
    REPORT,
    SAVE_ELSEWHERE,
    TRAIN_ON,
    Action,
)
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.actions import actions_of
from iae_studio.widgets.plain import message_box
from trainer.storage.paths import guide

if TYPE_CHECKING:  # dialogs are imported when they are first asked for
    from iae_studio.views.own_images import OwnImagesDialog

# Offered in dialogs until Pillow's plugins, which load slowly, have named all they can open.
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})


class Dialogs:
    """Ask the user, and hand the answer to the state."""

    def __init__(
        self, window: QWidget, state: StudioState, settings: QSettings, submit: Submit
    ) -> None:
        self._window, self._state, self._settings = window, state, settings
        self._submit = submit
        self._suffixes = SUFFIXES
        self._own_images: OwnImagesDialog | None = None  # while it asks

    def choose_own_images(self, *places: str) -> bool:
        """Ask for a folder; then the recipe stands ready to train on it. False if none was chosen.

        `places` stand there already: a folder or .zip, or one for each domain.
        """
        recipe = self._state.displayed.recipe
        if recipe.two_dimensional:
            self._state.messages.show_error(POINTS_TAKE_NO_IMAGES)
            return True
        from iae_studio.views.own_images import OwnImagesDialog

        self._own_images = dialog = OwnImagesDialog(
            recipe, self._submit, self._window, places, self._state.fitting
        )
        dialog.exec()
        self._own_images = None
        dialog.deleteLater()
        if dialog.recipe is not None:
            self._state.displayed.use_own_images(dialog.recipe, self._state.training.busy)
        return dialog.recipe is not None

    def close(self) -> None:
        """The window closes: nobody answers any more."""
        if self._own_images is not None:
            self._own_images.reject()
        for name in ("keysDialog", "guideDialog"):
            for beside in self._window.findChildren(QDialog, name):
                beside.close()

    def act_on_message(self, action: Action) -> None:
        """What a button of a message asks for."""
        training = self._state.training
        if action.asks_for(DISCARD):
            training.command("discard")
        elif action.asks_for(SAVE_ELSEWHERE):
            chosen = QFileDialog.getExistingDirectory(self._window, "A folder to save the run in")
            if chosen:
                training.save_in(Path(chosen))
            else:
                self._state.messages.ask_again()
        elif action.asks_for(REPORT):
            self.save_report()
        elif action.asks_for(OPEN_RUN):
            self._state.drops.open_files([action.about])
        elif action.asks_for(TRAIN_ON) or action.asks_for(CHOOSE_IMAGES):
            if self._state.displayed.recipe.two_dimensional:
                self._state.messages.ask_again()  # of a model of images it can be answered
            if not self.choose_own_images(*(action.about or ())):
                self._state.messages.ask_again()

    def open_images(self) -> None:
        """Image files to look at."""
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        folder = text(self._settings, "folder", pictures)
        kinds = " ".join(f"*{suffix}" for suffix in sorted(self._suffixes))
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            "Open images",
            folder,
            f"Images ({kinds});;Archives (*.zip);;All files (*)",
        )
        if names:
            self._settings.setValue("folder", str(Path(names[0]).parent))
            self._state.drops.open_files([Path(name) for name in names])

    def know_suffixes(self, known: frozenset[str]) -> None:
        """All kinds of images that can be opened."""
        self._suffixes = known

    def open_model(self) -> None:
        """A model file; a run folder is opened by its state.safetensors."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a model", "", "Models (*.safetensors)"
        )
        if name:
            self._state.drops.open_files([Path(name)])

    def save_sheet(self) -> None:
        """What the middle shows, its images at their own size or several times as large."""
        from iae_studio.views.export_dialogs import SaveDialogs

        wanted = SaveDialogs(self._window, self._settings).picture("Save the sheet", "sheet.png")
        if wanted is not None:
            self._state.answers.save_sheet(*wanted)

    def save_report(self) -> None:
        """What a bug report needs, in one file."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save a report", "iae-studio-report.zip", "Archives (*.zip)"
        )
        if name:
            from iae_studio.diagnostics.report import write_report

            training = self._state.training.recipe
            recipes = [self._state.displayed.recipe, *([training] if training else [])]
            told = self._state.messages.show_saved
            found = self._state.checkup.found
            self._submit(partial(write_report, Path(name), recipes, found), then=told)

    def show_keys(self) -> None:
        """What each key and gesture does; the window goes on beside it."""
        from iae_studio.views.keys import KeysDialog

        shown = self._window.findChild(KeysDialog)
        keys = shown or KeysDialog(actions_of(self._window), self._window)
        keys.show()
        keys.activateWindow()

    def show_guide(self) -> None:
        """What can be done here, with pictures; the window goes on beside it."""
        from iae_studio.views.guide import GuideDialog

        path = guide()
        if path is not None:
            shown = self._window.findChild(GuideDialog)
            dialog = shown or GuideDialog(path, self._window)
            dialog.show()
            dialog.activateWindow()

    def show_about(self) -> None:
        """What this program is."""
        from iae_studio.views.about import ABOUT

        message_box(self._window, "About IAE Studio", ABOUT).exec()

    def open_paper(self) -> None:
        """In the browser."""
        QDesktopServices.openUrl(QUrl("https://arxiv.org/abs/1805.09804"))
