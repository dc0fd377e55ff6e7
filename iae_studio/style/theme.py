"""The visual language: how Qt is dressed from the table of tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QStyleFactory, QWidget

from iae_studio.style import icons, stylesheet
from iae_studio.style.tokens import CAPTION as CAPTION
from iae_studio.style.tokens import DARK as DARK
from iae_studio.style.tokens import GAP as GAP
from iae_studio.style.tokens import GRID as GRID
from iae_studio.style.tokens import LIGHT as LIGHT
from iae_studio.style.tokens import PAD as PAD
from iae_studio.style.tokens import RADIUS as RADIUS
from iae_studio.style.tokens import TEXT as TEXT
from iae_studio.style.tokens import TITLE as TITLE
from iae_studio.style.tokens import Tokens as Tokens


class _Notifier(QObject):
    """Tells widgets that paint themselves that the tokens were exchanged."""

    changed = Signal()


_tokens = DARK
_scale = 1.0  # of all text: the system's font may be larger than ours, and the user may zoom
_zoom = 1.0  # what the user makes of the system's size
_asked = float(TEXT)  # px that the system asks for
_given = 0  # px that the application's font was given last


@lru_cache(maxsize=1)
def notifier() -> _Notifier:
    """The one object whose `changed` follows every `apply`."""
    return _Notifier()


def current() -> Tokens:
    """The tokens in force."""
    return _tokens


def colour(role: str, alpha: float = 1.0) -> QColor:
    """The colour of a token by its name, now."""
    made = QColor(getattr(_tokens, role))
    made.setAlphaF(alpha)
    return made


def prefers_dark(app: QApplication) -> bool:
    """Whether the system asks for a dark window; where it does not say, its own palette tells."""
    scheme = app.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Unknown:
        return app.style().standardPalette().window().color().lightness() < 128
    return scheme == Qt.ColorScheme.Dark


def apply(app: QApplication, dark: bool) -> None:
    """Dress the application, now and for widgets still to come."""
    global _tokens, _scale, _asked, _given
    _tokens = DARK if dark else LIGHT
    # A new Fusion each time would delete the old style under a running paint: only when needed.
    if app.style().objectName() not in ("fusion", ""):
        app.setStyle(QStyleFactory.create("Fusion"))
    font = QFont(app.font())
    # Whoever asks the system for large text gets it here too; ours is the least.
    if QFontInfo(font).pixelSize() != _given:
        _asked = max(TEXT, QFontInfo(font).pixelSize())
    font.setPixelSize(round(_asked * _zoom))
    _given = font.pixelSize()
    _scale = _given / TEXT
    app.setFont(font)
    app.setPalette(_palette(_tokens))
    app.setStyleSheet(stylesheet.build(_tokens, _scale))
    notifier().changed.emit()


def set_zoom(app: QApplication, zoom: float) -> None:
    """Make all text so many times as large as the system asks for."""
    global _zoom
    if zoom != _zoom:
        _zoom = zoom
        apply(app, _tokens is DARK)


def zoom() -> float:
    """How many times as large as the system asks for all text is."""
    return _zoom


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    table = {
        role.Window: tokens.panel,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.regularisation,
        role.Light: tokens.raised,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.window,
    }
    palette = QPalette()
    for key, value in table.items():
        palette.setColor(key, QColor(value))
    faint = QColor(stylesheet.mix(tokens.muted, tokens.panel, 0.35))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line))
    return palette


def px(length: float) -> int:
    """A length around text: it grows with the text."""
    return round(length * _scale)


def icon_side() -> int:
    """The side of an icon beside text: it grows half as fast, being easier to see."""
    return round(icons.SIDE * (1 + _scale) / 2)


def tabular(font: QFont) -> QFont:
    """The same font with figures of one width, so that a changing number does not jiggle."""
    made = QFont(font)
    if hasattr(QFont, "Tag"):
        made.setFeature(QFont.Tag("tnum"), 1)
    if not _figures_align(made.family()):
        made.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    return made


@lru_cache(maxsize=8)
def _figures_align(family: str) -> bool:
    """Whether a font, asked for it, has figures of one width: not all do."""
    font = QFont(family)
    if hasattr(QFont, "Tag"):
        font.setFeature(QFont.Tag("tnum"), 1)
    metrics = QFontMetricsF(font)
    return len({round(metrics.horizontalAdvance(digit * 8), 2) for digit in "0123456789"}) == 1


def sized(font: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The same font in one of the three sizes, as large as the system asks for."""
    made = QFont(font)
    made.setPixelSize(px(pixels))
    made.setWeight(weight)
    return made


def icon(name: str, role: str = "text") -> QIcon:
    """A small line icon in a token's colour, as it is now."""
    return icons.make(name, colour(role), icon_side())


class _Follower(QObject):
    """Does something to a widget now, and whenever the tokens or the sizes change."""

    def __init__(self, widget: QWidget, do: Callable[[], object]) -> None:
        super().__init__(widget)
        self._do = do
        notifier().changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        self._do()


def follow(widget: QWidget, do: Callable[[], object]) -> None:
    """Do this now and at every change of the theme; it ends with the widget.

    For lengths and fonts that a widget was given once, and that follow the text from then on.
    """
    _Follower(widget, do)


class _IconKeeper(QObject):
    """Gives a button its icon anew when tokens or sizes change; goes with the button."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button, self._name, self._role = button, "", ""
        notifier().changed.connect(self.renew)

    def show(self, name: str, role: str) -> None:
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.renew()

    def renew(self) -> None:
        self._button.setIconSize(QSize(icon_side(), icon_side()))
        self._button.setIcon(icon(self._name, self._role))


def set_icon(button: QAbstractButton, name: str, role: str = "text") -> None:
    """Put an icon on a button; it follows the theme from then on."""
    keeper = button.findChild(_IconKeeper) or _IconKeeper(button)
    keeper.show(name, role)
