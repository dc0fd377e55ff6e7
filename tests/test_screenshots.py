"""The program that takes the guide's pictures: one scene, and one whose widget is not there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from benchmarks.scenes import SCENES
from benchmarks.scenes_kept import PAGE
from benchmarks.screenshots import Look, looks
from iae_studio.state.model_files import SHIPPED
from iae_studio.style import theme
from trainer.recipe.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent
PICTURES = re.findall(r"\]\(guide/([a-z-]+)\.png\)", (ROOT / "docs/GUIDE.md").read_text("utf-8"))


def test_a_scene_is_a_picture_of_the_window(tmp_path: Path) -> None:
    words = ["-m", "benchmarks.screenshots", "--out", str(tmp_path), "--only", "palette"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.iterdir()
    picture = QImage(str(file))
    assert file.name == "palette.png" and (picture.width(), picture.height()) == (1280, 800)
    colours = {picture.pixel(x, y) for x in range(0, 1280, 16) for y in range(0, 800, 16)}
    assert len(colours) > 20, "something is to be seen in it"


def test_every_scene_is_of_a_model_and_every_look_has_a_file_of_its_own() -> None:
    assert {scene.recipe for scene in SCENES.values()} <= set(CATALOGUE)
    shown = [name for name, scene in SCENES.items() if scene.recipe not in SHIPPED]
    assert shown == ["untrained"]
    files = [look.file(name) for look in looks(True) for name in SCENES]
    assert len(set(files)) == 16 * len(SCENES) and Look().file("map") == "map.png"


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_of_the_guide_has_its_scene(name: str) -> None:
    assert name in SCENES
    assert not QImage(str(ROOT / "docs/guide" / f"{name}.png")).isNull()


def test_the_guides_pictures_are_those_it_shows_and_few_bytes() -> None:
    files = list((ROOT / "docs/guide").iterdir())
    assert {file.stem for file in files} == set(PICTURES)
    assert max(file.stat().st_size for file in files) < 200_000
    assert not QImage(str(ROOT / "docs/window.png")).isNull()


def test_a_part_of_the_window_is_cut_out_of_it(tmp_path: Path) -> None:
    words = ["-m", "benchmarks.screenshots", "--out", str(tmp_path), "--only", "noise-strips"]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)
    picture = QImage(str(tmp_path / "noise-strips.png"))
    assert 200 < picture.width() < 400 < picture.height() < 600, "scrolled to, with all strips"
    amber = theme.colour("style").rgb()
    assert any(picture.pixel(x, y) == amber for x in range(20, 240) for y in range(12, 30))


def test_a_page_that_a_scene_makes_is_its_picture_and_a_dialog_is_one(tmp_path: Path) -> None:
    words = ["-m", "benchmarks.screenshots", "--out", str(tmp_path), "--only", "figure", "amended"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page, dialog = (QImage(str(tmp_path / f"{name}.png")) for name in ("figure", "amended"))
    assert page.width() == PAGE and page.pixelColor(4, 4).lightness() > 250, "paper is white"
    assert 300 < dialog.width() < 700 and dialog.pixelColor(4, 4).lightness() < 60
