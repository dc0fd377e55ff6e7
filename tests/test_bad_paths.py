"""A path at which nothing can be read or written: one sentence with a way out, whoever meets it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from torchvision.datasets import MNIST

import trainer
from tests.bad_paths import BAD, a_folder
from tests.commands import WAYS_OUT, make_runs, told_by
from tests.serving import md5_of, serving
from tests.tiny import write_mnist
from trainer.data.sets.mnist import MNIST_FILES
from trainer.messages import UserError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of digits, one of points, and a picture."""
    return make_runs(tmp_path_factory.mktemp("made"))


COMMANDS = {
    "train --out": "train mog-iae --out BAD --set width=16 --set batch=16 --steps 2",
    "train --resume": "train mog-iae --out BAD --resume --steps 9",
    "train --data": "train mnist-10-small --data BAD --out NEW --steps 2",
    "train --images": "train svhn-75-small --images BAD --out NEW --steps 2",
    "train --images-b": "train shoes-small --images MADE/photos --images-b BAD --out NEW --steps 2",
    "evaluate": "evaluate BAD",
    "evaluate --data": "evaluate MADE/run --data BAD",
    "reconstruct": "reconstruct BAD MADE/picture.png --out NEW",
    "reconstruct image": "reconstruct MADE/run BAD --out NEW",
    "reconstruct --out": "reconstruct MADE/run MADE/picture.png --out BAD",
    "figure": "figure BAD --out NEW.png",
    "figure --out": "figure MADE/toy --out BAD",
    "figure --data": "figure MADE/run --data BAD --out NEW.png",
    "export": "export BAD NEW.safetensors",
    "export to": "export MADE/toy BAD",
    "reproduce --out": "reproduce mog-iae --out BAD --runs NEW --minutes 0.0001",
    "reproduce --runs": "reproduce mog-iae --out NEW --runs BAD --minutes 0.0001",
    "reproduce --data": "reproduce mnist-10-small --seeds 0 --out NEW --runs NEWER --data BAD",
}


@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_breaks_over_a_path(
    command: str,
    bad: Callable[[Path], str],
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    places = {"NEWER": str(tmp_path / "newer"), "NEW": str(tmp_path / "new"), "MADE": str(made)}
    places["BAD"] = bad(tmp_path)
    words = []
    for word in COMMANDS[command].split():
        for key, place in places.items():
            word = word.replace(key, place)
        words.append(word)
    code, told = told_by(words, capfd)
    assert code in (0, 2)
    if code == 2:
        assert told.count("\n") == 1, told
        assert told.startswith(("trainer: ", "mnist-10-small is left out: ")), told
        assert re.search(WAYS_OUT, told), told


# A download asks the network first: here its mirror is this computer.
@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
def test_a_download_that_has_no_place_is_told(
    bad: Callable[[Path], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write_mnist(tmp_path / "served", packed=True) / "MNIST" / "raw"
    resources = [(f"{name}.gz", md5_of(folder / f"{name}.gz")) for name in MNIST_FILES]
    monkeypatch.setattr(MNIST, "resources", resources)
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "bad").mkdir()
    place = bad(tmp_path / "bad")
    with serving(folder) as address:
        monkeypatch.setattr(MNIST, "mirrors", [address])
        code, told = told_by(["download", "mnist", "--data", place], capfd)
    if bad is a_folder:
        assert code == 0
        return
    assert code == 2 and "Check the network" not in told
    assert re.search(WAYS_OUT, told.splitlines()[-1])


# ---- the same in Python --------------------------------------------------------------------------


@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
def test_python_raises_errors_of_its_own(
    bad: Callable[[Path], str], made: Path, tmp_path: Path
) -> None:
    place = bad(tmp_path)
    uses: list[Callable[[], object]] = [
        lambda: trainer.load(place),
        lambda: trainer.evaluate(place),
        lambda: trainer.evaluate(made / "run", data=place),
        lambda: trainer.train("mnist-10-small", data=place),
        lambda: trainer.train("mog-iae", out=place, resume=True),
        lambda: trainer.load(made / "run").reconstruct(place),
    ]
    for use in uses:
        with pytest.raises(UserError):
            use()
