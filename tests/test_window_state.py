"""The parts of the state, and what connects them: late answers, and where work is done."""

from __future__ import annotations

import builtins
import os
import threading
from traceback import walk_stack

import numpy as np
from PySide6.QtCore import QObject, SignalInstance

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.input_list import Input
from iae_studio.state.training import State
from iae_studio.threads.failures import describe
from iae_studio.threads.jobs import SKETCH, take_test_images
from tests.gpus import with_gpus
from tests.studio import LONG, colour_photo, little_data, newest, press, running, wait_for_tiles
from trainer.messages import Cloud, Clusters, DataMissingError, ModelFacts, Rendering
from trainer.recipe.catalogue import CATALOGUE


def facts(name: str) -> ModelFacts:
    return ModelFacts(name, 5, (28, 28, 1), 10, False, 10)


# ---- late answers --------------------------------------------------------------------------------


def test_test_images_of_the_data_of_before_are_not_taken(state, monkeypatch) -> None:
    """Two data sets of one shape: what is late is known by its request."""
    asked = []
    state.inputs.testsWanted.connect(asked.append)
    with little_data(monkeypatch):
        state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
        state.displayed.select(DisplayedModel(CATALOGUE["mnist-5-small"]))
        first, second = asked
        assert first.recipe.image_shape == second.recipe.image_shape
        late, wanted = (
            take_test_images(each, Folders(), CancellableProgress(lambda *_: None))
            for each in asked
        )
    state.inputs.replace_tests(first, late)
    assert not state.inputs.images
    assert state.inputs.awaits_tests
    state.inputs.replace_tests(second, wanted)
    assert state.inputs.images == wanted
    assert not state.inputs.awaits_tests


def test_facts_about_the_model_of_before_are_not_taken(state) -> None:
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    before = state.answers.probe().stamp
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    state.answers.set_facts(facts("drawn-10"), before)
    assert state.answers.facts is None
    state.answers.set_facts(facts("mnist-10-small"), state.answers.probe().stamp)
    assert state.answers.facts is not None


def rows(count: int, stamp: int) -> Rendering:
    """An answer about so many inputs."""
    tiles = np.zeros((count, 8, 28, 28, 1), np.uint8)
    return Rendering(
        stamp, 5, tiles, np.zeros((count, 10), np.float32), np.zeros(count, np.float32)
    )


def test_answers_about_the_model_or_the_images_of_before_are_not_taken(state) -> None:
    """As many rows of the same shape: what is late is known by its stamp alone."""
    answers, taken = state.answers, []
    for signal in (answers.rendered, answers.previewed, answers.clouded, answers.clustered):
        signal.connect(taken.append)
    pixels = np.zeros((28, 28, 1), np.uint8)
    state.inputs.add([Input("one", pixels, state.inputs.spec)])

    def answer(stamp: int) -> list[object]:
        taken.clear()
        answers.set_rendering(rows(1, stamp))
        answers.preview(rows(1, stamp))
        answers.set_cloud(Cloud(stamp, 5, *[np.zeros((1, 2), np.float32)] * 2, np.zeros(1, int)))
        answers.set_clusters(Clusters(stamp, 5, rows(1, 0).tiles))
        return list(taken)

    asked = answers.probe().stamp
    assert len(answer(asked)) == 4
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert not answer(asked)
    assert answers.rendering is None
    asked = answers.probe().stamp
    assert len(answer(asked)) == 4
    state.inputs.remove(0)
    state.inputs.add([Input("another", pixels, state.inputs.spec)])
    assert not answer(asked)
    state.query.resample()  # the same images: what was on its way is still about them
    assert len(answer(answers.probe().stamp - 1)) == 4


def test_another_models_codes_and_noise_start_where_they_were_learned(state) -> None:
    query = state.query
    query.set_noise_scale(0.3)
    query.set_noise_offsets((1.0,))
    query.set_code_offsets((2.0, 1.0))
    probe = state.answers.probe()
    assert (probe.noise_scale, probe.noise_offsets) == (0.3, (1.0,))
    assert probe.code_offsets == (2.0, 1.0)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    probe = state.answers.probe()
    assert (probe.noise_scale, probe.noise_offsets, probe.code_offsets) == (1.0, (), ())


