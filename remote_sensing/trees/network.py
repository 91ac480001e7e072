"""A small convolutional network in numpy: what it computes, and how its weights learn.

Levels of 3 x 3 convolutions (U-Net), on a grid half as fine as the picture. Blocks of rows pass through the cache of
the processor, so that a core computes near the speed of its matrix product; no second library is needed.
"""

from dataclasses import dataclass, field

import numpy as np

BLOCK = 1 << 18
"""Numbers of unfolded rows that are multiplied at once: what fits beside the weights in a core's second cache."""
MOMENTUM = 0.9
STABLE = 1e-4


def _unfolded(padded, first, rows, width, out):
    """Lay the 3 x 3 neighbourhoods of some rows of `padded` (c, y + 2, x + 2) into `out` (9, c, rows, x)."""
    for i in range(3):
        for j in range(3):
            out[3 * i + j] = padded[:, first + i : first + i + rows, j : j + width]


def convolved(pictures, weight, against=None):
    """Return 3 x 3 convolutions with an edge of zeros, or the gradient of their weights.

    Parameters
    ----------
    pictures : ndarray of float32, shape (n, c, y, x)
        Pictures with channels.
    weight : ndarray of float32, shape (o, 9 c)
        Weights, neighbour by neighbour; unused if `against` is given.
    against : ndarray of float32, shape (n, o, y, x), optional
        Gradients of the answer.

    Returns
    -------
    ndarray of float32
        The answer, shape (n, o, y, x); with `against` the gradient of the weights, shape (o, 9 c).
    """
    n, channels, height, width = pictures.shape
    rows = max(1, min(height, BLOCK // (9 * channels * width)))
    padded = np.zeros((channels, height + 2, width + 2), pictures.dtype)
    columns = np.empty((9, channels, rows, width), pictures.dtype)
    if against is None:
        answer = np.empty((n, len(weight), height, width), pictures.dtype)
    else:
        answer = np.zeros((against.shape[1], 9 * channels), pictures.dtype)
    for picture in range(n):
        padded[:, 1:-1, 1:-1] = pictures[picture]
        for first in range(0, height, rows):
            part = min(rows, height - first)
            unfolded = columns if part == rows else np.empty((9, channels, part, width), pictures.dtype)
            _unfolded(padded, first, part, width, unfolded)
            flat = unfolded.reshape(9 * channels, -1)
            if against is None:
                answer[picture, :, first : first + part] = (weight @ flat).reshape(-1, part, width)
            else:
                answer += against[picture, :, first : first + part].reshape(len(answer), -1) @ flat.T
    return answer


def turned(weight):
    """Return the weights (c, 9 o) of the convolution that carries gradients back through `weight` (o, 9 c)."""
    out = len(weight)
    return np.ascontiguousarray(weight.reshape(out, 3, 3, -1)[:, ::-1, ::-1].transpose(3, 1, 2, 0)).reshape(-1, 9 * out)


@dataclass
class Layer:
    """A convolution, its normalisation over the batch and the cut at zero, with what the way back needs."""

    weight: np.ndarray
    gain: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    gradient: dict[str, np.ndarray] = field(default_factory=dict)
    kept: tuple = ()

    @classmethod
    def drawn(cls, channels, out, rng):
        """Return a layer with random weights of the size that keeps signals alive (He et al. 2015)."""
        size = 9 * channels
        weight = (rng.standard_normal((out, size)) * np.sqrt(2 / size)).astype(np.float32)
        one, zero = np.ones(out, np.float32), np.zeros(out, np.float32)
        return cls(weight, one.copy(), zero.copy(), zero.copy(), one.copy())

    def folded(self):
        """Return (weight, bias) with the normalisation by the means of training worked into them."""
        gain = self.gain / np.sqrt(self.spread + STABLE)
        return self.weight * gain[:, None], self.bias - gain * self.mean

    def forward(self, pictures):
        """Return the answer to a batch (n, c, y, x) while learning, and remember the way."""
        answer = convolved(pictures, self.weight)
        count = answer.size / answer.shape[1]
        mean = answer.mean((0, 2, 3))
        answer -= mean[:, None, None]
        spread = np.einsum("ncyx,ncyx->c", answer, answer) / count
        self.mean = MOMENTUM * self.mean + (1 - MOMENTUM) * mean
        self.spread = MOMENTUM * self.spread + (1 - MOMENTUM) * spread
        scale = 1 / np.sqrt(spread + STABLE)
        answer *= scale[:, None, None]
        result = answer * self.gain[:, None, None]
        result += self.bias[:, None, None]
        np.maximum(result, 0, out=result)
        self.kept = (pictures, answer, result > 0, scale)
        return result

    def backward(self, wanted, further=True):
        """Set the gradients of the weights; return that of the batch, or None if no layer stands before."""
        pictures, answer, alive, scale = self.kept
        self.kept = ()
        wanted = wanted * alive
        self.gradient["bias"] = wanted.sum((0, 2, 3))
        self.gradient["gain"] = np.einsum("ncyx,ncyx->c", wanted, answer)
        count = answer.size / answer.shape[1]
        answer *= (self.gradient["gain"] / count)[:, None, None]
        wanted -= answer
        wanted -= (self.gradient["bias"] / count)[:, None, None]
        wanted *= (self.gain * scale)[:, None, None]
        self.gradient["weight"] = convolved(pictures, self.weight, wanted)
        return convolved(wanted, turned(self.weight)) if further else None


def halved(pictures):
    """Return the maxima of 2 x 2 pixels and where they were."""
    n, channels, height, width = pictures.shape
    part = pictures.reshape(n, channels, height // 2, 2, width // 2, 2)
    top = part.max((3, 5))
    return top, part == top[:, :, :, None, :, None]


def doubled(pictures):
    """Return pictures with each pixel as 2 x 2."""
    return pictures.repeat(2, 2).repeat(2, 3)


def packed(pictures):
    """Return 2 x 2 pixels as four channels of one: the half grid on which the network works."""
    n, channels, height, width = pictures.shape
    part = pictures.reshape(n, channels, height // 2, 2, width // 2, 2)
    return np.ascontiguousarray(part.transpose(0, 1, 3, 5, 2, 4)).reshape(n, 4 * channels, height // 2, width // 2)


class Network:
    """The learning form of the network; `folded` returns the form that only answers.

    Parameters
    ----------
    channels : int
        Of the pictures.
    widths : sequence of int
        Channels of the levels, finest first.
    rng : numpy.random.Generator
        Draws the first weights.
    start : float
        Share of pixels that are crown middles: where the answer starts. [1]
    dropped : float
        Share of the coarsest channels that each picture learns without (Tompson et al. 2015). [1]
    """

    def __init__(self, channels, widths, rng, start=0.03, dropped=0.0):
        self.widths = tuple(widths)
        self.dropped, self.rng = dropped, rng
        before = (4 * channels, *self.widths[:-1])
        self.down = [(Layer.drawn(c, w, rng), Layer.drawn(w, w, rng)) for c, w in zip(before, self.widths, strict=True)]
        pairs = list(zip(self.widths[:-1], self.widths[1:], strict=True))[::-1]
        self.up = [Layer.drawn(fine + coarse, fine, rng) for fine, coarse in pairs]
        self.last = (0.3 * rng.standard_normal(self.widths[0]) * np.sqrt(2 / self.widths[0])).astype(np.float32)
        self.last_bias = np.array([np.log(start / (1 - start))], np.float32)
        self.gradient: dict[str, np.ndarray] = {}

    @property
    def layers(self):
        """All layers in the order of `folded`."""
        return [layer for pair in self.down for layer in pair] + self.up

    def forward(self, pictures):
        """Return the answer (n, y / 2, x / 2), a logit, to pictures (n, c, y, x)."""
        signal = packed(pictures)
        self.tops = []
        for level, (first, second) in enumerate(self.down):
            signal = second.forward(first.forward(signal))
            if level < len(self.up):
                fine = signal
                signal, top = halved(fine)
                self.tops.append((fine, top))
        self.kept = ((self.rng.random(signal.shape[:2]) >= self.dropped) / (1 - self.dropped)).astype(signal.dtype)
        signal = signal * self.kept[:, :, None, None]
        for layer, (fine, _) in zip(self.up, self.tops[::-1], strict=True):
            signal = layer.forward(np.concatenate([doubled(signal), fine], 1))
        self.seen = signal
        return np.einsum("ncyx,c->nyx", signal, self.last, optimize=True) + self.last_bias

    def backward(self, wanted):
        """Set all gradients from that of the answer (n, y / 2, x / 2)."""
        self.gradient["last"] = np.einsum("ncyx,nyx->c", self.seen, wanted, optimize=True)
        self.gradient["last_bias"] = wanted.sum(keepdims=True).reshape(1)
        signal = wanted[:, None] * self.last[:, None, None]
        sides = []
        for layer, coarse in zip(self.up[::-1], self.widths[1:], strict=True):
            signal = layer.backward(signal)
            sides.append(signal[:, coarse:])
            n, _, height, width = signal.shape
            signal = signal[:, :coarse].reshape(n, coarse, height // 2, 2, width // 2, 2).sum((3, 5))
        signal = signal * self.kept[:, :, None, None]
        for level in range(len(self.down) - 1, -1, -1):
            if level < len(self.up):
                _, top = self.tops[level]
                spread = top * signal[:, :, :, None, :, None]
                signal = spread.reshape(sides[level].shape) + sides[level]
            first, second = self.down[level]
            signal = first.backward(second.backward(signal), further=level > 0)

    def parameters(self):
        """Yield (array, gradient, whether it is a weight) of all that learns."""
        for layer in self.layers:
            yield layer.weight, layer.gradient["weight"], True
            yield layer.gain, layer.gradient["gain"], False
            yield layer.bias, layer.gradient["bias"], False
        yield self.last, self.gradient["last"], True
        yield self.last_bias, self.gradient["last_bias"], False

    def folded(self):
        """Return [(weight, bias), ...] of all layers and last of the answer: what `answered` takes."""
        return [layer.folded() for layer in self.layers] + [(self.last[None].copy(), self.last_bias.copy())]


def answered(weights, pictures):
    """Return logits (n, y / 2, x / 2) for pictures (n, c, y, x) whose sides the coarsest level divides.

    `weights` are those of `Network.folded`: two layers a level on the way down, one on the way up, one at the end.
    """
    levels = len(weights) // 3
    signal, sides = packed(pictures), []
    for level in range(levels):
        for weight, bias in weights[2 * level : 2 * level + 2]:
            signal = _cut(signal, weight, bias)
        if level < levels - 1:
            sides.append(signal)
            n, channels, height, width = signal.shape
            signal = signal.reshape(n, channels, height // 2, 2, width // 2, 2).max((3, 5))
    for weight, bias in weights[2 * levels : -1]:
        signal = _cut(np.concatenate([doubled(signal), sides.pop()], 1), weight, bias)
    weight, bias = weights[-1]
    return np.einsum("ncyx,c->nyx", signal, weight[0], optimize=True) + bias


def _cut(signal, weight, bias):
    answer = convolved(signal, weight)
    answer += bias[:, None, None]
    return np.maximum(answer, 0, out=answer)


class Descent:
    """Adam with decay of the weights (Kingma and Ba 2015; Loshchilov and Hutter 2019)."""

    def __init__(self, decay, first=0.9, second=0.99):
        self.decay, self.first, self.second = decay, first, second
        self.count, self.memory = 0, []

    def step(self, network, rate):
        """Move all that learns against its gradient."""
        self.count += 1
        for place, (array, gradient, is_weight) in enumerate(network.parameters()):
            if place == len(self.memory):
                self.memory.append((np.zeros_like(array), np.zeros_like(array)))
            mean, square = self.memory[place]
            mean += (1 - self.first) * (gradient - mean)
            square += (1 - self.second) * (gradient * gradient - square)
            move = mean / (1 - self.first**self.count)
            move /= np.sqrt(square / (1 - self.second**self.count)) + 1e-8
            array -= rate * (move + self.decay * array * is_weight)
