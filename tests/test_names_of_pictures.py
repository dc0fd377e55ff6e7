"""A picture that a command writes is of the kind that its name says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.commands import make_runs, told_by
from trainer.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tried on POSIX systems alone")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of digits, one of points, and a picture."""
    return make_runs(tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize(
    ("name", "written", "kind"),
    [
        ("mysheet", "mysheet.png", "PNG"),
        ("noise 0.5", "noise 0.5.png", "PNG"),
        ("a.PNG", "a.PNG", "PNG"),
        ("a.jpg", "a.jpg", "JPEG"),
        ("a.JPEG", "a.JPEG", "JPEG"),
        ("a.webp", "a.webp", "WEBP"),
        ("a.tif", "a.tif", "TIFF"),
        ("a.bmp", "a.bmp", "BMP"),
    ],
)
def test_a_picture_is_what_its_name_says(
    name: str, written: str, kind: str, made: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / name
    assert main(["figure", str(made / "toy"), "--out", str(out)]) == 0
    with Image.open(tmp_path / "out" / written) as picture:
        assert picture.format == kind
    assert [path.name for path in out.parent.iterdir()] == [written]
    if "." in name and " " not in name:
        image = str(made / "picture.png")
        assert main(["reconstruct", str(made / "run"), image, "--out", str(out)]) == 0
        with Image.open(out) as picture:
            assert picture.format == kind


@pytest.mark.parametrize("name", ["a.pdf", "a.svg", "a.mp4", "a.p"])
def test_what_is_no_picture_is_refused(
    name: str, made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for command in (["figure", str(made / "toy")], ["reconstruct", str(made / "run"), "x.png"]):
        code, told = told_by([*command, "--out", str(tmp_path / name)], capfd)
        assert code == 2 and ".png" in told and not list(tmp_path.glob("a.*"))
