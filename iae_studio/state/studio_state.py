"""All that the window shows, as small parts; a view is given those that it shows."""

from __future__ import annotations

from dataclasses import dataclass

from iae_studio.state.amending import Amending
from iae_studio.state.answers import Answers
from iae_studio.state.asides import Asides
from iae_studio.state.asking import Asking
from iae_studio.state.bookmarks import Bookmarks
from iae_studio.state.checkup import Checkup
from iae_studio.state.comparing import Comparing
from iae_studio.state.curves import Curves
from iae_studio.state.devices import Devices
from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.downloads import Downloads
from iae_studio.state.drawn_code import CodeDrawing
from iae_studio.state.drops import Drops
from iae_studio.state.fitting import Fitting
from iae_studio.state.inputs import InputImages
from iae_studio.state.library import Library
from iae_studio.state.marks import Marks
from iae_studio.state.messages import Messages
from iae_studio.state.playing import Playing
from iae_studio.state.query import Query
from iae_studio.state.queue import Queue
from iae_studio.state.requests import Requests
from iae_studio.state.selection import Selection
from iae_studio.state.time import Time
from iae_studio.state.training import State, Training
from trainer.recipe.recipe import Recipe

FIRST = "shoes-64"  # displayed by a window that is opened for the first time


@dataclass(frozen=True)
class StudioState:
    """The parts. Each has its own signals; `create` tells each what it must know of others."""

    messages: Messages
    displayed: Displayed
    time: Time
    playing: Playing
    curves: Curves
    query: Query
    inputs: InputImages
    drops: Drops
    selection: Selection
    marks: Marks
    asking: Asking
    comparing: Comparing
    answers: Answers
    drawing: CodeDrawing
    training: Training
    devices: Devices
    fitting: Fitting
    asides: Asides
    amending: Amending
    library: Library
    downloads: Downloads
    requests: Requests
    queue: Queue
    bookmarks: Bookmarks
    checkup: Checkup

    @classmethod
    def create(cls, recipe: Recipe) -> StudioState:
        """The parts, wired. They hear of each other before any view does."""
        messages = Messages()
        displayed = Displayed(DisplayedModel(recipe), messages)
        query = Query(displayed)
        bookmarks = Bookmarks()
        inputs = InputImages(displayed)
        answers = Answers(displayed, inputs, query, messages)
        asking = Asking(displayed)
        training, devices = Training(displayed, messages), Devices()
        time = Time(displayed, messages)
        library = Library(displayed, training, messages)
        parts = cls(
            messages=messages,
            displayed=displayed,
            time=time,
            playing=Playing(time, displayed, inputs, query, answers),
            curves=Curves(displayed, training),
            query=query,
            inputs=inputs,
            drops=Drops(displayed, inputs, messages, bookmarks),
            selection=Selection(displayed, inputs, query),
            marks=Marks(inputs, query),
            asking=asking,
            comparing=Comparing(displayed, time, inputs, training, messages),
            answers=answers,
            drawing=CodeDrawing(displayed, query, answers, asking),
            training=training,
            devices=devices,
            fitting=Fitting(training, devices),
            asides=Asides(displayed, training, messages),
            amending=Amending(displayed, training, messages),
            library=library,
            downloads=Downloads(),
            requests=Requests(),
            queue=Queue(displayed, training, messages),
            bookmarks=bookmarks,
            checkup=Checkup(),
        )
        parts._wire()
        return parts

    def _wire(self) -> None:
        self.displayed.recipeChanged.connect(self._recipe_changed)
        self.displayed.selected.connect(self._selected)
        self.inputs.exchanged.connect(self.answers.ask_of_others)
        self.query.changed.connect(self.answers.ask)
        self.time.askAgain.connect(self.answers.ask)
        self.training.runChanged.connect(self.library.refreshWanted)

    def _recipe_changed(self, recipe: Recipe) -> None:
        if recipe != self.displayed.previous:
            self.training.forget_outcome()
            self.query.reset()
        self.answers.forget()
        self.inputs.see_as(recipe)

    def _selected(self) -> None:
        self.query.noiseChanged.emit()
        self.answers.ask_of_others()
        if self.training.state is not State.STARTING:
            self.inputs.renew_tests()

    def silence(self) -> None:
        """Nothing more is told: the views are gone."""
        for part in vars(self).values():
            part.blockSignals(True)
        self.asking.forget()
