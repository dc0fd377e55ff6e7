"""The one Qt style sheet, built from a table of tokens."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QTemporaryDir
from PySide6.QtGui import QColor

from iae_studio.style import icons
from iae_studio.style.tokens import CAPTION, TITLE, Tokens


def mix(first: str, second: str, share: float) -> str:
    """`first` with a share of `second`, as a solid colour."""
    one, two = QColor(first), QColor(second)
    pairs = ((one.red(), two.red()), (one.green(), two.green()), (one.blue(), two.blue()))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@lru_cache(maxsize=1)
def _folder() -> QTemporaryDir:
    return QTemporaryDir()


def _picture(name: str, colour: str) -> str:
    """Where a style sheet finds an icon: `url(...)`, or `none` where no file can be written."""
    if not _folder().isValid():
        return "none"
    path = Path(_folder().path()) / f"{name}-{colour[1:]}.png"
    if not path.exists():
        for scale, suffix in ((1, ""), (2, "@2x"), (3, "@3x")):
            where = path.with_name(f"{path.stem}{suffix}.png")
            icons.render(name, 16, QColor(colour), scale).save(str(where))
    return f'url("{path.as_posix()}")'


def build(tokens: Tokens, scale: float = 1.0) -> str:
    """The sheet for a table of tokens, with text `scale` times as large."""
    words = {name: getattr(tokens, name) for name in tokens.__dataclass_fields__}
    words |= {
        "caption": f"{round(CAPTION * scale)}px",
        "half": f"{round(18 * scale) // 2}px",
        "row": f"{round(18 + 13 * (scale - 1))}px",  # as high as a line of text
        "title": f"{round(TITLE * scale)}px",
        "hover": mix(tokens.raised, tokens.text, 0.08),
        "pressed": mix(tokens.raised, tokens.text, 0.16),
        "quiet": mix(tokens.panel, tokens.text, 0.06),
        "quiet_pressed": mix(tokens.panel, tokens.text, 0.12),
        "chosen": mix(tokens.panel, tokens.accent, 0.2),
        "accent_hover": mix(tokens.accent, tokens.text, 0.16),
        "accent_pressed": mix(tokens.accent, tokens.window, 0.18),
        "faint": mix(tokens.muted, tokens.panel, 0.35),
        "scroll": mix(tokens.panel, tokens.text, 0.2),
        "scroll_hover": mix(tokens.panel, tokens.text, 0.38),
        "note": mix(tokens.panel, tokens.accent, 0.1),
        "alarm": mix(tokens.panel, tokens.error, 0.12),
        "down": _picture("chevron-down", tokens.muted),
        "up": _picture("chevron-up", tokens.muted),
        "right": _picture("chevron-right", tokens.muted),
        "close": _picture("close", tokens.muted),
        "check": _picture("check", tokens.on_accent),
    }
    return "\n".join(Template(part).substitute(words) for part in (_BASE, _INPUTS, _VIEWS, _ROLES))


_BASE = """
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { background: $window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: $line; }
QWidget[panel="true"] { background: $panel; }
QLabel { background: transparent; }
QLabel:disabled { color: $faint; }
QToolTip { color: $text; background: $raised; border: 1px solid $line; padding: 4px 6px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QFrame[floating="true"] { background: $raised; border: 1px solid $line; border-radius: 6px; }
QFrame[floating="true"] QListWidget { background: $raised; }
QFrame#messageBar { background: $note; border: none; border-left: 3px solid $accent; }
QFrame#messageBar[role="error"] { background: $alarm; border-left-color: $error; }
QStatusBar { background: $window; color: $muted; font-size: $caption; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; }
QProgressBar { background: $line; color: $text; border: none; border-radius: 3px;
    min-height: 6px; max-height: 6px; qproperty-textVisible: false; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar#progressLine { background: $line; border-radius: 0;
    min-height: 3px; max-height: 3px; }
QProgressBar#progressLine::chunk { border-radius: 0; }
QMenuBar { background: $window; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $line; spacing: 4px;
    padding: 4px 8px; }
QToolBar::separator { background: $line; width: 1px; margin: 6px 4px; }
QDockWidget { color: $muted; titlebar-close-icon: $close; }
QDockWidget::title { background: $panel; text-align: left; padding: 7px 12px; }
"""

_INPUTS = """
QPushButton { background: $raised; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 4px 12px; min-height: $row; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; background: transparent; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QPushButton[primary="true"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:pressed { background: $accent_pressed; }
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 3px 11px; }
QPushButton[primary="true"]:disabled { background: $line; border-color: $line; color: $muted; }
QToolButton, QPushButton[flat="true"] { background: transparent; color: $text;
    border: 1px solid transparent; border-radius: 6px; padding: 4px 6px; }
QToolButton:hover, QPushButton[flat="true"]:hover { background: $quiet_pressed; }
QToolButton:pressed, QToolButton:checked, QPushButton[flat="true"]:pressed,
    QPushButton[flat="true"]:checked { background: $pressed; }
QToolButton:focus, QPushButton[flat="true"]:focus { border-color: $accent; }
QToolButton[folds="true"] { padding: 4px 6px 4px 0; border-left: none; }
QToolButton[tight="true"] { padding: 4px 2px; }
QToolButton[snug="true"] { padding: 2px; border-radius: 4px; }
QToolButton[help="true"] { color: $muted; font-size: $caption; padding: 0px;
    border: 1px solid $line; border-radius: $half; }
QToolButton[help="true"]:hover { color: $text; background: $quiet_pressed; }
QToolButton[help="true"]:focus { border-color: $accent; color: $text; }
QToolButton:disabled, QPushButton[flat="true"]:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; width: 0; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $raised; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 4px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: $row; }
QSpinBox, QDoubleSpinBox { padding-right: 20px; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: $scroll; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus,
    QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    color: $faint; background: transparent; }
QLineEdit[quiet="true"] { background: transparent; border: 1px solid transparent;
    border-radius: 4px; padding: 0 3px; }
QLineEdit[quiet="true"]:hover { border-color: $line; }
QLineEdit[quiet="true"]:focus { background: $raised; border-color: $accent; }
QComboBox { padding-right: 22px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: $down; width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px;
    outline: none; selection-background-color: $accent; selection-color: $on_accent; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0 0 0 5px; min-height: 0;
    background: transparent; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
    QDoubleSpinBox::down-button { border: none; width: 18px; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: $up; width: 12px; height: 12px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: $down; width: 12px; height: 12px; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: $raised;
    border: 1px solid $muted; border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus, QRadioButton::indicator:hover,
    QRadioButton::indicator:focus {
    border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: $check; }
QRadioButton::indicator:checked { background: $on_accent; border: 4px solid $accent;
    width: 8px; height: 8px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; }
QSlider:horizontal { min-height: 18px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: $accent; }
QSlider[role="style"]::sub-page:horizontal, QSlider[role="style"]::handle:horizontal {
    background: $style; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $faint; }
"""

_VIEWS = """
QScrollArea, QScrollArea > QWidget > QWidget[bare="true"] { background: transparent; border: none; }
QAbstractItemView { background: $panel; color: $text; border: 1px solid transparent;
    border-radius: 4px; outline: none; }
QListView::item, QTreeView::item { padding: 4px 6px; border-radius: 4px; }
QTreeView::item:first { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QTreeView::item:last { border-top-left-radius: 0; border-bottom-left-radius: 0;
    padding-left: 0; }
QListView::item:hover, QTreeView::item:hover { background: $quiet; }
QTreeView#recipeList::item:hover { background: transparent; }
QListView::item:selected, QTreeView::item:selected { background: $chosen; color: $text; }
QListView::item:selected:active, QTreeView::item:selected:active,
QTreeView#recipeList::item:selected:hover { background: $chosen; }
QListView::item:disabled, QTreeView::item:disabled { color: $muted; }
QTreeView { show-decoration-selected: 0; selection-background-color: $panel; }
QTreeView::branch, QTreeView::branch:selected { background: $panel; }
QTreeView::branch:has-children:closed { image: $right; }
QTreeView::branch:has-children:open { image: $down; }
QListView:focus, QTreeView:focus { border-color: $accent; }
QListView::item:selected:focus, QTreeView::item:selected:focus { background: $chosen; }
QHeaderView::section { background: $panel; color: $muted; border: none; font-size: $caption;
    border-bottom: 1px solid $line; padding: 4px 8px; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 12px 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; background: $quiet; }
QTabBar::tab:disabled { color: $faint; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

_ROLES = """
QLabel[heading="true"] { font-size: $caption; font-weight: 600; color: $muted; }
QLabel[title="true"] { font-size: $title; font-weight: 600; }
QLabel[muted="true"] { color: $muted; }
QLabel[caption="true"] { font-size: $caption; color: $muted; }
QLabel[caption="true"][past="true"] { color: $text; }
QLabel[role="content"] { color: $content; }
QLabel[role="style"] { color: $style; }
QLabel[role="reconstruction"] { color: $reconstruction; }
QLabel[role="regularisation"] { color: $regularisation; }
QLabel[role="error"] { color: $error; }
QStackedWidget#dropTarget { border: 1px solid transparent; }
QStackedWidget#dropTarget[invites="true"] { border: 1px solid $accent; border-radius: 6px; }
QFrame[hairline="true"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[hairline="vertical"] { background: $line; border: none; max-width: 1px; min-width: 1px; }
"""
