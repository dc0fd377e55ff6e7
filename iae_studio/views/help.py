"""The small "?" beside a group: what the group is, in a few sentences and an equation."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QCloseEvent, QFont
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QToolButton, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column
from iae_studio.views.help_texts import HELP, Help
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.plain import plain

WIDTH, SIDE = 340, 18  # px, of the card and of the mark
_SERIF = ("STIX Two Text", "Cambria", "Georgia", "Liberation Serif", "DejaVu Serif", "serif")


class _Mark(QToolButton):
    """A "?" in a small circle."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIDE), theme.px(SIDE))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def help_mark(subject: str) -> QToolButton:
    """A "?" that tells of a subject of `HELP`, on a click or key; on hover, as a tool tip."""
    known = HELP[subject]
    mark = _Mark()
    mark.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    mark.setText("?")
    mark.setObjectName(f"{subject}Help")
    mark.setProperty("flat", True)
    mark.setProperty("help", True)
    mark.setToolTip(plain(f"What is this: {subject}"))
    mark.setAccessibleName(f"What is this: {subject}")
    mark.setAccessibleDescription(known.spoken())
    mark.clicked.connect(lambda: HelpCard.tell(known, mark))
    return mark


class HelpCard(QFrame):
    """`helpCard`: lies over the window beside its mark; Escape or a click elsewhere closes it."""

    def __init__(self, known: Help, mark: QWidget) -> None:
        self._around: QWidget = mark.window()
        super().__init__(self._around)
        self.setObjectName("helpCard")
        self.setProperty("floating", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Help")
        self.setAccessibleDescription(known.spoken())
        self._mark = mark
        layout = column(self, gap=theme.GAP)
        layout.addWidget(WrappedLabel(known.text))
        if known.equation:
            layout.addWidget(_equation(known.equation))
        if known.place:
            layout.addWidget(caption(known.place))
        application = QApplication.instance()
        assert application is not None  # a widget needs one
        application.installEventFilter(self)

    @staticmethod
    def tell(known: Help, mark: QWidget) -> None:
        """Show it beside its mark; once more closes it."""
        before = mark.window().findChild(HelpCard, "helpCard")
        again = before is not None and before._mark is mark
        if before is not None:
            before.close()
        if not again:
            HelpCard(known, mark)._open()

    def _open(self) -> None:
        around, edge = self._around, theme.GAP
        wide = min(theme.px(WIDTH), around.width() - 2 * edge)
        self.resize(wide, 10)
        self.show()
        layout = self.layout()
        assert layout is not None
        self.resize(wide, layout.totalHeightForWidth(wide))
        below = self._mark.mapTo(around, QPoint(0, self._mark.height() + theme.GRID))
        above = self._mark.mapTo(around, QPoint(0, -theme.GRID)).y() - self.height()
        fits = below.y() + self.height() <= around.height() - edge
        x = min(max(below.x(), edge), around.width() - wide - edge)
        self.move(x, below.y() if fits else max(above, edge))
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.setObjectName("")  # until it is gone it must not be found
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click elsewhere closes it, and does what it would do; Escape gives the focus back."""
        if not self.isVisible():
            return False
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            inside = watched is self or self.isAncestorOf(watched)
            if not inside and watched is not self._mark:
                self.close()
        elif event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            if getattr(event, "key", int)() == Qt.Key.Key_Escape:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self.close()
                    self._mark.setFocus()
                return True
        elif event.type() == QEvent.Type.Resize and watched is self._around:
            self.close()
        return False


def _equation(text: str) -> WrappedLabel:
    """In a serif's italics, a little larger than the words."""
    label = WrappedLabel(text)
    label.setObjectName("helpEquation")
    font = QFont(label.font())
    font.setFamilies(list(_SERIF))
    font.setItalic(True)
    font.setPixelSize(theme.px(theme.TITLE))
    label.setFont(font)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
