"""A walk: a closed loop through noise or code, played for several inputs side by side."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import tool
from iae_studio.views.loop_frames import LoopFrames
from iae_studio.views.style_page import StylePage
from iae_studio.views.style_words import column_name, draws_by_noise, no_walk, translations
from iae_studio.widgets.plain import plain
from iae_studio.widgets.value_slider import ValueSlider
from trainer.exploring.questions.style import WALKERS, Frames, Walk
from trainer.messages import Probe

SLOWEST, FASTEST, AT_FIRST = 2, 30, 12  # frames a second
REST = 4.0  # s from one loop to the same by newer weights: a walk must not slow the training


class WalkView(StylePage):
    """Play, pause and speed; each input keeps its content while the style walks."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "walk", parent)
        self._loop = LoopFrames()
        self._asked: Probe | None = None
        self._began = 0.0
        self._heads: list[str] = []
        self.plays = True
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._play = tool("", "pause", "Pause (W)", self.toggle)
        self._play.setObjectName("walkPlay")
        self._speed = ValueSlider("speed", SLOWEST, FASTEST, AT_FIRST, "style", 0, " /s")
        self._speed.setObjectName("walkSpeed")
        self._speed.setTip("Pictures a second")
        theme.follow(self._speed, lambda: self._speed.setFixedWidth(theme.px(180)))
        self._speed.valueChanged.connect(lambda _: self._keep_time())
        self.strip.setAccessibleName("Inputs side by side, whose style walks")
        self.lay_out((self._play, self._speed))
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._follow_paused)
        state.answers.rendered.connect(lambda _: self._follow_paused())

    # ---- hands -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause."""
        self.plays = not self.plays
        self._keep_time()

    def begin(self) -> None:
        self.plays = True
        super().begin()
        self._keep_time()

    def end(self) -> None:
        super().end()
        self._loop.clear()
        self._keep_time()

    def _keep_time(self) -> None:
        words = "Pause (W)" if self.plays else "Play (W)"
        theme.set_icon(self._play, "pause" if self.plays else "play")
        self._play.setToolTip(plain(words))
        self._play.setAccessibleName(words)
        if self.in_use and self.plays:
            self._clock.start(round(1000 / self._speed.value()))
        else:
            self._clock.stop()

    # ---- frames ------------------------------------------------------------------------------

    def obstacle(self) -> str:
        facts, query = self.state.answers.facts, self.state.query
        directions = facts is not None and bool(facts.code_spread)
        why = no_walk(self.state.displayed.recipe, directions, query.noise_scale)
        for control in (self._play, self._speed):
            control.setVisible(not why)
        if why:
            self._loop.clear()
        return why

    def renew(self) -> None:
        chosen, state = self.state.selection, self.state
        rows = [chosen.row, *(r for r in range(len(state.inputs.images)) if r != chosen.row)]
        rows = rows[:WALKERS]
        self._heads = [state.inputs.images[row].name for row in rows]
        probe = state.answers.probe_of(chosen.row, chosen.column)
        self._asked = replace(probe, images=state.answers.probe().images[rows])
        if draws_by_noise(state.displayed.recipe):
            noise = column_name(state, chosen.column)
            back = translations(state)
            self.say(f"A circle through {noise}: each content stays, the style walks.{back}")
        else:
            self.say("A closed loop through each code, along its two strongest directions.")
        self._ask_for_all(anew=True)

    def answered(self, part: Frames) -> None:
        following = self._loop.add(part)
        if part.start == 0:
            self._show()
            self.say_again(part.step)
        elif following is None and not self.plays:
            self._loop.take()
            self._show()
            self._follow()
        if following is not None and self._asked is not None:
            self.ask(Walk(self._asked, following), follows=False)

    def _ask_for_all(self, anew: bool) -> None:
        """For the first part; each part that comes asks for the next."""
        if self._asked is not None:
            self._began = time.monotonic()
            self._loop.expect(anew)
            self.ask(Walk(self._asked), follows=False)

    def _show(self) -> None:
        frame = self._loop.now()
        if frame is not None:
            self.show_pictures(frame, self._heads[: len(frame)])

    def _tick(self) -> None:
        if not self.isVisible():
            return
        began = self._loop.tick()
        self._show()
        if began:
            self._follow()

    def _follow(self) -> None:
        """Ask for the same loop by newer weights, where there are some and it is time."""
        rendering = self.state.answers.rendering
        if rendering is None or rendering.step == self._loop.step or self._loop.waits:
            return
        rest = self._began + REST - time.monotonic()
        if rest <= 0:
            self._ask_for_all(anew=False)
        elif not self.plays:
            self._rest.start(round(1000 * rest) + 1)

    def _follow_paused(self) -> None:
        """A paused walk shows the newest weights too; one that plays takes them as it begins."""
        if self.in_use and self.isVisible() and not self.plays:
            self._follow()

    def forget(self) -> None:
        super().forget()
        self._loop.clear()
