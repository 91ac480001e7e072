"""Indices of whole rasters in one pass: scale, mask, all formulas and the writing of the result, block by block.

Formulas become instructions on rows of 512 pixels that lie in the nearest cache: each instruction is a vector loop over
a row, and what several formulas need, as `nir + red`, is computed once.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import prange

from agro.errors import InputError
from agro.numeric import FAST, equation, kernel, power
from remote_sensing import indices

BLOCK = 512
"""Pixels that go through the instructions at a time: a row of them takes 2 kB."""
CODES = {
    name: code for code, name in enumerate(("+", "-", "*", "/", "^", "neg", "sqrt", "abs", "min", "max", ">", ">="))
}  # fmt: skip
ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATE, ROOT, ABSOLUTE, LESSER, GREATER, ABOVE, AT_LEAST = range(len(CODES))
SYMMETRIC = ("+", "*", "min", "max")
NAN = np.float32(np.nan)


class Program(NamedTuple):
    """What a kernel runs.

    Rows of a block come in this order: the bands of `roles`, the `constants`, then results.
    """

    roles: tuple[str, ...]
    constants: np.ndarray  # (constant,) float32
    instructions: np.ndarray  # (instruction, 4) int32: code, row of the result, rows of the operands
    results: np.ndarray  # (index,) int32: row of each index
    rows: int


def masked(
    bands: np.ndarray, roles: Sequence[str], keys: Sequence[str], *, quality: np.ndarray | None = None,
    refused: int = 0xFF, scale=1.0, offset=0.0, nodata: float | None = None, out: np.ndarray | None = None,
    parallel: bool = False,
) -> np.ndarray:  # fmt: skip
    """Return indices of all pixels.

    Parameters
    ----------
    bands : ndarray, shape (role, y, x), of any kind of number
        As they lie in a file; reflectance is `bands * scale + offset`.
    roles : sequence of str
        What they are, of `scene.ROLES`; bands that no index needs are not touched.
    keys : sequence of str
        Indices of `indices.catalogue`.
    quality : ndarray, shape (y, x), uint8, optional
        Bits of `scene.Quality`.
    refused : int
        Quality bits that make a pixel NaN.
    scale, offset : float or array_like, shape (role,)
    nodata : float, optional
        The number that stands for none in `bands`; NaN does so always.
    out : ndarray, shape (key, y, x), float32, optional
        Where the result goes.
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    ndarray, shape (key, y, x), float32
        NaN where a band is missing, the formula is not defined, or the quality refuses the pixel.

    Raises
    ------
    InputError
        For a band that an index needs and that is not there, or shapes that do not fit.
    """
    bands = np.asarray(bands)
    if bands.ndim != 3 or len(bands) != len(roles) or (quality is not None and quality.shape != bands.shape[1:]):
        shapes = f"bands {bands.shape} of {len(roles)} roles, quality {None if quality is None else quality.shape}"
        raise InputError(
            f"bands need dims (role, y, x) and quality (y, x); got {shapes}",
            zh=f"波段应为（波段，行，列），质量层应为（行，列）；实际为 {shapes}",
        )
    program = compiled(tuple(keys))
    if missing := [role for role in program.roles if role not in roles]:
        raise InputError(f"bands lack {', '.join(missing)}", zh=f"缺少波段：{'、'.join(missing)}")
    which = np.array([list(roles).index(role) for role in program.roles], np.intp)
    flat = np.ascontiguousarray(bands).reshape(len(bands), -1)
    scales, offsets = (
        np.ascontiguousarray(np.broadcast_to(np.asarray(one, np.float32), len(bands))[which]) for one in (scale, offset)
    )  # fmt: skip
    no_data = np.float32(np.nan if nodata is None else nodata)
    if out is None:
        out = np.empty((len(keys), *bands.shape[1:]), np.float32)
    bits = np.empty(0, np.uint8) if quality is None else np.ascontiguousarray(quality, np.uint8).reshape(-1)
    (_parallel if parallel else _serial)(
        flat, which, scales, offsets, no_data, bits, np.uint8(refused), program.constants, program.instructions,
        program.results, program.rows, out.reshape(len(keys), -1),
    )  # fmt: skip
    return out


@lru_cache(maxsize=256)
def compiled(keys: tuple[str, ...]) -> Program:
    """Return the instructions for some indices together; equal parts of their formulas are one."""
    found = [indices.named(key) for key in keys]
    roles = tuple(dict.fromkeys(role for index in found for role in index.roles))
    values: list[tuple] = []  # each ("/", left, right) or (number,); bands are values 0 to n - 1
    known: dict[tuple, int] = {}

    def value_of(what: tuple) -> int:
        if what not in known:
            known[what] = len(roles) + len(values)
            values.append(what)
        return known[what]

    def traced(formula) -> int:
        stack: list[int] = []
        for step in formula.steps:
            if not isinstance(step, str):
                stack.append(value_of((step,)))
            elif step in CODES:
                stack.append(_operation(step, stack, values, len(roles), value_of))
            else:
                stack.append(roles.index(step))
        return stack.pop()

    results = []
    for index in found:
        result = traced(index.formula)
        for condition in index.defined:
            result = value_of(("+", result, traced(condition)))
        results.append(result)
    return _laid_out(roles, values, results)


def _operation(sign, stack, values, bands, value_of) -> int:
    """Return the value that an operator makes of the top of a stack; small whole powers become products."""
    right = stack.pop()
    if sign in ("neg", "sqrt", "abs"):
        return value_of((sign, right, right))
    left = stack.pop()
    exponent = values[right - bands] if right >= bands else ()
    if sign == "^" and exponent in ((2.0,), (3.0,)):
        square = value_of(("*", left, left))
        return square if exponent == (2.0,) else value_of(("*", square, left))
    if sign in SYMMETRIC and left > right:
        left, right = right, left
    return value_of((sign, left, right))


def _laid_out(roles, values, results) -> Program:
    """Return a program in which a row is used again once nothing needs its value any more."""
    last = {operand: at for at, what in enumerate(values) if len(what) > 1 for operand in what[1:]}
    last |= dict.fromkeys(results, len(values))
    constants = [at for at, what in enumerate(values) if len(what) == 1]
    first = len(roles) + len(constants)
    row = {band: band for band in range(len(roles))}
    row |= {len(roles) + at: len(roles) + k for k, at in enumerate(constants)}
    free, rows, instructions = list[int](), first, []
    for at, what in enumerate(values):
        if len(what) == 1:
            continue
        if free:
            mine = free.pop()
        else:
            mine, rows = rows, rows + 1
        row[len(roles) + at] = mine  # never a row of its own operands: a loop on separate rows needs no care
        instructions.append((CODES[what[0]], mine, row[what[1]], row[what[2]]))
        free += {row[one] for one in what[1:] if last[one] == at and row[one] >= first}
    return Program(
        roles, np.array([values[at][0] for at in constants], np.float32),
        np.array(instructions, np.int32).reshape(-1, 4), np.array([row[one] for one in results], np.int32), rows,
    )  # fmt: skip


@equation
def _two(code, r, a, b):
    """Run one instruction on rows of a block."""
    if code == ADD:
        for j in range(BLOCK):
            r[j] = a[j] + b[j]
    elif code == SUBTRACT:
        for j in range(BLOCK):
            r[j] = a[j] - b[j]
    elif code == MULTIPLY:
        for j in range(BLOCK):
            r[j] = a[j] * b[j]
    elif code == DIVIDE:
        for j in range(BLOCK):
            r[j] = a[j] / b[j]
    elif code == ABOVE:
        for j in range(BLOCK):
            r[j] = np.float32(0) if a[j] > b[j] else NAN
    elif code == AT_LEAST:
        for j in range(BLOCK):
            r[j] = np.float32(0) if a[j] >= b[j] else NAN
    elif code == NEGATE:
        for j in range(BLOCK):
            r[j] = -a[j]
    elif code == ROOT:
        for j in range(BLOCK):
            r[j] = np.sqrt(a[j])
    elif code == ABSOLUTE:
        for j in range(BLOCK):
            r[j] = abs(a[j])
    elif code == LESSER:
        for j in range(BLOCK):
            r[j] = b[j] if b[j] < a[j] or b[j] != b[j] else a[j]
    elif code == GREATER:
        for j in range(BLOCK):
            r[j] = b[j] if b[j] > a[j] or b[j] != b[j] else a[j]
    else:
        for j in range(BLOCK):
            r[j] = power(a[j], b[j]) if a[j] > np.float32(0) else NAN


@equation
def _block(start, bands, which, scales, offsets, nodata, quality, refused, instructions, results, rows, out):
    """Take one block of pixels through the program."""
    count = min(BLOCK, bands.shape[1] - start)
    for k in range(which.size):
        source, row, by, plus = bands[which[k], start : start + count], rows[k], scales[k], offsets[k]
        for j in range(count):
            number = np.float32(source[j])
            row[j] = NAN if number == nodata else number * by + plus
    for k in range(instructions.shape[0]):
        _two(instructions[k, 0], rows[instructions[k, 1]], rows[instructions[k, 2]], rows[instructions[k, 3]])
    for k in range(results.size):
        row, target = rows[results[k]], out[k, start : start + count]
        if quality.size > 0:
            bits = quality[start : start + count]
            for j in range(count):
                target[j] = row[j] if bits[j] & refused == 0 else NAN
        else:
            for j in range(count):
                target[j] = row[j]


@equation
def _fresh(constants, bands, rows):
    """Return the rows of a block, constants filled in."""
    block = np.zeros((rows, BLOCK), np.float32)
    for k in range(constants.size):
        block[bands + k, :] = constants[k]
    return block


@kernel(fastmath=FAST)
def _serial(bands, which, scales, offsets, nodata, quality, refused, constants, instructions, results, rows, out):
    block = _fresh(constants, which.size, rows)
    for start in range(0, bands.shape[1], BLOCK):
        _block(start, bands, which, scales, offsets, nodata, quality, refused, instructions, results, block, out)


@kernel(parallel=True, fastmath=FAST)
def _parallel(bands, which, scales, offsets, nodata, quality, refused, constants, instructions, results, rows, out):
    blocks = (bands.shape[1] + BLOCK - 1) // BLOCK
    for part in prange(64):
        block = _fresh(constants, which.size, rows)
        for k in range(part * blocks // 64, (part + 1) * blocks // 64):
            _block(
                k * BLOCK, bands, which, scales, offsets, nodata, quality, refused, instructions, results, block, out
            )
