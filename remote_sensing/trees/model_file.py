"""The file of a crown model: plain arrays in an .npz, read without executing anything and checked number by number."""

import io
import zipfile
from pathlib import Path

import numpy as np

from agro.errors import InputError

FORMAT = 1
LARGEST = 64 << 20
"""Bytes that a model may unfold to."""
WIDEST = 4096
NETS = 32


def written(path, nets, numbers):
    """Write networks and single numbers beside `path` and rename.

    Parameters
    ----------
    path : path-like
        Where the model will stand.
    nets : sequence of sequences of (weight, bias)
        Networks.
    numbers : dict of str to float
        What else belongs to the model.
    """
    path = Path(path)
    arrays = {f"n{n}_{k}_{what}": array.astype(np.float32)
              for n, net in enumerate(nets) for k, pair in enumerate(net)
              for what, array in zip(("weight", "bias"), pair, strict=True)}  # fmt: skip
    about = {"format": np.int64(FORMAT), "layers": np.array([len(net) for net in nets])}
    single = {name: np.float64(value) for name, value in numbers.items()}
    inside = io.BytesIO()
    np.savez_compressed(inside, allow_pickle=False, **{**about, **single, **arrays})
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(inside.getvalue())
    draft.replace(path)


def read(path, names):
    """Return (networks, numbers) of a model file.

    Parameters
    ----------
    path : path-like
        The file.
    names : sequence of str
        The numbers it must hold; each finite and above zero.

    Raises
    ------
    InputError
        When it is no such file, would unfold to too much, or holds what no model holds.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise _broken(path, "it is larger than any model")
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise _broken(path, str(error)) from error
    if int(_one(path, arrays, "format")) != FORMAT:
        raise _broken(path, f"its format is not {FORMAT}")
    numbers = {name: float(_one(path, arrays, name)) for name in names}
    if wrong := [name for name, value in numbers.items() if not (np.isfinite(value) and 0 < value < 1e6)]:
        raise _broken(path, f"{', '.join(wrong)} is out of bounds")
    layers = arrays.get("layers", np.zeros(0))
    if layers.ndim != 1 or not 1 <= len(layers) <= NETS or layers.dtype.kind != "i":
        raise _broken(path, "it does not tell its networks")
    return tuple(_net(path, arrays, number, int(count)) for number, count in enumerate(layers)), numbers


def _net(path, arrays, number, count):
    """Return one network whose layers fit one another: two a level down, one up, one at the end."""
    levels = count // 3
    if count % 3 or not 1 <= levels <= 6:
        raise _broken(path, f"network {number} has {count} layers")
    net = []
    for k in range(count):
        weight, bias = (arrays.get(f"n{number}_{k}_{what}") for what in ("weight", "bias"))
        if weight is None or bias is None or weight.dtype != np.float32 or bias.dtype != np.float32:
            raise _broken(path, f"network {number} lacks layer {k}")
        if weight.ndim != 2 or bias.shape != weight.shape[:1] or max(weight.shape) > WIDEST:
            raise _broken(path, f"layer {k} of network {number} has a wrong shape")
        if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
            raise _broken(path, f"layer {k} of network {number} holds what is no number")
        net.append((weight, bias))
    _fit(path, net, levels)
    return tuple(net)


def _fit(path, net, levels):
    """Check that each layer takes what the ones before it give."""
    width = [len(net[2 * level + 1][1]) for level in range(levels)]
    wanted = [12]
    for level in range(levels):
        wanted += [len(net[2 * level][1])] + ([width[level]] if level < levels - 1 else [])
    coarse = width[-1]
    for k, level in enumerate(range(levels - 2, -1, -1)):
        wanted.append(coarse + width[level])
        coarse = len(net[2 * levels + k][1])
    shapes = [(9 * channels) for channels in wanted] + [coarse]
    if [weight.shape[1] for weight, _ in net] != shapes or len(net[-1][1]) != 1:
        raise _broken(path, "its layers do not fit one another")


def _one(path, arrays, name):
    value = arrays.get(name)
    if value is None or value.shape != () or value.dtype.kind not in "if":
        raise _broken(path, f"it has no {name}")
    return value


def _broken(path, what):
    return InputError(f"{path} is no crown model: {what}", zh=f"{path} 不是树冠模型文件：{what}")
