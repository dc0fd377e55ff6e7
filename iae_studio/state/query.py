"""What a user turns: seed, scale, sliders, locks, and which of the pictures are shown."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from trainer.messages import column_seeds
from trainer.recipe.recipe import Recipe

COLUMNS = 8
FEWER = 6  # columns where pictures of codes, or of larger sizes, take room too
MAX_SEED = 999_999


def has_noise(recipe: Recipe) -> bool:
    """Whether one image has many answers."""
    return bool(
        recipe.model.noise or recipe.model.encoder_noise or recipe.model.posterior == "gaussian"
    )


def columns_of(recipe: Recipe) -> int:
    """How many answers a row shows: without noise they would all be the same."""
    if not has_noise(recipe):
        return 1
    return FEWER if recipe.translates else COLUMNS


@dataclass(frozen=True)
class Settings:
    """All that is turned; of the same names as in a `Query`."""

    seed: int = 0
    seeds: tuple[int, ...] = column_seeds(0, COLUMNS)
    locked: frozenset[int] = frozenset()
    noise_scale: float = 1.0
    noise_offsets: tuple[float, ...] = ()
    code_offsets: tuple[float, ...] = ()
    raw_code: bool = False
    wants_clusters: bool = False
    wants_way_back: bool = False


class Query(QObject):
    """The settings of a question to the displayed model; each change asks it anew."""

    changed = Signal()  # ask anew
    noiseChanged = Signal()
    rawChanged = Signal()
    picturesChanged = Signal()  # reconstructions or clusters, there or back

    def __init__(self, displayed: Displayed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._displayed = displayed
        self.wants_clusters = False
        self.wants_way_back = False
        self.seed = 0
        self.noise_scale = 1.0
        self.seeds = column_seeds(self.seed, COLUMNS)
        self.locked: frozenset[int] = frozenset()
        self.code_offsets: tuple[float, ...] = ()
        self.raw_code = False
        self.noise_offsets: tuple[float, ...] = ()

    def reset(self) -> None:
        """Another model: its codes and noise mean something else."""
        self.code_offsets, self.noise_offsets = (), ()
        self.noise_scale = 1.0

    def now(self) -> Settings:
        """All that is turned, as it stands."""
        return Settings(**{each.name: getattr(self, each.name) for each in fields(Settings)})

    def restore(self, settings: Settings) -> None:
        """Turn everything at once."""
        for each in fields(Settings):
            setattr(self, each.name, getattr(settings, each.name))
        self.noiseChanged.emit()
        self.rawChanged.emit()
        self.picturesChanged.emit()
        self.changed.emit()

    # ---- noise and code ----------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many answers a row shows."""
        return columns_of(self._displayed.recipe)

    def set_seed(self, seed: int) -> None:
        """New noise vectors, a function of the seed, in all columns that are not locked."""
        self.seed = seed % (MAX_SEED + 1)
        fresh = column_seeds(self.seed, COLUMNS)
        self.seeds = tuple(
            self.seeds[column] if column in self.locked else fresh[column]
            for column in range(COLUMNS)
        )
        self.noiseChanged.emit()
        self.changed.emit()

    def resample(self) -> None:
        """The next seed."""
        self.set_seed(self.seed + 1)

    def toggle_lock(self, column: int) -> None:
        """A locked column keeps its noise vector when the others are resampled."""
        if 0 <= column < COLUMNS:
            self.locked ^= {column}
            self.noiseChanged.emit()

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

    def set_raw_code(self, raw: bool) -> None:
        """Sliders along raw dimensions in place of principal directions; they start at 0."""
        self.raw_code, self.code_offsets = raw, ()
        self.rawChanged.emit()
        self.changed.emit()

    # ---- which pictures ----------------------------------------------------------------------

    @property
    def shows_clusters(self) -> bool:
        """Whether the middle shows each category, and not what becomes of the inputs."""
        return self.wants_clusters and self.has_clusters

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

    def set_clusters_wanted(self, wanted: bool) -> None:
        self.wants_clusters = wanted
        self.picturesChanged.emit()
        self.changed.emit()

    def toggle_clusters(self) -> None:
        if self.has_clusters:
            self.set_clusters_wanted(not self.wants_clusters)

    def toggle_way_back(self) -> None:
        if self.has_fan:
            self.set_way_back_wanted(not self.wants_way_back)

    def set_way_back_wanted(self, wanted: bool) -> None:
        self.wants_way_back = wanted
        self.picturesChanged.emit()
