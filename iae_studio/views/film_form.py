"""What is to be filmed, how long, how large, and as what: the choices of the dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, row
from iae_studio.views.film_choices import (
    ENDINGS,
    GRID,
    KEYFRAMES,
    KINDS,
    LOOK,
    LOOP,
    PACES,
    ROW,
    THROUGHS,
    TILE,
    TRAINING,
    WALK,
    WHATS,
    Choices,
    first_factor,
)
from iae_studio.views.film_story import throughs, told
from iae_studio.views.keyframe_list import KeyframeList
from iae_studio.widgets.plain import PlainLabel, plain
from iae_studio.widgets.segments import Segments
from iae_studio.widgets.value_slider import ValueSlider
from trainer.films.formats import FORMATS
from trainer.films.scene import FEWEST_RATE, LARGEST_FACTOR, MOST_RATE

LONGEST = 20.0  # s, by the slider
Choice = tuple[str, str, str]  # a name, what its button says, and its tool tip


class FilmForm(QWidget):
    """The choices; what has no sense for a kind of film is hidden."""

    changed = Signal()

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._choices = Choices(look=replace(LOOK, factor=first_factor(state.displayed.recipe)))
        self._what_of = {KEYFRAMES: TILE}  # what was chosen last, by the kind of film
        self._kinds = _segments("filmKinds", "Kind of film", KINDS, self._set_kind)
        self._whats = _segments("filmWhats", "What is filmed", WHATS, self._set_what)
        self._throughs = _segments("filmThroughs", "Through what", THROUGHS, self._set_through)
        self._paces = _segments("filmPaces", "How fast", PACES, self._set_pace)
        kinds = [(known.name.lower(), known.name, known.about) for known in FORMATS]
        self._formats = _segments("filmFormats", "Format", kinds, self._set_format)
        self._about = caption()
        self._about.setObjectName("filmAbout")
        self.keyframes = KeyframeList()
        self.keyframes.changed.connect(self._turned)
        self._make_checks()
        self._make_sliders()
        self._lay_out()
        self.renew()

    def choices(self) -> Choices:
        """What is chosen now."""
        return self._choices

    def lack(self, missing: dict[str, str]) -> None:
        """These formats, by their endings, need what is not installed."""
        for name, ending in ENDINGS.items():
            if ending in missing:
                self._formats.button(_key(name)).setToolTip(plain(missing[ending]))

    # ---- parts -------------------------------------------------------------------------------

    def _make_checks(self) -> None:
        self._closed = self._check("filmClosed", "and back to the first")
        self._inputs = self._check("filmInputs", "inputs at the left")
        self._caption = self._check("filmCaption", "the step below")

    def _check(self, name: str, words: str) -> QCheckBox:
        made = QCheckBox(words)
        made.setObjectName(name)
        made.toggled.connect(self._turned)
        return made

    def _make_sliders(self) -> None:
        pace, look = self._choices.pace, self._choices.look
        self._seconds = _slider("filmSeconds", "Length", (1, LONGEST), pace.seconds, 1, " s")
        self._rate = _slider("filmRate", "Speed", (FEWEST_RATE, MOST_RATE), pace.rate, 0, " /s")
        self._rate.setTip("Frames a second")
        self._hold = _slider("filmHold", "Rest", (0, 3), pace.hold, 1, " s")
        self._hold.setTip("How long it stands at each keyframe, or at the end")
        self._factor = _slider("filmSize", "Size", (1, LARGEST_FACTOR), look.factor, 0, " ×")
        self._factor.setTip("How many pixels a pixel is wide and high")
        self._sliders = (self._seconds, self._rate, self._hold, self._factor)
        for slider in self._sliders:
            slider.valueChanged.connect(lambda _: self._turned())

    def _lay_out(self) -> None:
        layout = column(self, pad=0, gap=12)
        layout.addLayout(row(self._kinds, None))
        layout.addWidget(self._about)
        layout.addWidget(self.keyframes, 1)
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setColumnStretch(1, 1)
        self._labels: dict[QWidget, PlainLabel] = {}
        lines: list[tuple[str, QWidget, QLayout]] = [
            ("Through", self._throughs, row(self._throughs, None)),
            ("What", self._whats, row(self._whats, None)),
            ("Pace", self._paces, row(self._paces, None)),
            ("With", self._closed, row(self._closed, self._inputs, self._caption, None, gap=16)),
            ("Format", self._formats, row(self._formats, None)),
        ]
        for line, (words, part, together) in enumerate(lines):
            self._labels[part] = label = PlainLabel(words)
            form.addWidget(label, line, 0)
            form.addLayout(together, line, 1)
        layout.addLayout(form)
        for slider in self._sliders:
            layout.addWidget(slider)
        theme.follow(self, self._line_up)
        layout.addStretch(0)

    def _line_up(self) -> None:
        """Captions of one width, words and sliders alike."""
        wide = max(part.sizeHint().width() for part in self._labels.values())
        wide = max(wide, *(slider.captionHint() for slider in self._sliders))
        for label in self._labels.values():
            label.setFixedWidth(wide)
        for slider in self._sliders:
            slider.setCaptionWidth(wide + 12 - theme.GAP)
        number = max(slider.numberHint() for slider in self._sliders)
        for slider in self._sliders:
            slider.setNumberWidth(number)

    # ---- choosing ----------------------------------------------------------------------------

    def renew(self) -> None:
        """Offer what suits the model and the kind of film."""
        chosen, possible = self._choices, throughs(self._state)
        if chosen.through not in possible and possible:
            chosen = replace(chosen, through=possible[0])
        steps = {marked.step for marked in self.keyframes.marked()}
        chosen = replace(chosen, several=len(steps) > 1)
        self._choices = chosen
        kind = chosen.kind
        points = self._state.displayed.recipe.two_dimensional
        for segments, name in (
            (self._kinds, kind),
            (self._whats, chosen.what),
            (self._throughs, chosen.through),
            (self._paces, "steps" if chosen.even else "moments"),
            (self._formats, next(n for n, end in ENDINGS.items() if end == chosen.ending)),
        ):
            segments.choose(_key(name))
        self._about.setText(told(self._state, chosen))
        self._say(self._whats, not points)
        self._whats.offer({_key(n) for n in (TILE, ROW, GRID) if kind != WALK or n != ROW})
        self._throughs.offer({_key(name) for name in possible})
        self._say(self._throughs, kind == WALK and len(possible) > 1)
        self._say(self._paces, kind == TRAINING)
        self._labels[self._closed].setVisible(kind != LOOP or not points)
        self.keyframes.setVisible(kind == KEYFRAMES)
        self._hold.setVisible(kind != LOOP)
        self._closed.setVisible(kind in (WALK, KEYFRAMES))
        self._inputs.setVisible(kind in (LOOP, TRAINING) and not points)
        self._caption.setVisible(kind == TRAINING or (kind == KEYFRAMES and chosen.several))
        for box, on in (
            (self._closed, chosen.closed),
            (self._inputs, chosen.look.inputs),
            (self._caption, chosen.look.caption),
        ):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)

    def _say(self, part: QWidget, shown: bool) -> None:
        part.setVisible(shown)
        self._labels[part].setVisible(shown)

    def _turned(self) -> None:
        """A slider, a check or the list of keyframes."""
        chosen = self._choices
        pace = replace(
            chosen.pace,
            seconds=self._seconds.value(),
            rate=round(self._rate.value()),
            hold=self._hold.value(),
        )
        look = replace(
            chosen.look,
            factor=round(self._factor.value()),
            inputs=self._inputs.isChecked(),
            caption=self._caption.isChecked(),
        )
        self._set(replace(chosen, pace=pace, look=look, closed=self._closed.isChecked()))

    def _set(self, choices: Choices) -> None:
        self._choices = choices
        self.renew()
        self.changed.emit()

    def _set_kind(self, kind: str) -> None:
        self._set(replace(self._choices, kind=kind, what=self._what_of.get(kind, GRID)))

    def _set_what(self, what: str) -> None:
        self._what_of[self._choices.kind] = what
        self._set(replace(self._choices, what=what))

    def _set_through(self, through: str) -> None:
        self._set(replace(self._choices, through="code" if through == "code" else "noise"))

    def _set_pace(self, pace: str) -> None:
        self._set(replace(self._choices, even=pace == "steps"))

    def _set_format(self, name: str) -> None:
        self._set(replace(self._choices, ending=ENDINGS[name]))


def _key(name: str) -> str:
    """What a choice is called among all widgets."""
    return f"film{name.capitalize()}"


def _segments(
    name: str, title: str, choices: Iterable[Choice], chosen: Callable[[str], None]
) -> Segments:
    made, names = Segments(), {}
    made.setObjectName(name)
    made.setAccessibleName(title)
    for each, words, tip in choices:
        made.add(_key(each), words, tip)
        names[_key(each)] = each
    made.chosen.connect(lambda key: chosen(names[key]))
    return made


def _slider(
    name: str, words: str, ends: tuple[float, float], value: float, decimals: int, unit: str
) -> ValueSlider:
    made = ValueSlider(words, *ends, value, "accent", decimals, unit)
    made.setObjectName(name)
    return made
