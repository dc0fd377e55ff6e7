"""The bookmarks, each with its picture; below, what can be done with the selected one."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QStackedWidget, QWidget

from iae_studio.state.bookmarks import Bookmark, Bookmarks
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, column, row, tool
from iae_studio.views.help import help_mark
from iae_studio.widgets.plain import plain

Index = QModelIndex | QPersistentModelIndex
PICTURE = QSize(120, 72)  # px
CELL = QSize(152, 112)  # below the picture two lines: what tells names apart stands at the end
EMPTY = (
    "Nothing is bookmarked yet. Shift+B keeps what is shown, with its inputs, sliders and weights, "
    "so that it can be seen again just so; a bookmark from elsewhere can be dropped on the window."
)
KEYS = {Qt.Key.Key_Return: "open", Qt.Key.Key_Enter: "open", Qt.Key.Key_Delete: "delete"}
MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
TIP = "Inputs, sliders, weights and their moment (Shift+B)"


class BookmarkModel(QAbstractListModel):
    """The bookmarks in the order in which they were made."""

    def __init__(self, bookmarks: Bookmarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmarks = bookmarks
        self._shown: tuple[Bookmark, ...] = ()
        self._icons: dict[str, QIcon] = {}
        bookmarks.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """What there is now."""
        self.beginResetModel()
        self._shown = self._bookmarks.all
        self.endResetModel()

    def at(self, place: int) -> Bookmark | None:
        """The bookmark of that place."""
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        known = self.at(index.row())
        if known is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return known.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(known)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = (known.name, known.note, f"{known.recipe.about.title}, {known.when[:16]}")
            return plain("\n".join(filter(None, words)))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        known = self.at(index.row())
        if known is None or role != Qt.ItemDataRole.EditRole or not str(value).strip():
            return False
        self._bookmarks.callWanted.emit(known, str(value), None)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _icon(self, known: Bookmark) -> QIcon:
        key = known.folder.name
        if key not in self._icons:
            picture = QPixmap()
            picture.loadFromData(known.thumbnail, "PNG")
            if not picture.isNull():
                smooth = Qt.TransformationMode.SmoothTransformation
                picture = picture.scaled(PICTURE * 2, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # or it would be tinted
            self._icons[key] = icon
        return self._icons[key]


class BookmarkList(QListView):
    """`bookmarkList`: Return or a double click opens, F2 renames, Delete deletes."""

    wanted = Signal(str)  # what is to be done with the selected one

    def __init__(self, model: BookmarkModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bookmarkList")
        self.setAccessibleName("Bookmarks")
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        theme.follow(self, self._size)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        what = KEYS.get(Qt.Key(event.key()))
        if what is None or event.modifiers() & MODIFIERS:
            super().keyPressEvent(event)
        else:
            self.wanted.emit(what)

    def _size(self) -> None:
        self.setFont(theme.sized(self.font(), theme.CAPTION))
        for size, set_size in ((PICTURE, self.setIconSize), (CELL, self.setGridSize)):
            set_size(QSize(theme.px(size.width()), theme.px(size.height())))


class BookmarksView(QWidget):
    """The list and the row of tools; without bookmarks, how to make one."""

    def __init__(self, bookmarks: Bookmarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmarks = bookmarks
        self._model = BookmarkModel(bookmarks, self)
        self.list = BookmarkList(self._model)
        self._note = QLineEdit()
        self._note.setObjectName("bookmarkNote")
        self._note.setPlaceholderText("Note")
        self._note.setAccessibleName("Note on the selected bookmark")
        self._note.editingFinished.connect(self._write_note)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty())
        layout = column(self)
        layout.addLayout(self._tools())
        layout.addWidget(self._pages, 1)
        self.list.doubleClicked.connect(lambda _: self.do("open"))
        self.list.wanted.connect(self.do)
        self._kept = ""  # the folder of the selected one, across changes
        self._names: list[str] = []  # of all folders, before a change
        self._model.modelReset.connect(self._renewed)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_selected())
        self._renewed()

    def _tools(self) -> QHBoxLayout:
        keep = button("Bookmark this", "bookmark", TIP, self._bookmarks.wanted.emit, "bookmarkThis")
        self._open = button("Open", "image", "Show it again (Return)", lambda: self.do("open"))
        self._open.setObjectName("bookmarkOpen")
        share = tool("", "save", "Export as one file (Ctrl+Alt+B)", lambda: self.do("export"))
        share.setObjectName("bookmarkExport")
        gone = tool("", "trash", "Delete (Del)", lambda: self.do("delete"))
        gone.setObjectName("bookmarkDelete")
        take = tool(
            "Import", "download", "A file from elsewhere (Ctrl+Alt+O)", lambda: self.do("import")
        )
        self._for_one = (self._open, share, gone, self._note)
        made = row(keep, self._open, self._note, share, gone, take, help_mark("bookmarks"))
        made.setStretch(2, 1)
        return made

    def _empty(self) -> QWidget:
        page = QWidget()
        hint = caption(EMPTY)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner = column(page)
        inner.addStretch(1)
        inner.addWidget(hint)
        inner.addStretch(1)
        return page

    # ---- the selected one --------------------------------------------------------------------

    @property
    def selected(self) -> Bookmark | None:
        """The bookmark that everything is about."""
        return self._model.at(self.list.currentIndex().row())

    def choose(self, place: int) -> None:
        """Select the one of that place."""
        index = self._model.index(place)
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, select)
        self.list.scrollTo(index)

    def do(self, what: str) -> None:
        """open, rename, export, delete the selected one; or import others."""
        if what == "import":
            self._bookmarks.importWanted.emit(None)
            return
        chosen = self.selected
        if chosen is None:
            self.list.setFocus()
        elif what == "rename":
            self.list.setFocus()
            self.list.edit(self.list.currentIndex())
        else:
            wanted = {
                "open": self._bookmarks.openWanted,
                "export": self._bookmarks.exportWanted,
                "delete": self._bookmarks.deleteWanted,
            }
            wanted[what].emit(self._noted(chosen))  # buttons leave the keyboard to the field

    def _write_note(self) -> None:
        """What is typed is about the one that was selected, even where another one is by now."""
        kept = (each for each in self._bookmarks.all if each.folder.name == self._kept)
        for known in kept:
            self._noted(known)

    def _noted(self, known: Bookmark) -> Bookmark:
        """It with what is typed in the field, which is written."""
        note = self._note.text().strip()
        if not self._note.isModified() or note == known.note:
            return known
        self._bookmarks.callWanted.emit(known, None, note)
        return known.called(None, note)

    def _renewed(self) -> None:
        self._pages.setCurrentIndex(0 if self._model.rowCount() else 1)
        names = [each.folder.name for each in self._bookmarks.all]
        new = [name for name in names if name not in self._names]
        wanted = new[0] if len(new) == 1 else self._kept
        self._names = names
        if wanted in names:
            self.choose(names.index(wanted))
        self._show_selected()

    def _show_selected(self) -> None:
        chosen = self.selected
        for each in self._for_one:
            each.setEnabled(chosen is not None)
        same = chosen is not None and chosen.folder.name == self._kept
        if chosen is not None and not same:
            self._write_note()
            self._kept = chosen.folder.name
        if not (same and self._note.hasFocus()):
            self._note.setText("" if chosen is None else chosen.note)


__all__ = ["BookmarksView"]
