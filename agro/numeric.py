"""How equations become compiled kernels: decorators, the cache folder, and functions that vectorise."""

import hashlib
import logging
import os
import shutil
from functools import wraps
from pathlib import Path

import numba
import numpy as np
from numba.extending import register_jitable

ROOT = Path(__file__).parent.parent
PACKAGES = ("agro", "growth_model", "pest_warning", "remote_sensing")
log = logging.getLogger(__name__)


def _sources_hash() -> str:
    """Return a hash over the packages' sources: numba itself looks only at the file of the compiled function."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return the folder of compiled kernels for these sources; folders of older sources are removed."""
    base = Path(os.environ.get("CITRUS_KERNELS", Path.home() / ".cache" / "citrus-kernels"))
    folder = base / _sources_hash()
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(base.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[:8]
    for old in set(base.iterdir()) - set(kept) - {folder}:
        shutil.rmtree(old, ignore_errors=True)
    return folder


numba.config.THREADING_LAYER = "omp"  # type: ignore[attr-defined] # two threads under numba's own "workqueue" end the process

try:
    numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
    CACHE = True
except OSError as error:  # a home that cannot be written: compile each time
    log.warning("compiled kernels are not kept: %s", error)
    CACHE = False

equation = register_jitable(error_model="numpy")
"""Marks a plain function on numbers that kernels may call; in plain Python it is left as it is."""


def kernel(function=None, *, parallel=False, fastmath=True):
    """Return `function` compiled at its first call, which is announced in the log.

    Parallel kernels run in the worker process and the command line only: page and API threads call serial ones. Give
    the two forms of one kernel two functions: numba's cache on disk does not tell them apart. A kernel that asks
    `isnan` passes `fastmath=False`, or flags without "nnan".
    """
    if function is None:
        return lambda f: kernel(f, parallel=parallel, fastmath=fastmath)
    compiled = numba.njit(function, parallel=parallel, fastmath=fastmath, error_model="numpy", cache=CACHE)

    @wraps(function)
    def announced(*arguments):
        before = len(compiled.signatures)
        hits = sum(compiled.stats.cache_hits.values())
        result = compiled(*arguments)
        if len(compiled.signatures) > before and sum(compiled.stats.cache_hits.values()) == hits:
            log.info("compiled %s for this machine (kept for next time)", function.__name__)
        return result

    announced.compiled = compiled  # type: ignore[attr-defined]
    return announced


@equation
def ramp(x, low, high):
    """Return 0 below `low`, 1 above `high`, linear between."""
    return np.minimum(np.maximum((x - low) / (high - low), 0.0), 1.0)