def test_a_file_named_like_the_drawing_stays_when_something_is_drawn(state) -> None:
    pixels = np.full((28, 28, 1), 9, np.uint8)
    spec = state.inputs.spec
    state.inputs.add([Input(SKETCH, pixels, spec)])
    state.inputs.set_sketch(Input(SKETCH, pixels, spec, drawing=True))
    assert len(state.inputs.images) == 2
    state.inputs.keep_sketch()
    assert [known.name for known in state.inputs.images] == ["drawing 1", SKETCH]


def test_missing_data_are_known_by_their_name_and_not_by_a_sentence() -> None:
    named = describe(DataMissingError("no files here", data="svhn"))
    assert named.data_missing
    assert named.what.startswith("SVHN")
    own = describe(DataMissingError("MNIST photos is not there"))
    assert str(own) == "MNIST photos is not there"
    assert not own.data_missing


def test_a_gpu_that_was_found_is_offered_and_chosen(state, qtbot) -> None:
    chosen = []
    state.devices.changed.connect(chosen.append)
    assert state.devices.chosen == "auto"
    with qtbot.waitSignal(state.devices.offered):
        state.devices.offer(with_gpus("A100"))
    state.devices.choose("cuda:0")
    assert not chosen, "what was taken already draws nothing anew"
    state.devices.choose("cpu")
    assert chosen == ["cpu"] == [state.devices.chosen]


def test_a_download_begins_at_nothing_and_ends_unheard(state) -> None:
    shares = []
    state.downloads.moved.connect(shares.append)
    state.downloads.begin("svhn")
    state.downloads.set_share(0.5)
    assert (state.downloads.name, shares) == ("svhn", [0.0, 0.5])
    state.downloads.end()
    state.downloads.set_share(0.6)
    assert (state.downloads.name, shares) == ("", [0.0, 0.5])


# ---- threads -------------------------------------------------------------------------------------


def test_pictures_are_made_on_the_chosen_device(qtbot, own_folders, monkeypatch) -> None:
    from trainer.devices import choice as device

    asked, choose = [], device.choose_device

    def watched(name: str):
        asked.append(name)
        return choose(name)

    monkeypatch.setattr(device, "choose_device", watched)
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        assert set(asked) == {"auto"}  # what is drawn first is drawn with what "auto" took
        studio.state.devices.chosen = "cuda:0"  # as if there was one
        studio.state.devices.choose("cpu")
        qtbot.waitUntil(lambda: "cpu" in asked, timeout=LONG)
        assert newest(studio, qtbot).tiles.shape[1:] == (8, 28, 28, 1)


def test_the_gui_thread_leaves_the_disk_alone(qtbot, own_folders, monkeypatch, tmp_path) -> None:
    """Whatever is chosen, opened or trained, our code reads no file there."""
    touched: list[str] = []
    gui = threading.current_thread()

    def watch(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def watched(*args, **kwargs):
            if threading.current_thread() is gui:
                files = [frame.f_code.co_filename for frame, _ in walk_stack(None)]
                ours = [file for file in files if "/iae_studio/" in file]
                code = str(args[0]).endswith(".py") or any("importlib" in file for file in files)
                if ours and not code:
                    touched.append(f"{name} of {args[:1]} by {ours[0]}")
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, watched)

    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        photo = colour_photo(tmp_path / "flag.png")
        for name in ("stat", "listdir", "scandir"):
            watch(os, name)
        watch(builtins, "open")
        state = studio.state
        state.drops.open_files([photo])
        qtbot.waitUntil(lambda: state.inputs.images[0].name == "flag.png", timeout=LONG)
        state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"].but(width=4)))
        newest(studio, qtbot)
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: state.training.state is State.FAILED, timeout=LONG)
        state.displayed.select(state.library.weights_of(CATALOGUE["mog-iae"]))
        studio.data.set_root("mnist", tmp_path)
        qtbot.waitUntil(lambda: state.messages.current is not None, timeout=LONG)
        state.library.refreshWanted.emit()
        qtbot.wait(300)
    assert not touched


def signals_of(part: QObject) -> list[str]:
    own = {name for kind in type(part).__mro__ if kind is not QObject for name in vars(kind)}
    names = own - set(vars(QObject))
    return [name for name in names if isinstance(getattr(part, name, None), SignalInstance)]


def test_no_part_of_the_state_has_many_signals(state) -> None:
    counts = {name: len(signals_of(part)) for name, part in vars(state).items()}
    assert counts["inputs"] > 2
    assert max(counts.values()) <= 8, counts
