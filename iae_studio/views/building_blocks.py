"""Small pieces that every view is put together from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from iae_studio.widgets.folding_button import FoldingButton
from iae_studio.widgets.plain import plain
from iae_studio.widgets.tool_button import ToolButton


def heading(text: str, role: str = "") -> ElidedLabel:
    """A panel's small heading, in the colour of what it is about."""
    label = ElidedLabel(text)
    label.setProperty("heading", True)
    if role:
        label.setProperty("role", role)
    return label


def caption(text: str = "", most: int = 0) -> WrappedLabel:
    """Quiet small text that wraps, in `most` lines at the most."""
    label = WrappedLabel(text, most)
    label.setProperty("caption", True)
    return label


def button(
    text: str, icon: str, tip: str, pressed: Callable[[], object], name: str = ""
) -> FoldingButton:
    """A push button with one of our icons."""
    made = FoldingButton(text)
    theme.set_icon(made, icon)
    made.setToolTip(plain(tip))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else Return would press it again after a click
    made.clicked.connect(lambda: pressed())
    if name:
        made.setObjectName(name)
    return made


def tool(text: str, icon: str, tip: str, pressed: Callable[[], object]) -> QToolButton:
    """A flat button for a row of tools; without text it shows its icon alone, or the reverse."""
    made = ToolButton()
    made.setText(text)
    style = Qt.ToolButtonStyle.ToolButtonTextOnly
    if icon:
        theme.set_icon(made, icon)
        style = style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
    made.setToolButtonStyle(style)
    made.setProperty("flat", True)
    made.setToolTip(plain(tip))
    made.setAccessibleName(text or tip)
    made.clicked.connect(lambda: pressed())
    return made


def column(
    parent: QWidget | None = None, pad: int = theme.PAD, gap: int = theme.GAP
) -> QVBoxLayout:
    """Widgets below each other; `pad` and `gap` are in px."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    layout.setContentsMargins(pad, pad, pad, pad)
    layout.setSpacing(gap)
    return layout


def row(*widgets: QWidget | None, gap: int = theme.GAP) -> QHBoxLayout:
    """Widgets in a row; None is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout


def as_panel(view: QWidget) -> None:
    """Paint a view on the panel's colour."""
    view.setProperty("panel", True)
    view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
