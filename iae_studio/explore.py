"""The middle: tools, messages, and the ways to look at the displayed model."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.requests import Requests
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.state.turned import PICTURES
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import button, row, tool
from iae_studio.views.message_bar import MessageBar
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.folding_button import FoldingButton
from iae_studio.widgets.plain import plain
from iae_studio.widgets.segments import Segments
from trainer.messages import ModelFacts, Pixels
from trainer.recipe.recipe import Recipe
from trainer.storage.snapshots import Moment


class ExploreView(QWidget):
    """The switch `viewSwitch`, tools, messages, the chosen view, and a line of words below it."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._displayed, self._query, self._inputs = state.displayed, state.query, state.inputs
        self._specs = {spec.name: spec for spec in sorted(VIEWS, key=lambda spec: spec.order)}
        self._views: dict[str, QWidget] = {}
        self._pages = QStackedWidget()
        self._pages.setObjectName("dropTarget")
        self._pages.setAccessibleName("Drop images here")
        self._facts = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._facts.setObjectName("modelFacts")
        self._facts.setProperty("caption", True)
        self._facts.setFont(theme.tabular(self._facts.font()))
        self._step: int | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.PAD, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addLayout(self._tools(state.requests))
        layout.addWidget(MessageBar(state.messages))
        layout.addWidget(self._pages, 1)
        tip = "Train the shown experiment (T)"
        start = state.training.start
        self._begin = button("Train", "play", tip, start, "trainUntrainedButton")
        self._begin.hide()
        tip = "Show the newest weights, and follow them (Shift+End)"
        live = partial(state.time.look_at, None)
        self._to_live = tool("Back to live", "step", tip, live)
        self._to_live.setObjectName("backToLiveButton")
        self._to_live.setProperty("snug", True)
        stays = self._to_live.sizePolicy()
        stays.setRetainSizeWhenHidden(True)  # the pictures must not move as time does
        self._to_live.setSizePolicy(stays)
        theme.follow(self._to_live, lambda: self._to_live.setFixedHeight(theme.px(20)))
        self._to_live.hide()
        layout.addLayout(row(self._facts, self._begin, self._to_live, None))
        self.view(PICTURES)
        self._connect()
        self._show_recipe(state.displayed.recipe)
        theme.follow(self, self._fold)

    def _connect(self) -> None:
        answers = self._state.answers
        for answered in (answers.rendered, answers.clustered, answers.clouded):
            answered.connect(lambda answer: self._summary(answer.step))
        answers.factsChanged.connect(self._show_facts)
        self._query.picturesChanged.connect(self._show_view)
        self._displayed.recipeChanged.connect(self._show_recipe)
        self._displayed.changed.connect(lambda _: self._wait())
        self._state.training.stateChanged.connect(lambda _: self._offer())
        self._state.time.moved.connect(self._show_time)

    def view(self, name: str) -> QWidget:
        """The view of that name, made for its first use."""
        if name not in self._views:
            made = self._views[name] = self._specs[name].build(self._state)
            self._pages.addWidget(made)
            told = getattr(made, "told", None)
            if told is not None:
                told.connect(self._tell)
        return self._views[name]

    # ---- tools -------------------------------------------------------------------------------

    def _tools(self, requests: Requests) -> QHBoxLayout:
        query = self._query
        self._for_images = (
            button("Open", "open", "Open images or a folder (Ctrl+O)", requests.openWanted.emit),
            button("Paste", "paste", "Paste an image (Ctrl+V)", requests.pasteWanted.emit),
            button(
                "Test images",
                "image",
                "Random images of the test set (R)",
                self._inputs.want_tests,
            ),
            button("Clear", "trash", "Take all images away", self._inputs.clear),
        )
        for each in self._for_images:
            each.setProperty("flat", True)
        self._back = QToolButton()
        self._back.setText("Way back")
        self._back.setToolTip(plain("What the decoder makes of each translation (B)"))
        self._back.setObjectName("wayBackButton")
        self._back.setCheckable(True)
        self._back.setProperty("flat", True)
        self._back.clicked.connect(query.set_way_back_wanted)
        shown = (self._view_switch(), None, self._back, *self._for_images)
        self._in_row = [each for each in shown if each is not None]
        return row(*shown, gap=theme.GRID)

    def _view_switch(self) -> Segments:
        self._switch = Segments()
        self._switch.setObjectName("viewSwitch")
        self._keys: dict[str, QAction] = {}
        for spec in self._specs.values():
            self._switch.add(spec.name, spec.title, f"{spec.tip} ({spec.key})")
            look = partial(self._look, spec)
            self._keys[spec.name] = act(self, "View", spec.title, spec.key, look, spec.tip)
        self._switch.chosen.connect(self._query.set_view)
        return self._switch

    def view_actions(self) -> list[QAction]:
        """What brings each view to the front, for a menu."""
        return list(self._keys.values())

    def _look(self, spec: ViewSpec) -> None:
        if spec.applies(self._displayed.recipe):
            focused, proxy = self.window().focusWidget(), self.view(spec.name).focusProxy()
            within = focused is not None and self._pages.isAncestorOf(focused)
            self._query.set_view(spec.name)
            if within and proxy is not None and proxy.isVisible():
                proxy.setFocus(Qt.FocusReason.ShortcutFocusReason)  # not the first button there

    def _fold(self) -> None:
        """Leave out the tools' words where they would not fit all."""
        here = [each for each in self._in_row if not each.isHidden()]
        wide = sum(
            each.unfolded()
            if isinstance(each, FoldingButton | Segments)
            else each.sizeHint().width()
            for each in here
        )
        narrow = self.width() < wide + theme.GRID * len(here) + 2 * theme.PAD
        self._switch.fold(narrow)
        for each in self._for_images:
            each.fold(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def invite(self, welcome: bool) -> None:
        """Frame the drop target while something to drop hovers over the window."""
        self._pages.setProperty("invites", welcome)
        self._pages.style().unpolish(self._pages)
        self._pages.style().polish(self._pages)

    # ---- which view --------------------------------------------------------------------------

    @property
    def shown(self) -> str:
        """The name of the view in front: the chosen one where it suits the model."""
        spec = self._specs.get(self._query.view)
        suits = spec is not None and spec.applies(self._displayed.recipe)
        return self._query.view if suits else PICTURES

    def _show_recipe(self, recipe: Recipe) -> None:
        for control in self._for_images:
            control.setVisible(not recipe.two_dimensional)
        offered = {spec.name for spec in self._specs.values() if spec.applies(recipe)}
        self._switch.offer(offered)
        for name, action in self._keys.items():
            action.setEnabled(name in offered)
        self._show_view()

    def _show_view(self) -> None:
        self._pages.setCurrentWidget(self.view(self.shown))
        self._switch.choose(self.shown)
        self._back.setVisible(self._query.has_fan and self.shown == PICTURES)
        self._back.setChecked(self._query.shows_way_back)
        self._fold()

    def picture(self) -> Pixels | None:
        """What the view in front offers as a picture; None: it is made of what was answered."""
        return self._offered("picture")

    def tile(self) -> Pixels | None:
        """What of it is selected; None: the selected tile of what was answered."""
        return self._offered("tile")

    def _offered(self, name: str) -> Pixels | None:
        offered = getattr(self.view(self.shown), name, None)
        return None if offered is None else offered()

    # ---- words -------------------------------------------------------------------------------

    def _tell(self, words: str) -> None:
        if words:
            self._facts.setText(words)
        elif self._step is not None:
            self._summary(self._step)

    def _offer(self) -> None:
        """An untrained model can be trained right where that is said."""
        training = self._state.training
        rests = not training.busy and training.state is not State.STARTING
        self._begin.setVisible(self._step == 0 and rests and self._state.time.live)

    def _show_time(self, moment: Moment | None) -> None:
        """Who looks at the past sees that, and the way back."""
        past = moment is not None
        if past is not self._to_live.isHidden():
            return
        self._to_live.setVisible(past)
        self._facts.setProperty("past", past)
        self._facts.style().unpolish(self._facts)
        self._facts.style().polish(self._facts)

    def _wait(self) -> None:
        self._step = None
        self._offer()
        self._facts.setText("Loading…")

    def _show_facts(self, facts: ModelFacts) -> None:
        self._summary(facts.step)

    def _summary(self, step: int) -> None:
        self._step = step
        self._offer()
        model = self._displayed.model
        if not self._state.time.live:
            self._facts.setText(f"step {step:,} of this run, kept")
            return
        if step == 0:
            self._facts.setText("Untrained: what you see means nothing yet. Press Train.")
            return
        self._facts.setText(f"{model.weights}, step {step:,}")
