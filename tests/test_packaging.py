"""What an installation from a built wheel brings: all packages, and what they read beside code."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def test_every_package_is_in_the_wheel() -> None:
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for top in ("iae_studio", "trainer")
        for file in (ROOT / top).rglob("__init__.py")
    }
    assets = {"iae_studio_assets", "iae_studio_assets.models"}
    assert set(SETUPTOOLS["packages"]) == found | assets


def test_every_file_beside_the_code_is_in_the_wheel() -> None:
    data = SETUPTOOLS["package-data"]
    taken = {
        file
        for package, patterns in data.items()
        for pattern in patterns
        for file in (ROOT / package.replace("iae_studio_assets", "assets").replace(".", "/")).glob(
            pattern
        )
    }
    beside = {
        file
        for top in ("iae_studio", "trainer", "assets")
        for file in (ROOT / top).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    assert taken == beside
