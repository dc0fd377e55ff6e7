"""Views that cannot be seen ask the model for nothing: that would slow its training."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QWidget

from iae_studio.middle.map import MAP
from iae_studio.state.turned import PICTURES
from iae_studio.widgets.image_grid import ImageGrid
from tests.studio import LONG, find, little_data, newest, running
from tests.widgets import heard_of
from trainer.exploring.questions.directions import WhichStrips
from trainer.exploring.questions.pictures import WhereNoiseActs
from trainer.exploring.questions.shares import WhichShare

FOLLOW = {WhichStrips, WhichShare, WhereNoiseActs}


def test_nothing_is_asked_for_what_is_hidden(qtbot, own_folders, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as studio:
        state, dock = studio.state, studio.window.findChild(QDockWidget, "dock This picture")
        newest(studio, qtbot)
        dock.hide()
        wanted, cancelled = heard_of(state.asking.wanted), heard_of(state.asking.cancelled)
        dock.show()  # all that it shows is asked for where it is heard
        find(studio, ImageGrid, "imageGrid").activated.emit(0, 0)
        assert find(studio, QWidget, "largeView").isVisible()

        def asked() -> set[type]:
            return {type(each.question) for (each,) in wanted}

        qtbot.waitUntil(lambda: asked() >= FOLLOW, timeout=LONG)
        kinds = {each.kind for (each,) in wanted if type(each.question) in FOLLOW}
        state.query.set_view(MAP)
        dock.hide()
        assert {kind for (kind,) in cancelled} >= kinds
        wanted.clear()
        state.query.set_noise_scale(0.5)
        state.selection.select(1, 1)
        newest(studio, qtbot)
        QTest.qWait(300)
        assert not asked() & FOLLOW
        state.query.set_view(PICTURES)
        dock.show()
        qtbot.waitUntil(lambda: asked() >= FOLLOW, timeout=LONG)
