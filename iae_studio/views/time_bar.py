"""The bar below the losses: which moment of the run is looked at, and how it plays."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QToolButton, QWidget

from iae_studio.state.playing import Playing
from iae_studio.state.studio_state import StudioState
from iae_studio.state.time import Time
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.time_words import nothing_kept, on_disk, size, step_words, words_of
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from iae_studio.widgets.time_slider import TimeSlider

SUBJECT = "Time"
HEIGHT, LEAST = 28, 240  # px
LIMITS = (100, 250, 500, 1000, 2000, 5000)  # MB


class TimeBar(QWidget):
    """`timeSlider` and its buttons; where the run has no moments, a caption in their place."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._time: Time = state.time
        self._playing: Playing = state.playing
        self._caption = ElidedLabel()
        self._caption.setObjectName("timeCaption")
        self._caption.setProperty("caption", True)
        self.slider = TimeSlider()
        self.slider.setObjectName("timeSlider")
        self.slider.setAccessibleName("Moments of the run")
        self._step = ElidedLabel()
        self._step.setObjectName("timeStep")
        self._step.setProperty("caption", True)
        self._step.setFont(theme.tabular(self._step.font()))
        self._make_buttons()
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._bar = QWidget()
        left = (self._earlier, self._play, self._later, self._step)
        self._help = help_mark("time")
        right = (self._live, self._loop, self._speed, self._disk, self._help)
        layout = row(*left, self.slider, *right, gap=theme.GRID)
        layout.setStretch(len(left), 1)
        self._bar.setLayout(layout)
        for page in (self._caption, self._bar):
            self._pages.addWidget(page)
        theme.follow(self, self._fit)
        self._make_actions()
        self._connect()

    def _make_buttons(self) -> None:
        time, playing = self._time, self._playing
        tip = "The moment before (Shift+Left)"
        self._earlier = tool("", "chevron-left", tip, lambda: time.step_by(-1))
        self._play = tool("", "play", "Play the moments (Shift+Space)", playing.toggle)
        tip = "The moment after (Shift+Right)"
        self._later = tool("", "chevron-right", tip, lambda: time.step_by(1))
        tip = "Show the newest weights, and follow them (Shift+End)"
        self._live = tool("live", "", tip, self._go_live)
        tip = "Play round and round; drag the ends of the range (Shift+L)"
        self._loop = tool("", "loop", tip, self._toggle_loop)
        self._speed = tool("×1", "", "How fast it plays", playing.faster)
        for each in (self._live, self._loop):
            each.setCheckable(True)
        self._disk = QToolButton()
        self._disk.setProperty("flat", True)
        self._disk.setProperty("caption", True)
        self._disk.setAccessibleName("Moments on the disk")
        self._disk.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._disk.setMenu(self._menu)
        named = {
            "timeEarlier": self._earlier,
            "timePlay": self._play,
            "timeLater": self._later,
            "timeLive": self._live,
            "timeLoop": self._loop,
            "timeSpeed": self._speed,
            "timeDisk": self._disk,
        }
        for name, each in named.items():
            each.setObjectName(name)

    def _make_actions(self) -> None:
        time, playing = self._time, self._playing
        first = "The first moment"
        act(self, SUBJECT, "Earlier moment", "Shift+Left", lambda: time.step_by(-1))
        act(self, SUBJECT, "Later moment", "Shift+Right", lambda: time.step_by(1))
        act(self, SUBJECT, first, "Shift+Home", lambda: time.step_by(-len(time.moments)))
        act(self, SUBJECT, "Live: the newest weights", "Shift+End", lambda: time.look_at(None))
        act(self, SUBJECT, "Play the moments, or pause", "Shift+Space", playing.toggle)
        act(self, SUBJECT, "Play round and round", "Shift+L", playing.toggle_loop)

    def _connect(self) -> None:
        self.slider.looked.connect(self._look)
        self.slider.rangeMoved.connect(self._loop_over)
        self._time.momentsChanged.connect(self._show)
        self._time.moved.connect(lambda _: self._show_place())
        self._playing.changed.connect(self._show_playing)
        self._state.displayed.changed.connect(lambda _: self._show())
        self._state.training.stateChanged.connect(lambda _: self._show())
        self._show()
        self._show_playing()

    def _fit(self) -> None:
        self.setFixedHeight(theme.px(HEIGHT))
        self.setMinimumWidth(theme.px(LEAST))
        self._step.setFixedWidth(theme.px(92))
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Leave out what there is no room for, what is needed least first."""
        room = self.width() - self.slider.minimumSizeHint().width()
        for always in (self._earlier, self._play, self._later, self._live):
            room -= always.sizeHint().width() + theme.GRID
        least: tuple[QWidget, ...] = (self._loop, self._disk, self._step, self._speed, self._help)
        for each in least:
            room -= max(each.sizeHint().width(), each.minimumWidth()) + theme.GRID
            each.setVisible(room >= 0)

    # ---- hands -------------------------------------------------------------------------------

    def _go_live(self) -> None:
        self._time.look_at(None)
        self._show_place()  # Qt has unchecked a button that was on

    def _toggle_loop(self) -> None:
        self._playing.toggle_loop()
        self._show_playing()

    def _look(self, place: int) -> None:
        moments = self._time.moments
        self._time.look_at(moments[place].step if place < len(moments) else None)

    def _loop_over(self, first: int, last: int) -> None:
        moments = self._time.moments
        self._playing.loop_over((moments[first].step, moments[last].step))

    # ---- what it shows -----------------------------------------------------------------------

    def _show(self) -> None:
        time = self._time
        self._caption.setText(nothing_kept(self._state.displayed.model, self._state.training))
        self._pages.setCurrentWidget(self._bar if time.moments else self._caption)
        self.slider.setMoments([words_of(moment) for moment in time.moments])
        self._disk.setText(size(time.size))
        self._disk.setToolTip(plain(on_disk(time)))
        self._show_place()
        self._show_loop()

    def _show_place(self) -> None:
        time, moments = self._time, self._time.moments
        at = moments.index(time.moment) if time.moment in moments else len(moments)
        self.slider.setPlace(at)
        self._step.setText(step_words(time))
        self._live.setChecked(time.live)
        self._earlier.setEnabled(at > 0)
        self._later.setEnabled(at < len(moments))

    def _show_playing(self) -> None:
        playing = self._playing
        theme.set_icon(self._play, "pause" if playing.on else "play")
        self._speed.setText(f"×{playing.speed}")
        self._loop.setChecked(playing.loop is not None)
        self._show_loop()

    def _show_loop(self) -> None:
        loop, steps = self._playing.loop, [moment.step for moment in self._time.moments]
        within = [] if loop is None else [k for k, s in enumerate(steps) if loop[0] <= s <= loop[1]]
        self.slider.setLoop((within[0], within[-1]) if within else None)

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addAction("At most, for each run").setEnabled(False)
        group = QActionGroup(self._menu)
        for megabytes in sorted({*LIMITS, self._time.limit}):
            choice = self._menu.addAction(size(1_000_000 * megabytes))
            choice.setCheckable(True)
            choice.setChecked(megabytes == self._time.limit)
            choice.triggered.connect(lambda _, chosen=megabytes: self._time.limit_to(chosen))
            group.addAction(choice)
        self._menu.addSeparator()
        clear = self._menu.addAction("Remove the moments of this run that nothing refers to")
        clear.triggered.connect(lambda _: self._time.clear())
