"""How long the pest map waits for its data, and how long scoring takes.

`pytest tests/benchmarks/test_bench_pest_pages.py -o addopts=--import-mode=importlib`
"""

import numpy as np
import pandas as pd

from pest_warning.skill import COLUMNS, scores
from tests.app.services.pests.test_outlooks import STATION, made, outlooks


def test_the_county_of_a_hundred_plots(benchmark, tmp_path):
    home = made(tmp_path / "home", [], plots=100, farms=10)
    assert len(benchmark(outlooks.county, STATION, home, "red_mite", 15)) == 100


def test_scores_of_many_pairs(benchmark):
    n, random = 50_000, np.random.default_rng(1)
    issued = pd.Timestamp("2015-03-01") + pd.to_timedelta(random.integers(0, 3000, n), unit="D")
    p = random.random(n)
    pairs = pd.DataFrame(dict.fromkeys(COLUMNS, np.nan), index=range(n)).assign(
        organism="red_mite", horizon=15, district=random.choice(list("ABCDEFGHIJ"), n), year=issued.year,
        plot=random.integers(0, 300, n).astype(str), issued=issued, target_start=issued, p=p, index=p, said=p > 0.5,
        target_end=issued + pd.Timedelta(days=15), observed=random.random(n) < p, climatology=0.5, treated=False,
        synthetic=True,
    )  # fmt: skip
    assert len(benchmark.pedantic(scores, (pairs,), rounds=1)) == 11
