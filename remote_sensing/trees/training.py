"""How a crown network learns: cut-outs of labelled pictures, turned and tinted, against discs on the labels."""

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
from scipy import ndimage, special
from scipy.spatial import cKDTree

from agro import parameters
from remote_sensing.trees import network
from remote_sensing.trees.features import CHANNELS

FILE = Path(__file__).with_name("learned.toml")
WARMING = 10  # steps in which the rate grows to its full size
EDGE = 0.5  # half the width in which a disc fades [px]
REGISTERED = (0.35, 0.65)  # shares of the training after which labels are laid on the crowns


class Training(NamedTuple):
    """How long and on what a network learns."""

    window: Annotated[int, "px"]
    batch: Annotated[int, "1"]
    rounds: Annotated[int, "1"]
    steps: Annotated[int, "1"]
    rate: Annotated[float, "1"]
    decay: Annotated[float, "1"]
    reach: Annotated[float, "px"]
    dropped: Annotated[float, "1"]
    turn: Annotated[float, "deg"]
    zoom: Annotated[float, "1"]
    colour: Annotated[float, "1"]
    moved: Annotated[int, "px"]
    nets: Annotated[int, "1"]


class Shape(NamedTuple):
    """Widths of the levels of a network."""

    widths: Annotated[Any, "1"]


def settings() -> Training:
    """Return the settings of `learned.toml`."""
    return parameters.load(FILE, "training", Training)


def widths() -> tuple[int, ...]:
    """Return the widths of the network of `learned.toml`."""
    return tuple(parameters.load(FILE, "network", Shape).widths)


