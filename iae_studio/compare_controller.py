"""What is compared: its keys, and the inputs as each of the compared models sees them."""

from __future__ import annotations

from functools import partial

from iae_studio.controller import Controller
from iae_studio.state.comparing import MOST
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.messages import Message, short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import COMPARE
from iae_studio.views.actions import act
from iae_studio.window import Window


class CompareController(Controller):
    """Serves `state.comparing`; its work is done by the window's worker thread."""

    def __init__(self, state: StudioState, window: Window) -> None:
        super().__init__()
        self._state, self._comparing, self._submit = state, state.comparing, window.submit
        state.comparing.seenWanted.connect(self._see_anew)
        state.query.picturesChanged.connect(self._come_to_it)
        tip = "The shown model, at the shown moment, beside up to three others"
        act(window, "Compare", "Compare what is shown", "C", self._add_shown, tip)
        tip = "Take all models out of the comparison"
        act(window, "Compare", "Clear comparison", "Ctrl+Shift+C", state.comparing.clear, tip)

    def _add_shown(self) -> None:
        """Out of sight of the comparison it is told that it was done."""
        comparing = self._comparing
        if comparing.add_shown() and self._state.query.view != COMPARE:
            title, count = short(comparing.shown.title), len(comparing.models)
            told = f"{title} is compared, {count} of {MOST}: see Compare (4)."
            self._state.messages.show_message(Message(told, topic=COMPARE))

    def _come_to_it(self) -> None:
        if self._state.query.view == COMPARE:  # what was told is seen now
            self._state.messages.withdraw(COMPARE)

    def _see_anew(self, inputs: list[Input], spec: InputSpec) -> None:
        from iae_studio.threads import jobs

        self._submit(
            partial(jobs.see_anew, inputs, spec),
            then=partial(self._comparing.set_seen, spec),
            otherwise=partial(self._comparing.lack_seen, spec),
        )
