"""How long a page waits for its services, for 100 and 10,000 plots.

`pytest tests/benchmarks/test_bench_pages.py -o addopts=--import-mode=importlib`
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from shapely.geometry import box

from agro.farm import Farm, Plot, Region
from agro.store import OPERATOR, OUTLOOK_COLUMNS, Store
from agro.store.columns import OUTLOOK_DATES, OUTLOOK_INTEGERS, OUTLOOK_TEXTS
from app.services import outlooks
from app.services.platform import Platform

ON = date(2026, 9, 20)


def platform(folder, n: int) -> Platform:
    """Return a platform with `n` plots on a grid and one finished run about them."""
    store = Store(folder)
    store.migrate()
    store.save_region(Region("r", "bench", "EPSG:32649", synthetic=True))
    store.save_farms([Farm(f"f{k}", f"farm {k}") for k in range(max(n // 10, 1))])
    side = int(np.ceil(np.sqrt(n)))
    plots = []
    for k in range(n):
        x, y = 109 + 0.002 * (k % side), 30 + 0.002 * (k // side)
        outline = box(x, y, x + 0.001, y + 0.001)
        plots.append(
            Plot(
                f"p{k}", f"f{k % max(n // 10, 1)}", f"plot {k}", outline, 10_000.0, "navel", elevation=300.0, slope=10.0
            )
        )
    store.save_plots(plots)
    rng = np.random.default_rng(1)
    columns: dict[str, object] = {"plot": [plot.id for plot in plots]}
    for name in OUTLOOK_COLUMNS[1:]:
        numbers = rng.uniform(1, 80, n)
        columns[name] = (
            "none" if name in OUTLOOK_TEXTS
            else pd.to_datetime(ON) + pd.to_timedelta(np.round(numbers), "D") if name in OUTLOOK_DATES
            else numbers.astype(int) if name in OUTLOOK_INTEGERS
            else numbers
        )  # fmt: skip
    sites = xr.Dataset({"value": (("site", "quantity", "level"), np.ones((1, 1, 3)))})
    weights = pd.DataFrame({"plot": columns["plot"], "site": 0, "weight": 1.0})
    run = store.start_run(ON)
    store.save_outlook(run, ON, sites, weights, pd.DataFrame(columns))
    store.finish_run(run)
    return Platform(folder, store)


@pytest.mark.parametrize("n", [100, 10_000])
def test_the_map_of_all_plots(benchmark, tmp_path, n):
    home = platform(tmp_path, n)
    assert len(benchmark(outlooks.county, OPERATOR, home)) == n


@pytest.mark.parametrize("n", [100, 10_000])
def test_the_sentences_of_all_plots(benchmark, tmp_path, n):
    home = platform(tmp_path, n)
    assert len(benchmark(outlooks.sentences, OPERATOR, home)) == n
