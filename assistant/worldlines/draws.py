"""The luck of a run: one number per world and hinge, and the weights, drawn once and shared by every comparison.

Draws of the weights come in mirrored pairs: where one draw has a weight high by so much, its partner has it low by as much.
So a mean over all draws is not off to one side by the luck of the few draws, while each draw by itself is as free as before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.worldlines.arithmetic import Floats, normals, uniforms
from assistant.worldlines.tables import Tables

__all__ = ["Draws", "draw"]


@dataclass(frozen=True)
class Draws:
    """Random numbers for G x P worlds: G draws of the weights, P worlds that share each.

    Attributes:
        seed: what they were drawn from.
        luck: for each hinge a (G, P) array of uniform numbers.
        weights: for each hinge a (weights, G) array of log-odds.
        scores: the same weights as standard normal numbers, 0 where a weight has no spread.
    """

    seed: int
    luck: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    scores: tuple[Floats, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of weight draws, and of worlds that share one."""
        groups, worlds = self.luck[0].shape
        return int(groups), int(worlds)

    def with_weight(self, hinge: int, tilt: int, value: float) -> Draws:
        """Return the same luck with one weight held at a value in every world."""
        changed = self.weights[hinge].copy()
        changed[tilt] = value
        return replace(self, weights=(*self.weights[:hinge], changed, *self.weights[hinge + 1 :]))


def draw(tables: Tables, seed: int, groups: int, worlds: int) -> Draws:
    """Draw for `groups` draws of the weights with `worlds` worlds each."""
    luck = tuple(uniforms(seed, f"hinge {hinge.id}", (groups, worlds)) for hinge in tables.hinges)
    scores: list[Floats] = []
    weights: list[Floats] = []
    for hinge in tables.hinges:
        score = np.zeros((len(hinge.tilts), groups), dtype=np.float32)
        for row, tilt in enumerate(hinge.tilts):
            if tilt.spread > 0:
                half = normals(seed, tilt.name, ((groups + 1) // 2,))
                score[row] = np.concatenate([half, -half])[:groups]
        mean = np.array([tilt.weight for tilt in hinge.tilts], dtype=np.float32)
        spread = np.array([tilt.spread for tilt in hinge.tilts], dtype=np.float32)
        scores.append(score)
        weights.append(mean[:, None] + spread[:, None] * score)
    return Draws(seed, luck, tuple(weights), tuple(scores))
