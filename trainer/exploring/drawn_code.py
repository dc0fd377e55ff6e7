"""What a code that somebody drew stands for."""

from __future__ import annotations

import torch

from trainer.data.edge_detection import find_edges
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.pad import DrawnCode, DrawnTiles, EdgesOf
from trainer.inference.pixels import to_tensor
from trainer.inference.render import decode_codes, probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Pixels


@torch.inference_mode()
def draw_code(snapshot: Snapshot, question: DrawnCode, told: Circumstances) -> DrawnTiles:
    """The drawn code with each of the probe's noises: as a tile whose code is that picture."""
    noise, _ = probe_noise(snapshot, question.probe)
    code = to_tensor(question.code[None]).to(snapshot.device)
    tiles = decode_codes(snapshot, code.expand(len(noise), -1, -1, -1), noise)
    return DrawnTiles(snapshot.step, tiles)


@torch.inference_mode()
def edges_of(snapshot: Snapshot, question: EdgesOf, told: Circumstances) -> Pixels:
    """The edges as own images get them in training."""
    image = torch.from_numpy(question.picture.copy()).permute(2, 0, 1)[None]
    edges: Pixels = find_edges(image)[0].permute(1, 2, 0).contiguous().numpy()
    return edges
