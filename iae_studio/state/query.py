"""What a user turns: seed, scale, sliders, locks, and which of the pictures are shown."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.turned import (
    CLUSTERS,
    FEWEST,
    MAX_SEED,
    MOST,
    PICTURES,
    Axes,
    Settings,
    columns_of,
)
from trainer.exploring.questions.directions import ALL, HERE, RAW, Basis
from trainer.messages import column_seeds


class Query(QObject):
    """The settings of a question to the displayed model; each change asks it anew."""

    changed = Signal()  # ask anew
    noiseChanged = Signal()
    basisChanged = Signal()  # which kind of directions is wanted
    axesChanged = Signal()  # other directions to move along
    columnsChanged = Signal()
    picturesChanged = Signal()  # which view, there or back

    def __init__(self, displayed: Displayed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._displayed = displayed
        self.view = PICTURES
        self.wants_way_back = False
        self.seed = 0
        self.noise_scale = 1.0
        self.seeds = column_seeds(self.seed, MOST)
        self.wanted_columns = 0
        self.locked: frozenset[int] = frozenset()
        self.code_offsets: tuple[float, ...] = ()
        self.raw_code = False
        self.noise_offsets: tuple[float, ...] = ()
        self.code_axes: Axes = ()
        self.noise_axes: Axes = ()
        self.code_here = True
        self.noise_here = True

    def reset(self) -> None:
        """Another model: its codes and noise mean something else."""
        self.code_offsets, self.noise_offsets = (), ()
        self.code_axes, self.noise_axes = (), ()
        self.noise_scale = 1.0

    def now(self) -> Settings:
        """All that is turned, as it stands. Directions that nothing moves along are none of it."""
        now = Settings(**{each.name: getattr(self, each.name) for each in fields(Settings)})
        code = now.code_axes if any(now.code_offsets) else ()
        noise = now.noise_axes if any(now.noise_offsets) else ()
        return replace(now, code_axes=code, noise_axes=noise)

    def restore(self, settings: Settings) -> None:
        """Turn everything at once; what stays as it is is not told of."""
        settings = self._with_axes(settings)
        turned = {
            each.name
            for each in fields(Settings)
            if getattr(self, each.name) != getattr(settings, each.name)
        }
        for name in turned:
            setattr(self, name, getattr(settings, name))
        for names, signal in (
            ({"seed", "seeds", "locked", "noise_scale"}, self.noiseChanged),
            ({"wanted_columns"}, self.columnsChanged),
            ({"raw_code", "code_here", "noise_here"}, self.basisChanged),
            ({"code_axes", "noise_axes"}, self.axesChanged),
            ({"view", "wants_way_back"}, self.picturesChanged),
            (turned, self.changed),
        ):
            if turned & names:
                signal.emit()

    def _with_axes(self, settings: Settings) -> Settings:
        """Directions that nothing moves along are those that were found, of the same kind."""
        code = (settings.raw_code, settings.code_here) == (self.raw_code, self.code_here)
        if code and not settings.code_axes and not any(settings.code_offsets):
            settings = replace(settings, code_axes=self.code_axes)
        noise = settings.noise_here == self.noise_here
        if noise and not settings.noise_axes and not any(settings.noise_offsets):
            settings = replace(settings, noise_axes=self.noise_axes)
        return settings

    # ---- noise and code ----------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many answers a row shows."""
        return columns_of(self._displayed.recipe, self.wanted_columns)

    def set_columns(self, count: int) -> None:
        """So many answers a row, FEWEST to MOST; 0 is as many as suit the model."""
        wanted = min(max(count, FEWEST), MOST) if count else 0
        if wanted != self.wanted_columns:
            self.wanted_columns = wanted
            self.columnsChanged.emit()
            self.changed.emit()

    def set_seed(self, seed: int) -> None:
        """New noise vectors, a function of the seed, in all columns that are not locked."""
        self.seed = seed % (MAX_SEED + 1)
        fresh = column_seeds(self.seed, MOST)
        self.seeds = tuple(
            self.seeds[column] if column in self.locked else fresh[column] for column in range(MOST)
        )
        self.noiseChanged.emit()
        self.changed.emit()

    def resample(self) -> None:
        """The next seed."""
        self.set_seed(self.seed + 1)

    def toggle_lock(self, column: int) -> None:
        """A locked column keeps its noise vector when the others are resampled."""
        if 0 <= column < MOST:
            self.locked ^= {column}
            self.noiseChanged.emit()

    def borrow(self, column: int) -> None:
        """Keep a column's noise in the first column; what was there takes its place."""
        if not 0 <= column < MOST:
            return
        seeds, swapped = list(self.seeds), {0: column, column: 0}
        seeds[0], seeds[column] = seeds[column], seeds[0]
        self.seeds = tuple(seeds)
        self.locked = frozenset({0, *(swapped.get(place, place) for place in self.locked)})
        self.noiseChanged.emit()
        self.changed.emit()

    def set_noise_scale(self, scale: float) -> None:
        if scale != self.noise_scale:
            self.noise_scale = scale
            self.changed.emit()

    def set_noise_offsets(self, offsets: tuple[float, ...]) -> None:
        if offsets != self.noise_offsets:
            self.noise_offsets = offsets
            self.changed.emit()

    def set_code_offsets(self, offsets: tuple[float, ...]) -> None:
        if offsets != self.code_offsets:
            self.code_offsets = offsets
            self.changed.emit()

    def set_code_axes(self, axes: Axes, offsets: tuple[float, ...] = ()) -> None:
        """Move along these directions, or with none along the model's own; from `offsets`."""
        moved = any(self.code_offsets) or any(offsets)
        self.code_axes, self.code_offsets = axes, offsets
        self._axes_changed(moved)

    def set_noise_axes(self, axes: Axes, offsets: tuple[float, ...] = ()) -> None:
        """The same for the noise."""
        moved = any(self.noise_offsets) or any(offsets)
        self.noise_axes, self.noise_offsets = axes, offsets
        self._axes_changed(moved)

    def _axes_changed(self, moved: bool) -> None:
        """Pictures that nothing moves stay as they are."""
        self.axesChanged.emit()
        if moved:
            self.changed.emit()

    @property
    def code_basis(self) -> Basis:
        """Which kind of directions of the code is wanted."""
        return RAW if self.raw_code else HERE if self.code_here else ALL

    @property
    def noise_basis(self) -> Basis:
        """The same of the noise."""
        return HERE if self.noise_here else ALL

    def set_code_basis(self, basis: Basis) -> None:
        """Sliders along another kind of directions; they start at 0."""
        moved = any(self.code_offsets)
        self.raw_code, self.code_here = basis == RAW, basis == HERE
        self.code_axes, self.code_offsets = (), ()
        self.basisChanged.emit()
        self._axes_changed(moved)

    def set_noise_basis(self, basis: Basis) -> None:
        """The same for the noise, which has no raw ones."""
        moved = any(self.noise_offsets)
        self.noise_here = basis == HERE
        self.noise_axes, self.noise_offsets = (), ()
        self.basisChanged.emit()
        self._axes_changed(moved)

    # ---- which pictures ----------------------------------------------------------------------

    @property
    def shows_clusters(self) -> bool:
        """Whether the middle shows each category, and not what becomes of the inputs."""
        return self.view == CLUSTERS and self.has_clusters

    @property
    def has_clusters(self) -> bool:
        """Whether the code is one of a few categories, each of which can be drawn."""
        return self._displayed.recipe.categorical and not self._displayed.recipe.two_dimensional

    @property
    def shows_way_back(self) -> bool:
        """Whether the tiles are what the decoder makes of the translations."""
        return self.wants_way_back and self.has_fan

    @property
    def has_fan(self) -> bool:
        """Whether an image has many translations, each with a way back."""
        return self._displayed.recipe.varies_code

    def set_view(self, name: str) -> None:
        """Look at the same in another way: the name of a view of the middle."""
        if name != self.view:
            self.view = name
            self.picturesChanged.emit()
            self.changed.emit()

    def toggle_way_back(self) -> None:
        if self.has_fan:
            self.set_way_back_wanted(not self.wants_way_back)

    def set_way_back_wanted(self, wanted: bool) -> None:
        self.wants_way_back = wanted
        self.picturesChanged.emit()
