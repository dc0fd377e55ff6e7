"""The weights that the drawing thread has in hand: live ones, the newest on disk, or a moment's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.threads.shortage import Shortage
from iae_studio.threads.weights import load_moment, load_newest
from trainer.devices.faults import lost_in_words
from trainer.devices.records import CPU
from trainer.messages import Probe
from trainer.storage.snapshots import Moment

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Asked:
    """A question, and by which weights it is to be answered."""

    probe: Probe
    clusters: bool
    displayed: DisplayedModel
    moment: Moment | None
    live: Snapshot | None  # of the training that runs, or ran last
    folders: Folders
    device: str

    @property
    def follows(self) -> bool:
        """Whether the weights of the running training answer."""
        live = self.live if self.displayed.live and self.moment is None else None
        return live is not None and live.recipe == self.displayed.recipe


class WeightsAtHand:
    """One thread's own. In a shortage of a GPU's memory all of them are on the CPU."""

    def __init__(self) -> None:
        self.shortage = Shortage()
        self.device = ""  # that the last ones were taken for: the chosen one, or the CPU
        self._snapshot: Snapshot | None = None
        self._loaded: tuple[DisplayedModel, Moment | None, str] | None = None
        self._newest: tuple[DisplayedModel, str, Snapshot] | None = None  # as the disk has them
        self._copied: tuple[Snapshot, Snapshot] | None = None  # live ones, and their copy

    def forget(self) -> None:
        """Read all of them anew."""
        self._snapshot = self._loaded = self._newest = self._copied = None

    def drop(self) -> None:
        """Those that answered last may be at fault."""
        self._snapshot = self._loaded = None

    def read_again(self) -> None:
        """What is loaded is not what is wanted."""
        self._loaded = None

    def of(self, asked: Asked) -> Snapshot | None:
        """Those that are to answer. Raises MomentLostError, and what reading them raises."""
        self.device = CPU if self.shortage.lasts else asked.device
        if asked.follows and asked.live is not None:
            self._loaded = self._newest = None  # those of the disk are not wanted by now
            self._snapshot = self._near_by(asked.live)
        elif self._loaded != (asked.displayed, asked.moment, self.device):
            self._load(asked)
        return self._snapshot

    def begins_to_lack(self, error: BaseException, asked: Asked) -> bool:
        """Whether an error says that the GPU is full: then room is made, and the CPU answers."""
        if not self.shortage.begins_by(error, asked.device):
            return False
        self.forget()
        self.shortage.make_room()
        return True

    def _near_by(self, live: Snapshot) -> Snapshot:
        """Live weights lie where they are trained; in a shortage a copy of them is drawn with."""
        if not self.shortage.lasts or live.device.type == CPU:
            self._copied = None
            return live
        if self._copied is None or self._copied[0] is not live:
            with lost_in_words(live.device):
                self._copied = live, live.on_cpu()
        return self._copied[1]

    def _load(self, asked: Asked) -> None:
        """Those of a moment, or the newest on the disk, which are read once."""
        self._snapshot = self._copied = None  # two models may be more than there is room for
        displayed, moment, device = asked.displayed, asked.moment, self.device
        if moment is not None:
            self._snapshot = load_moment(displayed, asked.folders, device, moment)
        else:
            if self._newest is None or self._newest[:2] != (displayed, device):
                self._newest = None
                self._newest = displayed, device, load_newest(displayed, asked.folders, device)
            self._snapshot = self._newest[2]
        self._loaded = displayed, moment, device