def discs(points, size, reach):
    """Return where a crown's middle is within reach, on the half grid of a window, with an edge of a pixel or two.

    `points` are rows and columns [px], shape (n, 2); the answer has shape (size / 2, size / 2). The heat that is
    learned from it is the chance that a tree found at a pixel would meet a label.
    """
    if not len(points):
        return np.zeros((size // 2, size // 2), np.float32)
    middle = np.arange(0, size, 2) + 0.5
    place = np.stack(np.meshgrid(middle, middle, indexing="ij"), -1).reshape(-1, 2)
    distance = cKDTree(points).query(place)[0]
    return special.expit((reach - distance) / EDGE).reshape(size // 2, size // 2).astype(np.float32)


def cut_out(channels, points, size, rule, rng):
    """Return a window of a picture, turned, zoomed, mirrored left to right and tinted at random.

    Up stays up, within `rule.turn`: shadows lie on one side of crowns and help to find them.

    Returns
    -------
    (window, points, known)
        Channels (c, size, size), points in the window's pixels, and where the half grid lies inside the picture.
    """
    shape = np.array(channels.shape[1:])
    angle = np.deg2rad(rng.uniform(-rule.turn, rule.turn))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn = turn / np.exp(rng.uniform(-1, 1) * np.log(rule.zoom))
    if rng.random() < 0.5:
        turn = turn @ np.diag([1, -1])
    room = np.maximum(shape - size, 0) / 2 + 0.08 * size
    centre = (shape - 1) / 2 + rng.uniform(-1, 1, 2) * room
    shift = centre - turn @ np.full(2, (size - 1) / 2)
    window = _sampled(channels, turn, shift, size)
    gain, tint = 1 + rng.uniform(-1, 1, len(window)) * rule.colour, rng.uniform(-1, 1, len(window)) * rule.colour
    window = (window * gain[:, None, None] + tint[:, None, None]).astype(np.float32)
    middle = np.arange(0, size, 2) + 0.5
    source = np.tensordot(turn, np.stack(np.meshgrid(middle, middle, indexing="ij")), 1) + shift[:, None, None]
    known = ((source > 0) & (source < (shape - 1)[:, None, None])).all(0)
    return window, (points - shift) @ np.linalg.inv(turn).T, known


def _sampled(channels, turn, shift, size):
    """Return channels at turn @ (row, column) + shift, between pixels in proportion, mirrored beyond the edge."""
    height, width = channels.shape[1:]
    place = np.arange(size, dtype=np.float32)
    row = (turn[0, 0] * place[:, None] + turn[0, 1] * place + shift[0]).astype(np.float32)
    col = (turn[1, 0] * place[:, None] + turn[1, 1] * place + shift[1]).astype(np.float32)
    row, col = _mirrored(row, height - 1), _mirrored(col, width - 1)
    top, left = np.minimum(row.astype(np.int32), height - 2), np.minimum(col.astype(np.int32), width - 2)
    down, right = row - top, col - left
    flat, at = channels.reshape(len(channels), -1), top * width + left
    upper = flat[:, at] * (1 - right) + flat[:, at + 1] * right
    lower = flat[:, at + width] * (1 - right) + flat[:, at + width + 1] * right
    return upper * (1 - down) + lower * down


def _mirrored(place, last):
    place = np.abs(place) % (2 * last)
    return np.minimum(place, 2 * last - place)


def moved_onto(logits, points, limit):
    """Return the shift (rows, columns) [px], at most `limit` each, that lays labels on what was found.

    Labels of one picture are often off together: they were drawn on another picture or in another year.
    """
    chance = np.log(ndimage.gaussian_filter(1 / (1 + np.exp(-logits)), 0.5) + 0.02)
    steps = np.arange(-limit, limit + 1)
    gain = np.array([[_at(chance, points + np.array([i, j])).sum() for j in steps] for i in steps])
    gain -= 0.002 * len(points) * (steps[:, None] ** 2 + steps**2)
    i, j = np.unravel_index(gain.argmax(), gain.shape)
    return np.array([steps[i], steps[j]], float)


def _at(half, points):
    return ndimage.map_coordinates(half, (points.T - 0.5) / 2, order=1, mode="nearest")


def fitted(pictures, points, seed, rule=None, levels=None, watch=None):
    """Return the folded weights of one network that learned from labelled pictures.

    Parameters
    ----------
    pictures : list of ndarray of float32, shape (c, y, x)
        Channels of `features.seen`, of any sizes from 64 pixels up.
    points : list of ndarray, shape (n, 2)
        Rows and columns of crown middles. [px]
    seed : int
        The same seed gives the same weights on the same machine.
    rule : Training, optional
        By default that of `learned.toml`.
    levels : tuple of int, optional
        Widths of the network.
    watch : callable, optional
        Told the share that is done after each step.

    Returns
    -------
    list of (weight, bias)
        What `network.answered` takes.
    """
    rule, rng = rule or settings(), np.random.default_rng(seed)
    net = network.Network(CHANNELS, levels or widths(), rng, dropped=rule.dropped)
    descent = network.Descent(rule.decay)
    area = np.array([picture[0].size for picture in pictures], float)
    steps = max(rule.steps, int(np.ceil(rule.rounds * area.sum() / rule.window**2 / rule.batch)))
    moved = [np.zeros(2) for _ in pictures]
    queue: list[int] = []
    for step in range(steps):
        if rule.moved and step in [int(share * steps) for share in REGISTERED]:
            moved = _registered(net, pictures, points, rule)
        while len(queue) < rule.batch:
            queue += list(rng.permutation(np.repeat(np.arange(len(area)), np.ceil(area / rule.window**2).astype(int))))
        taken, queue = queue[: rule.batch], queue[rule.batch :]
        cuts = [cut_out(pictures[i], points[i] + moved[i], rule.window, rule, rng) for i in taken]
        wanted = np.stack([discs(place, rule.window, rule.reach) for _, place, _ in cuts])
        chance = 1 / (1 + np.exp(-net.forward(np.stack([window for window, _, _ in cuts]))))
        wrong = (chance - wanted) * np.stack([known for *_, known in cuts])
        net.backward((10 * wrong / wrong.size).astype(np.float32))
        descent.step(
            net, rule.rate * min(1.0, (step + 1) / WARMING) * (0.5 + 0.5 * np.cos(np.pi * step / steps) + 0.01)
        )
        if watch:
            watch((step + 1) / steps)
    return net.folded()


def _registered(net, pictures, points, rule):
    weights = net.folded()
    shifts = []
    for picture, place in zip(pictures, points, strict=True):
        rows, cols = (side // 8 * 8 for side in picture.shape[1:])
        logits = network.answered(weights, picture[None, :, :rows, :cols])[0]
        shifts.append(moved_onto(logits, place, rule.moved) if len(place) else np.zeros(2))
    return shifts
