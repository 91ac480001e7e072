"""How equations become compiled kernels: decorators, the cache folder, and functions that vectorise.

An equation is written once, for numbers. In plain Python it takes floats, arrays and DataArrays; a kernel lays it into
its loop over places, in float32 or float64. Constants follow the precision of what they meet, and `exp`, `log`,
`power`, `minimum`, `maximum`, `where` have forms without branches, so that a processor computes 8 or 16 places a step.
"""

import hashlib
import logging
import math
import os
import re
import shutil
from functools import wraps
from pathlib import Path

import numba
import numpy as np
import xarray as xr
from llvmlite import binding as llvm_binding
from llvmlite import ir as llvm
from numba import types
from numba.core import ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.untyped_passes import IRProcessing
from numba.extending import intrinsic, overload, register_jitable

ROOT = Path(__file__).parent.parent
PACKAGES = ("agro", "growth_model", "pest_warning", "remote_sensing")
IMPORT = re.compile(rf"^(?:from|import) ((?:{'|'.join(PACKAGES)})[\w.]*)(?: import (\([^)]*\)|[^\n]*))?", re.MULTILINE)
FAST = {"contract", "reassoc", "nsz", "arcp", "afn"}
"""Fast arithmetic that still knows NaN: a missing day stays missing."""
log_ = logging.getLogger(__name__)


def _sources_hash() -> str:
    """Return a hash over what kernels are made of: numba itself looks only at the file of the compiled function."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in _behind_kernels():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _behind_kernels() -> list[Path]:
    """Return the files that define kernels and all that they import, directly or not."""
    texts = {path: path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    waiting = [path for path, text in texts.items() if "kernel(" in text or "@kernel" in text]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for module, names in IMPORT.findall(texts[path]):
            folder = ROOT.joinpath(*module.split("."))
            parts = [folder / f"{name}.py" for name in re.findall(r"\w+", names)]
            waiting += [one for one in (folder.with_suffix(".py"), folder / "__init__.py", *parts) if one in texts]
    return sorted(found)


def _cache_folder() -> Path:
    """Return the folder of compiled kernels for these sources; folders of older sources are removed."""
    base = Path(os.environ.get("CITRUS_KERNELS", Path.home() / ".cache" / "citrus-kernels"))
    folder = base / _sources_hash()
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(base.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[:8]
    for old in set(base.iterdir()) - set(kept) - {folder}:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _widest_vectors() -> None:
    """Let processors with 512-bit vectors use them; LLVM's own choice there is the slowest of all."""
    features = llvm_binding.get_host_cpu_features()
    if features.get("avx512f") and not os.environ.get("NUMBA_CPU_NAME"):
        features["prefer-256-bit"] = False
        numba.config.CPU_NAME = llvm_binding.get_host_cpu_name()
        numba.config.CPU_FEATURES = features.flatten()


_widest_vectors()
numba.config.THREADING_LAYER = "omp"  # two threads under numba's own "workqueue" end the process

try:
    numba.config.CACHE_DIR = str(_cache_folder())
    CACHE = True
except OSError as error:  # a home that cannot be written: compile each time
    log_.warning("compiled kernels are not kept: %s", error)
    CACHE = False


def _floats(kind):
    """Return the kinds of float within a numba type."""
    if isinstance(kind, types.Array):
        return _floats(kind.dtype)
    if isinstance(kind, types.BaseTuple):
        return set().union(*(_floats(part) for part in kind))
    return {kind} if isinstance(kind, types.Float) else set()


def _constant(value, arguments):
    """Return the constant that a statement assigns, be it a default of the function; None for all else."""
    if isinstance(value, ir.Const | ir.Global | ir.FreeVar):
        return value.value
    default = isinstance(value, ir.Arg) and isinstance(arguments[value.index], types.Omitted)
    return arguments[value.index].value if default else None


