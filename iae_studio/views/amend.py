"""A small dialog that changes a run while it goes on: rates, weights, R1, the end."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QToolButton, QWidget

from iae_studio.state.amending import Amended, Amending
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, heading, row, tool
from iae_studio.views.tall_dialog import TallDialog
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import PlainLabel, plain
from trainer.data.amending import amendable, amended, read_value
from trainer.data.amendments import END, EUCLIDEAN
from trainer.messages import UserError
from trainer.recipe.options import leaves, value_at

WIDTH = 460  # px
FIELD = 110  # px
MOST_TOLD = 4  # amendments that the dialog lists
# What can be changed, in groups: the heading, its colour, and each option's words.
GROUPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Learning rates",
        "",
        {
            "optim.generator_rate": "encoder and decoder",
            "optim.discriminator_rate": "discriminators",
        },
    ),
    (
        "Reconstruction game",
        "reconstruction",
        {"objective.reconstruction.weight": "weight", "objective.reconstruction.r1": "R1"},
    ),
    (
        "Regularisation game",
        "regularisation",
        {"objective.regularisation.weight": "weight", "objective.regularisation.r1": "R1"},
    ),
    (
        "Penalties",
        "",
        {
            "objective.penalties.label_weight": "labels",
            EUCLIDEAN: "Euclidean error",
            "objective.penalties.consistency": "consistency",
            "objective.penalties.balance": "balance",
            "objective.penalties.diversity_weight": "diversity",
            "objective.penalties.first_moment": "first moment",
        },
    ),
    ("The end", "", {END: "steps"}),
)
_MEANINGS = {path: str(entry.metadata.get("meaning", "")) for path, entry, _ in leaves()}
KEPT = (
    "In force from the next step on, and kept with the run: going on after a stop or a crash, it "
    "meets each change again at its step."
)


class AmendDialog(TallDialog):
    """`amendDialog`: a field for each option, named `amend generator_rate` and so on."""

    def __init__(self, amending: Amending, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent)
        self.setObjectName("amendDialog")
        self.setWindowTitle("Change while it runs")
        self._amending = amending
        self._shown: Amended | None = None
        self.fields: dict[str, QLineEdit] = {}
        self._labels: dict[str, PlainLabel] = {}
        self._recipes: dict[str, PlainLabel] = {}
        self._backs: dict[str, QToolButton] = {}
        self._form = QWidget()
        self._name = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self._name.setProperty("title", True)
        self._about, self._so_far = caption(), caption(most=MOST_TOLD + 1)
        self._so_far.setObjectName("amendedSoFar")
        self._problem = PlainLabel()
        self._problem.setObjectName("amendProblem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._build()
        amending.changed.connect(self._follow)
        self._follow()

    def _build(self) -> None:
        for part in (self._name, self._about, self._form, self._so_far):
            self.middle.addWidget(part)
        tip = "Go by these values from the next step on"
        self._apply = button("Apply", "check", tip, self._decide, "amendApply")
        self._apply.setProperty("primary", True)
        self._apply.setDefault(True)
        theme.set_icon(self._apply, "check", "on_accent")
        close = QPushButton("Close")
        close.setObjectName("amendClose")
        close.setToolTip("Leave the run as it is")
        close.clicked.connect(self.reject)
        close.setAutoDefault(False)
        self.foot.addWidget(self._problem)
        self.foot.addLayout(row(None, close, self._apply))

    # ---- which run ---------------------------------------------------------------------------

    def look_again(self, _: object = None) -> None:
        """Another model is displayed, or a training began or ended."""
        self._amending.refresh()
        self._follow()

    def _follow(self) -> None:
        """Show what the run goes by; what is being typed stays."""
        target = self._amending.target()
        known, self._shown = self._shown, target
        if target is None:
            self._name.setText("No run" if self._amending.run() is None else "Looking at the run")
            self._about.setText("Press Train, or choose a run from the list of experiments.")
        elif known is None or (known.run, known.recipe) != (target.run, target.recipe):
            self._make_form(target)
        self._form.setEnabled(target is not None)
        if target is not None:
            self._fill(target)
        self._check()

    def _make_form(self, target: Amended) -> None:
        """The fields that have an effect in this run."""
        form = QWidget()
        grid = QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.PAD)
        grid.setVerticalSpacing(theme.GAP)
        grid.setColumnStretch(0, 1)
        self.fields, self._labels, self._recipes, self._backs = {}, {}, {}, {}
        may = amendable(target.recipe)
        for title, role, options in GROUPS:
            chosen = [path for path in options if path in may]
            if chosen:
                if self.fields:  # a group stands apart from the one before it
                    grid.setRowMinimumHeight(grid.rowCount(), theme.GRID)
                grid.addWidget(heading(title.upper(), role), grid.rowCount(), 0, 1, 4)
            for path in chosen:
                self._add_row(grid, path, options[path])
        self.middle.replaceWidget(self._form, form)
        self._form.deleteLater()
        self._form = form
        first = next(iter(self.fields.values()))  # every run has a rate
        first.setFocus()
        first.selectAll()

    def _add_row(self, grid: QGridLayout, path: str, words: str) -> None:
        label, edit, recipe = PlainLabel(words), QLineEdit(), PlainLabel()
        back = tool("", "reset", "Back to the recipe's value", partial(self._put_back, path))
        kept = back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # nothing moves when it comes
        back.setSizePolicy(kept)
        name = path.split(".", 1)[1] if path.startswith("objective.") else path.split(".")[-1]
        edit.setObjectName(f"amend {name}")
        edit.setAccessibleName(f"{words}, {_MEANINGS[path]}")
        label.setToolTip(plain(_MEANINGS[path]))
        edit.setToolTip(plain(_MEANINGS[path]))
        theme.follow(edit, lambda: edit.setFixedWidth(theme.px(FIELD)))
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        edit.setFont(theme.tabular(edit.font()))
        edit.textEdited.connect(lambda _: self._check())
        recipe.setProperty("caption", True)
        line = grid.rowCount()
        for place, part in enumerate((label, edit, recipe, back)):
            grid.addWidget(part, line, place)
        self.fields[path], self._labels[path] = edit, label
        self._recipes[path], self._backs[path] = recipe, back

    def _fill(self, target: Amended) -> None:
        now = target.now
        self._name.setText(target.run.name)
        self._name.setToolTip(plain(str(target.run)))
        where = "it trains" if target.trains else f"it rests at step {target.step:,}"
        self._about.setText(f"{target.recipe.about.title}: {where}.\n{KEPT}")
        for path, edit in self.fields.items():
            if not edit.isModified():
                edit.setText(_typed(value_at(now, path)))
            self._recipes[path].setText(f"recipe {_typed(value_at(target.recipe, path))}")
        told = [str(each) for each in target.amendments.all][-MOST_TOLD:]
        self._so_far.setText("Changed so far:\n" + "\n".join(told) if told else "")
        self._so_far.setVisible(bool(told))

    # ---- what is typed -----------------------------------------------------------------------

    def _wanted(self) -> tuple[dict[str, object], str]:
        """The options that are to be others, and what is wrong with them."""
        target, wanted, problem = self._amending.target(), {}, ""
        if target is None or self._shown is None or target.run != self._shown.run:
            return {}, ""
        now = target.now
        for path, edit in self.fields.items():
            wrong = ""
            self._backs[path].setVisible(edit.text() != _typed(value_at(target.recipe, path)))
            try:
                value = read_value(path, edit.text())
                if value != value_at(now, path):
                    amended(target.amendments, target.recipe, target.step, {path: value})
                    wanted[path] = value
            except UserError as error:
                wrong = str(error)
            self._colour(path, wrong)
            problem = problem or wrong
        if not problem and wanted:
            try:
                amended(target.amendments, target.recipe, target.step, wanted)
            except UserError as error:
                problem = str(error)
        return dict(wanted), problem

    def _put_back(self, path: str) -> None:
        """The recipe's value is typed; it still has to be applied."""
        if self._shown is not None:
            self.fields[path].setText(_typed(value_at(self._shown.recipe, path)))
            self.fields[path].setModified(True)
            self._check()

    def _colour(self, path: str, wrong: str) -> None:
        label, role = self._labels[path], "error" if wrong else ""
        if (label.property("role") or "") != role:
            label.setProperty("role", role)
            label.style().polish(label)

    def _check(self) -> None:
        """Say what is wrong as it is typed; what is right can be applied."""
        wanted, problem = self._wanted()
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._apply.setEnabled(bool(wanted) and not problem)

    def _decide(self) -> None:
        wanted, problem = self._wanted()
        if problem or not wanted:
            return
        for edit in self.fields.values():
            edit.setModified(False)  # what comes back is shown
        self._amending.decide(wanted)


def _typed(value: float) -> str:
    """A value as one would type it, with all of its digits."""
    short = f"{value:g}"
    return short if float(short) == value and "e+" not in short else str(value)
