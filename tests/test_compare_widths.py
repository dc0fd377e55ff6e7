"""The comparison fits into a small window with large text, on each of its pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QToolButton

from iae_studio.middle.compare import COMPARE
from iae_studio.state.comparing import Compared
from iae_studio.state.input_list import Input
from iae_studio.state.model_files import SHIPPED
from iae_studio.views.compare import PAGES
from tests.test_widths import LONGEST, NAME, fits, scale, settle, window
from trainer.recipe.catalogue import CATALOGUE

__all__ = ["scale", "window"]  # fixtures


def test_every_page_of_a_comparison_fits(window) -> None:
    state = window.state
    state.query.set_view(COMPARE)
    fits(window)
    assert window.findChild(QToolButton, "compareAdd").isVisible()
    recipe = CATALOGUE["mnist-10-small"]
    models = [
        Compared(recipe, SHIPPED["mnist-10-small"]),
        Compared(LONGEST),
        Compared(recipe, Path(f"/runs/{NAME}"), 12_345_678, NAME),
        Compared(CATALOGUE["mnist-det-small"], SHIPPED["mnist-det-small"], label="<b>bold</b>"),
    ]
    state.comparing.set(models)
    fits(window)  # without images
    spec = state.inputs.spec
    state.inputs.add([Input(NAME, np.zeros(spec.shape, np.uint8), spec) for _ in range(9)])
    for name, _, _ in PAGES:
        window.findChild(QToolButton, f"{name}Button").click()
        settle()
        fits(window)
