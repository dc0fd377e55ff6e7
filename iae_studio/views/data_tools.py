"""The row of tools above the images: which of them, in which order, of which class and cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool
from iae_studio.views.data_browsing import Browsing
from iae_studio.views.data_words import class_name
from iae_studio.views.help import help_mark
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.plain import plain
from iae_studio.widgets.segments import Segments
from trainer.exploring.choosing import Look
from trainer.exploring.questions.data import LOOKED_AT

LOOKS: dict[str, tuple[Look, str, str]] = {
    "browsedAll": ("all", "All", "In the order of the data"),
    "browsedBest": ("best", "Best", f"The best reconstructed first, of up to {LOOKED_AT:,}"),
    "browsedWorst": ("worst", "Worst", f"The worst reconstructed first, of up to {LOOKED_AT:,}"),
    "browsedOdd": (
        "odd",
        "Disagree",
        f"Their class is not their cluster's, of up to {LOOKED_AT:,}",
    ),
    "browsedAside": ("aside", "Set aside", "Those that the run trains without"),
}
NAMES = {look: name for name, (look, _, _) in LOOKS.items()}
TRAINING, TEST, FIRST, SECOND = "browsedTraining", "browsedTest", "browsedA", "browsedB"
MOST = 512  # entries of a list


class DataTools(QWidget):
    """Switches `browsedPart`, `browsedDomain`, `browsedLook`; `classFilter`, `clusterFilter`."""

    def __init__(self, browsing: Browsing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._browsing = browsing
        self._part = _switch("browsedPart", self._choose_part)
        self._part.add(TRAINING, "Training", "The images that are trained on")
        self._part.add(TEST, "Test", "The images that are kept for judging")
        self._domain = _switch("browsedDomain", self._choose_domain)
        self._domain.add(FIRST, "A", "The domain that the encoder reads")
        self._domain.add(SECOND, "B", "The domain of the code")
        self._look = _switch("browsedLook", self._choose_look)
        for name, (_, title, tip) in LOOKS.items():
            self._look.add(name, title, tip)
        self._classes = _list("classFilter", "Of which class", self._choose_class)
        self._clusters = _list("clusterFilter", "Of which cluster", self._choose_cluster)
        self._anew = tool("", "reset", "Look again, with the newest weights", browsing.judge)
        self._anew.setObjectName("judgeAnewButton")
        shown = (self._part, self._domain, self._look, self._classes, self._clusters, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(*shown, self._anew, help_mark("data")))
        browsing.exchanged.connect(self._fill)
        browsing.changed.connect(self._show)
        self._fill()
        self._show()

    # ---- what is chosen ----------------------------------------------------------------------

    def _choose_part(self, name: str) -> None:
        browsing = self._browsing
        if name == TEST and browsing.choice.look == "aside":
            browsing.choose(replace(browsing.choice, look="all"))
        browsing.look(replace(browsing.where, training=name == TRAINING))

    def _choose_domain(self, name: str) -> None:
        self._browsing.look(replace(self._browsing.where, domain=int(name == SECOND)))

    def _choose_look(self, name: str) -> None:
        self._browsing.choose(replace(self._browsing.choice, look=LOOKS[name][0]))

    def _choose_class(self) -> None:
        label = self._classes.currentData()
        self._browsing.choose(replace(self._browsing.choice, label=label))

    def _choose_cluster(self) -> None:
        cluster = self._clusters.currentData()
        self._browsing.choose(replace(self._browsing.choice, cluster=cluster))

    # ---- what is shown -----------------------------------------------------------------------

    def _fill(self) -> None:
        """The classes and clusters of the images that are listed."""
        listing, recipe = self._browsing.listing, self._browsing.recipe
        labels = self._browsing.classes[:MOST]
        named = [(class_name(listing, each), each) for each in labels] if listing else []
        _refill(self._classes, "All classes", named if len(named) > 1 else [])
        count = min(recipe.model.code, MOST) if recipe.categorical else 0
        clusters = [(f"Cluster {number + 1}", number) for number in range(count)]
        seen = bool(labels) and not self._browsing.where.domain
        _refill(self._clusters, "All clusters", clusters if seen else [])

    def _show(self) -> None:
        browsing = self._browsing
        where, choice, recipe = browsing.where, browsing.choice, browsing.recipe
        self.setVisible(not recipe.two_dimensional)
        self._part.choose(TRAINING if where.training else TEST)
        self._domain.offer({FIRST, SECOND} if recipe.translates else set())
        self._domain.choose(SECOND if where.domain else FIRST)
        hidden = {NAMES["odd"]} if not recipe.categorical else set()
        hidden |= set() if where.training else {NAMES["aside"]}
        self._look.offer(set(LOOKS) - hidden)
        self._look.choose(NAMES[choice.look])
        for box, value in ((self._classes, choice.label), (self._clusters, choice.cluster)):
            with QSignalBlocker(box):
                box.setCurrentIndex(max(box.findData(value), 0))
        self._anew.setVisible(choice.judges and browsing.stale and not browsing.judging)


def _switch(name: str, chosen: Callable[[str], None]) -> Segments:
    made = Segments()
    made.setObjectName(name)
    made.chosen.connect(chosen)
    return made


def _list(name: str, tip: str, chosen: Callable[[], None]) -> QComboBox:
    made = ChoiceBox()
    made.setObjectName(name)
    made.setToolTip(plain(tip))
    made.setAccessibleName(tip)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    theme.follow(made, lambda: made.setMaximumWidth(theme.px(124)))
    made.activated.connect(lambda _: chosen())
    return made


def _refill(box: QComboBox, first: str, entries: list[tuple[str, int]]) -> None:
    """All, or one of these; hidden where there is nothing to choose."""
    with QSignalBlocker(box):
        box.clear()
        box.addItem(first, None)
        for text, value in entries:
            box.addItem(plain(text), value)
    box.setVisible(bool(entries))