@register_pass(mutates_CFG=False, analysis_only=False)
class _ConstantsFollow(FunctionPass):
    """Makes float constants float32 in a function whose arguments are: else one 0.5 makes a whole loop float64."""

    _name = "constants_follow"

    def __init__(self):
        FunctionPass.__init__(self)

    def run_pass(self, state):
        """Rewrite the constants of one function before its types are inferred; return whether anything changed."""
        if set().union(*(_floats(kind) for kind in state.args)) != {types.float32}:
            return False
        changed = False
        for block in state.func_ir.blocks.values():
            for statement in block.find_insts(ir.Assign):
                constant = _constant(statement.value, state.args)
                if type(constant) is float:
                    statement.value = ir.Const(np.float32(constant), statement.loc)
                    changed = True
        return changed


class _Compiler(CompilerBase):
    """Numba's own pipeline with `_ConstantsFollow` in it."""

    def define_pipelines(self):
        """Return the one pipeline."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_ConstantsFollow, IRProcessing)
        passes.finalize()
        return [passes]


equation = register_jitable(error_model="numpy", forceinline=True, fastmath=FAST, pipeline_class=_Compiler)
"""Marks a plain function on numbers that kernels lay into their loops; in plain Python it is left as it is."""


def kernel(function=None, *, parallel=False, fastmath=True):
    """Return `function` compiled at its first call, which is announced in the log.

    Parallel kernels run in the worker process and the command line only: page and API threads call serial ones. Give
    the two forms of one kernel two functions: numba's cache on disk does not tell them apart. A kernel that asks
    `isnan` passes `fastmath=FAST` or another set without "nnan".
    """
    if function is None:
        return lambda f: kernel(f, parallel=parallel, fastmath=fastmath)
    compiled = numba.njit(
        function, parallel=parallel, fastmath=fastmath, error_model="numpy", cache=CACHE, pipeline_class=_Compiler,
        nogil=True,
    )  # fmt: skip

    @wraps(function)
    def announced(*arguments):
        before = len(compiled.signatures)
        hits = sum(compiled.stats.cache_hits.values())
        result = compiled(*arguments)
        if len(compiled.signatures) > before and sum(compiled.stats.cache_hits.values()) == hits:
            log_.info("compiled %s for this machine (kept for next time)", function.__name__)
        return result

    announced.compiled = compiled
    return announced


def _compiled_form(function, fastmath=FAST):
    """Return a decorator for the maker of the form of `function` that kernels use."""
    return overload(function, jit_options={"error_model": "numpy", "forceinline": True, "fastmath": fastmath})


def exp(x):
    """Return e to the power of `x`; in kernels between 1e-38 and 1e38, to 2e-7 (float32) or 4e-16 (float64)."""
    return np.exp(x)


def log(x):
    """Return the natural logarithm of `x` > 0; in kernels to 2e-7 (float32) or 4e-16 (float64)."""
    return np.log(x)


def power(x, y):
    """Return `x` to the power of `y` for `x` > 0."""
    return np.power(x, y)


def minimum(a, b):
    """Return the smaller; NaN where `a` is NaN (in kernels `a` where `b` is)."""
    return np.minimum(a, b)


def maximum(a, b):
    """Return the larger; NaN where `a` is NaN (in kernels `a` where `b` is)."""
    return np.maximum(a, b)


def where(condition, a, b):
    """Return `a` where `condition` holds, else `b`; both are computed."""
    if isinstance(condition, xr.DataArray):
        return xr.where(condition, a, b)
    return np.where(condition, a, b)[()]


@intrinsic
def _reinterpreted(typing, x):
    """Return the number with the same bits, of the other kind."""
    kinds = {
        types.int32: types.float32, types.int64: types.float64, types.float32: types.int32, types.float64: types.int64,
    }  # fmt: skip
    machine = {
        types.float32: llvm.FloatType(), types.float64: llvm.DoubleType(),
        types.int32: llvm.IntType(32), types.int64: llvm.IntType(64),
    }  # fmt: skip
    kind = kinds[x]
    return kind(x), lambda context, builder, signature, arguments: builder.bitcast(arguments[0], machine[kind])


@_compiled_form(exp, {"contract"})
def _exp(x):
    if x == types.float32:
        return _exp32
    return _exp64 if x == types.float64 else lambda x: math.exp(x)


def _exp32(x):
    one, half = np.float32(1), np.float32(0.5)
    x = np.float32(-87.0) if x < np.float32(-87.0) else x  # so written, NaN stays NaN
    x = np.float32(88.0) if x > np.float32(88.0) else x
    t = x * np.float32(1.4426950408889634)
    n = np.int32(t + half if t > np.float32(0) else t - half)
    r = x - np.float32(n) * np.float32(0.693359375) + np.float32(n) * np.float32(2.12194440e-4)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    return (p * r * r + r + one) * _reinterpreted(np.int32((n + np.int32(127)) << np.int32(23)))


def _exp64(x):
    x = -708.0 if x < -708.0 else x
    x = 709.0 if x > 709.0 else x
    t = x * 1.4426950408889634
    n = np.int32(t + 0.5 if t > 0 else t - 0.5)
    r = x - n * 0.693145751953125 - n * 1.42860682030941723212e-6
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    return (p * r * r + r + 1.0) * _reinterpreted(np.int64((np.int64(n) + np.int64(1023)) << np.int64(52)))


@_compiled_form(log, {"contract"})
def _log(x):
    if x == types.float32:
        return _log32
    return _log64 if x == types.float64 else lambda x: math.log(x)


def _log32(x):
    bits = _reinterpreted(max(x, np.float32(1.2e-38)))
    # the exponent that leaves a mantissa between the roots of 1/2 and 2
    n = (bits - np.int32(0x3F3504F3)) >> np.int32(23)
    m = _reinterpreted(np.int32(bits - (n << np.int32(23))))
    s = (m - np.float32(1)) / (m + np.float32(1))
    q = s * s
    p = np.float32(2 / 9)
    p = p * q + np.float32(2 / 7)
    p = p * q + np.float32(2 / 5)
    p = p * q + np.float32(2 / 3)
    p = p * q + np.float32(2)
    e = np.float32(n)
    return e * np.float32(0.693359375) + (p * s - e * np.float32(2.12194440e-4))


def _log64(x):
    bits = _reinterpreted(max(x, 2.3e-308))
    n = (bits - np.int64(0x3FE6A09E667F3BCD)) >> np.int64(52)
    m = _reinterpreted(np.int64(bits - (n << np.int64(52))))
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    p = 2.0 / 23.0
    p = p * q + 2.0 / 21.0
    p = p * q + 2.0 / 19.0
    p = p * q + 2.0 / 17.0
    p = p * q + 2.0 / 15.0
    p = p * q + 2.0 / 13.0
    p = p * q + 2.0 / 11.0
    p = p * q + 2.0 / 9.0
    p = p * q + 2.0 / 7.0
    p = p * q + 2.0 / 5.0
    p = p * q + 2.0 / 3.0
    p = p * q + 2.0
    e = np.float64(np.int32(n))
    return e * 0.693145751953125 + (p * s + e * 1.42860682030941723212e-6)


@_compiled_form(power)
def _power(x, y):
    return lambda x, y: exp(y * log(x))


@_compiled_form(minimum)
def _minimum(a, b):
    return lambda a, b: b if b < a else a


@_compiled_form(maximum)
def _maximum(a, b):
    return lambda a, b: b if b > a else a


@_compiled_form(where)
def _where_compiled(condition, a, b):
    return lambda condition, a, b: a if condition else b


@equation
def clip(x, low, high):
    """Return `x` held between `low` and `high`."""
    return minimum(maximum(x, low), high)


@equation
def ramp(x, low, high):
    """Return 0 below `low`, 1 above `high`, linear between."""
    return minimum(maximum((x - low) / (high - low), 0.0), 1.0)
