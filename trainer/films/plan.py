"""When a film shows what: a list of shots. Numbers alone, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from trainer.films.scene import Keyframes, Loop, Pace, Scene, Training, Walk
from trainer.messages import UserError


@dataclass(frozen=True)
class Shot:
    """A picture, and for how many frames it stands.

    `number` counts stations or moments; `part` of `parts` is how far it is to the next one.
    """

    number: int
    part: int = 0
    parts: int = 1
    ticks: int = 1

    @property
    def share(self) -> float:
        """How far it is to the next one, 0 to 1."""
        return self.part / self.parts


def shots_of(scene: Scene) -> tuple[Shot, ...]:
    """All of a film. Raises UserError where there is nothing to film."""
    story, pace = scene.story, scene.pace
    if isinstance(story, Loop):
        return loop_shots(pace)
    if isinstance(story, Training):
        steps = [moment.step for moment in story.moments]
        if not steps:
            raise UserError("This run keeps no moments yet: train it, and they are collected.")
        steps += [] if story.newest is None else [story.newest]
        return training_shots(steps, pace, story.even)
    if isinstance(story, Keyframes):
        count, closed = len(story.stations), story.closed
    else:
        count, closed = stations_of(story), story.closed
    if count < 2:
        raise UserError(_LACKS[type(story)])
    return station_shots(count, pace, closed)


_LACKS = {
    Keyframes: "A film from keyframe to keyframe needs two of them: add this one, and another.",
    Walk: "A walk leads from one to the next, and here there is only one: open another image, or "
    "show more columns.",
}


def stations_of(walk: Walk) -> int:
    """How many a walk comes by."""
    probe = walk.probe
    return len(probe.noise_seeds) if walk.through == "noise" else len(probe.images)


def loop_shots(pace: Pace) -> tuple[Shot, ...]:
    """One turn in equal parts; the frame after the last would be the first."""
    return tuple(Shot(0, part, pace.ticks) for part in range(pace.ticks))


def station_shots(count: int, pace: Pace, closed: bool) -> tuple[Shot, ...]:
    """From station to station in equal times; at most half of it is rest at the stations."""
    ways = count if closed else count - 1
    total = max(pace.ticks, count)
    rest = 1 + min(round(pace.hold * pace.rate), (total - count) // (2 * count))
    moving = total - count * rest
    shots = []
    for number in range(count):
        shots.append(Shot(number, ticks=rest))
        if number < ways:
            between = (number + 1) * moving // ways - number * moving // ways
            shots += [Shot(number, part, between + 1) for part in range(1, between + 1)]
    return tuple(shots)


def training_shots(steps: Sequence[int], pace: Pace, even: bool) -> tuple[Shot, ...]:
    """Moments in order, by their numbers; a rest at the last, of half the time at most."""
    rest = min(round(pace.hold * pace.rate), pace.ticks // 2)
    total = pace.ticks - rest
    at = _by_step(steps, total) if even else _by_place(len(steps), total)
    shots = [Shot(number, ticks=len(list(same))) for number, same in groupby(at)]
    last = shots.pop()
    return (*shots, Shot(last.number, ticks=last.ticks + rest))


def _by_place(count: int, total: int) -> list[int]:
    """Each moment equally long; of too many for the frames some, with the first and the last."""
    if total >= count:
        return [tick * count // total for tick in range(total)]
    return [round(tick * (count - 1) / max(total - 1, 1)) for tick in range(total)]


def _by_step(steps: Sequence[int], total: int) -> list[int]:
    """At each frame the last moment up to its step."""
    first, last = steps[0], steps[-1]
    at, number = [], 0
    for tick in range(total):
        step = first + (last - first) * tick / max(total - 1, 1)
        while number + 1 < len(steps) and steps[number + 1] <= step + 1e-6:
            number += 1
        at.append(number)
    return at
