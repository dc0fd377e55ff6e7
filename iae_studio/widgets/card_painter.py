"""Paints a card of a list, and holds the field in which its title is changed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.widgets.card import Card
from iae_studio.widgets.plain import plain

CARD = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
_EDGE, _APART = 6, 2  # px above and below a card, and between its lines
_LETTERS = 200  # of a line: nobody reads more, and measuring it takes time


class CardPainter(QStyledItemDelegate):
    """An icon; at its right a title with a few words at its end, and one or two smaller lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        card = index.data(CARD)
        small = QFontMetrics(theme.sized(option.font, theme.CAPTION)).height() + _APART
        lines = bool(card.below) + bool(card.note)
        high = 2 * _EDGE + QFontMetrics(option.font).height() + lines * small
        return QSize(0, high + (_APART + 2) * (card.share is not None))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD)
        bare = QStyleOptionViewItem(option)
        bare.state &= ~QStyle.StateFlag.State_HasFocus
        widget = option.widget
        style = widget.style() if widget is not None else QApplication.style()
        painter.save()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, bare, painter, widget)
        side = theme.icon_side()
        box = self._box(option.rect)
        middle = box.top() + QFontMetrics(option.font).height() // 2
        icon = QRect(option.rect.left() + theme.GAP, middle - side // 2, side, side)
        theme.icon(card.icon, card.role).paint(painter, icon)
        self._lines(painter, option.font, box, card)
        painter.restore()

    def _box(self, rect: QRect) -> QRect:
        left = theme.GAP + theme.icon_side() + theme.GAP
        return rect.adjusted(left, _EDGE, -theme.GAP, -_EDGE)

    def _lines(self, painter: QPainter, font: QFont, box: QRect, card: Card) -> None:
        small = theme.tabular(theme.sized(font, theme.CAPTION))
        high, low = QFontMetrics(font).height(), QFontMetrics(small).height()
        right = QFontMetrics(small).horizontalAdvance(card.right[:_LETTERS])
        line = QRect(box.left(), box.top(), box.width(), high)
        at_right = Qt.AlignmentFlag.AlignRight
        _text(painter, small, line, card.right, theme.colour("muted"), at_right)
        room = line.adjusted(0, 0, -(right + theme.GAP) if right else 0, 0)
        _text(painter, font, room, card.title, theme.colour("muted" if card.quiet else "text"))
        top = line.bottom() + 1 + _APART
        for text, role in ((card.below, card.below_role), (card.note, card.note_role)):
            if text:
                line = QRect(box.left(), top, box.width(), low)
                _text(painter, small, line, text, theme.colour(role))
                top += low + _APART
        if card.share is not None:
            bar = QRect(box.left(), top + 1, box.width(), 2)
            painter.fillRect(bar, theme.colour("line"))
            bar.setWidth(round(bar.width() * min(max(card.share, 0.0), 1.0)))
            painter.fillRect(bar, theme.colour("accent"))

    # ---- the field ---------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("titleField")
        field.setAccessibleName("Name")
        field.setMaxLength(_LETTERS)
        field.setText(index.data(Qt.ItemDataRole.EditRole))
        field.selectAll()
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """What is typed stays, whatever else changes meanwhile."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        box = self._box(option.rect)
        high = editor.sizeHint().height()
        top = box.top() + (QFontMetrics(option.font).height() - high) // 2
        top = max(top, option.rect.top())
        editor.setGeometry(box.left() - theme.GAP, top, box.width() + theme.GAP, high)


def _text(
    painter: QPainter,
    font: QFont,
    box: QRect,
    text: str,
    colour: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    line = " ".join(plain(text[:_LETTERS]).split())
    shown = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
