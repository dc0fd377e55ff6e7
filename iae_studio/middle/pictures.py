"""Inputs, and what the model makes of them; points, where the model is about those."""

from __future__ import annotations

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.turned import PICTURES
from iae_studio.views.pictures import PicturesView

VIEWS.register(
    ViewSpec(
        PICTURES,
        "Pictures",
        "Each image and what is made of it",
        "1",
        PicturesView,
        order=10,
    )
)
