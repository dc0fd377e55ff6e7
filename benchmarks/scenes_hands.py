"""A scene of the guide, and hands that many scenes have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.stage import Stage


def nothing(stage: Stage) -> None:
    """The window as it is."""


@dataclass(frozen=True)
class Scene:
    """A picture of the guide: the model in it, what is done, and the part that is shown."""

    recipe: str
    do: Callable[[Stage], None] = nothing
    shows: tuple[str, ...] = ()  # object names; the whole window without one
    file: str = ""  # where it is not called like the scene


def view_of(key: str, name: str) -> Callable[[Stage], None]:
    """Press the key of a view, and see that the view is there."""

    def look(stage: Stage) -> None:
        stage.keys(key)
        stage.need(name)

    return look


def there(*names: str) -> Callable[[Stage], None]:
    """Only where all of these are to be seen."""

    def look(stage: Stage) -> None:
        for name in names:
            stage.need(name)

    return look


def clicked(name: str) -> Callable[[Stage], None]:
    """Click a widget."""
    return lambda stage: stage.click(name)


def done(action: str, name: str = "") -> Callable[[Stage], None]:
    """Run an action by its name, and see that the widget is there."""

    def act(stage: Stage) -> None:
        stage.do(action)
        if name:
            stage.need(name)

    return act


def in_turn(*acts: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """One after another."""

    def act(stage: Stage) -> None:
        for each in acts:
            each(stage)

    return act


def pressed(*keys: str, on: str = "imageGrid") -> Callable[[Stage], None]:
    """Press keys while a widget has the keyboard, and leave it there."""

    def act(stage: Stage) -> None:
        stage.focus(on)
        stage.keys(*keys)

    return act
