"""The device that somebody chose is taken again at the next start, if it is there and works."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from iae_studio.controller import Controller
from iae_studio.settings import text
from iae_studio.state.studio_state import StudioState
from iae_studio.threads.render import RenderThread
from trainer.devices.records import AUTO, NAMES, FoundDevices

KEY = "device"


class DeviceController(Controller):
    """Remembers what is chosen by hand; what a lost device makes the program choose it does not."""

    def __init__(self, state: StudioState, settings: QSettings, render: RenderThread) -> None:
        super().__init__()
        self.state, self.settings = state, settings
        kept = text(settings, KEY)
        self._wanted = kept if NAMES.fullmatch(kept) and kept != AUTO else ""
        if self._wanted:
            state.devices.chosen = self._wanted  # until it is known which there are
            render.prefer(self._wanted)
        state.devices.chosenByHand.connect(self._remember)
        render.ready.connect(self._found)

    def _remember(self, device: str) -> None:
        self._wanted = ""
        self.settings.setValue(KEY, device)

    def _found(self, found: FoundDevices) -> None:
        """Told where another one had to be taken; it is tried again at the next start."""
        if not self._wanted or self._wanted in {device.name for device in found.usable}:
            return
        why = {device.name: device.why_not for device in found.known}.get(self._wanted, "")
        said = f"{self._wanted}, which was chosen, {'does not work' if why else 'is not here'}"
        taken = f"{found.usable[0].told} is used."
        self.state.messages.logged.emit(" ".join(filter(None, (f"{said}.", why, taken))))
