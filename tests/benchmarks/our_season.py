"""A season of our trees on many slopes, all processes by the hour: plot-days of one core's second.

`test_bench_pcse.py` runs it beside PCSE; as a program it measures in a process of its own, so that the kernels are
compiled for the processor that the environment names.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import pandas as pd

from agro.weather import humidity
from growth_model import load, orchard, run, weather, works
from growth_model.large import Sites, run_large
from growth_model.state import SIZE

PLOTS, ROUNDS = 16_384, 5
AVX2 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2,+avx,+sse4.2"}
"""What numba is told so that it compiles as for a processor without 512-bit vectors."""
ROOT = Path(__file__).parents[2]


def our_plot_days_per_cpu_second(days):
    """Return plot-days of a CPU second, in float32 compiled for AVX2; prints this processor's own and float64 too.

    Parameters
    ----------
    days : DataFrame
        By day without gaps, as `pcse_season.season` takes it.
    """
    found = {name: apart("speeds", days, changes) for name, changes in (("AVX2", AVX2), ("this processor", {}))}
    for name, speed in found.items():
        print(f"\n{name} ({speed['target']}): " + ", ".join(f"{k} {speed[k]:.3g}" for k in ("float32", "float64")))
    return found["AVX2"]["float32"]


def apart(what, days, changes=None):
    """Return "speeds" or "memory" as a process of its own finds them, its environment changed.

    Kernels for another processor are kept beside the usual.
    """
    kernels = os.environ.get("CITRUS_KERNELS", str(Path.home() / ".cache" / "citrus-kernels"))
    settings = {**changes, "CITRUS_KERNELS": f"{kernels}-avx2"} if changes else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weather.parquet"
        days.rename_axis("time").to_parquet(path)
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.our_season", what, str(path), json.dumps(days.attrs)],
            capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **settings},
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def speeds(days):
    """Return {"float32", "float64": plot-days of a CPU second, "target": what the kernels are compiled for}."""
    found = {"target": _target()}
    for dtype in (np.float32, np.float64):
        case = _case(days, PLOTS, dtype)
        _season(case, dtype, 64)  # compiled before the clock starts
        spent: list[float] = []
        for _ in range(ROUNDS):
            start = time.process_time()
            season = _season(case, dtype, PLOTS)
            spent.append(time.process_time() - start)
        assert np.isfinite(season.dates[..., 0, 13]).all(), "a tree without a bloom"
        found[np.dtype(dtype).name] = PLOTS * len(days) / statistics.median(spent)
    return found


def bytes_per_site(days, count=200_000):
    """Return what `run_large` takes for each of many sites beyond inputs and outputs [B], and one state row [B]."""
    first_day, _, rows, crops, _, _, done = _case(days, 1, np.float32)

    def part(start, stop):
        places, horizons = slopes(stop - start, start)
        return Sites(places, np.full(stop - start, days.attrs["latitude"]), horizons=horizons)

    def peak(sites):
        kept = run_large(rows, part, crops, first_day, count=sites, works=done, days=30, reduce=["sums.rain"])
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - kept.nbytes

    few = peak(count // 10)
    return (peak(count) - few) / (count - count // 10), SIZE * 4


def slopes(count, seed=0):
    """Return places and horizons of slopes drawn at random."""
    rng = np.random.default_rng(seed)
    places = orchard.place_rows(
        elevation=rng.uniform(200, 900, count), rise=rng.uniform(-100, 100, count), slope=rng.uniform(0, 35, count),
        aspect=rng.uniform(0, 360, count), sky_view=rng.uniform(0.8, 1, count), cold=rng.uniform(0, 1, count),
    )  # fmt: skip
    return places, rng.uniform(0, 20, (count, 32))


def _case(days, count, dtype):
    latitude = days.attrs["latitude"]
    given = days[["tmin", "tmax", "radiation", "wind", "rain"]].rename_axis("time").to_xarray()
    tmean = (days["tmin"] + days["tmax"]) / 2
    rh = 100 * days["vapour_pressure"] / humidity.saturation_vapour_pressure(tmean.to_numpy())
    given["rh"] = ("time", np.clip(rh.to_numpy(), 5, 100))
    rows = weather.rows(weather.completed(given.expand_dims(cell=[0]), latitude)).astype(dtype)
    places, horizons = slopes(count)
    return (
        days.index[0], latitude, rows, load("navel").row[None, None].astype(dtype), places.astype(dtype), horizons,
        works.ordinary(days.index[0], len(days))[None].astype(dtype),
    )  # fmt: skip


def _season(case, dtype, count):
    first_day, latitude, rows, crops, places, horizons, done = case
    return run(
        rows, places[:count], crops, first_day, latitude, cell=np.zeros(count, int), works=done,
        horizons=horizons[:count], window=(0, 0), shown=(), dtype=dtype,
    )  # fmt: skip


def _target():
    features = str(numba.config.CPU_FEATURES or "")
    wide = "+avx512f" in features.split(",")
    return f"{numba.config.CPU_NAME or 'the host'}, {'512' if wide else '256'}-bit vectors"


def _main():
    what, path, site = sys.argv[1:]
    given = pd.read_parquet(path)
    given.attrs = json.loads(site)
    print(json.dumps({"speeds": speeds, "memory": bytes_per_site}[what](given)))


if __name__ == "__main__":
    _main()
