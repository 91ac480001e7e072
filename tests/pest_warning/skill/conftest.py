"""A table of forecasts and what was seen, made up from a known law."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def made():
    """Return a maker of pairs: the event comes with chance `risk`, which each year and district shifts a little."""

    def make(n=600, years=10, districts=("Wuxi", "Yunyang"), seed=0, skill=1.0, **columns):
        rng = np.random.default_rng(seed)
        year = 2010 + np.arange(n) % years
        month = 4 + np.arange(n) // years % 6
        risk = rng.beta(1.0, 2.0, n)
        issued = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": 1}))
        p = skill * risk + (1 - skill) * 1 / 3
        return pd.DataFrame(
            {
                "organism": "METTCI",
                "horizon": 15,
                "district": np.array(districts)[rng.integers(0, len(districts), n)],
                "year": year,
                "plot": [f"plot {place}" for place in rng.integers(0, 20, n)],
                "issued": issued,
                "target_start": issued + pd.Timedelta(days=1),
                "target_end": issued + pd.Timedelta(days=15),
                "p": p,
                "index": 10 * p**2,
                "said": p > 0.5,
                "observed": rng.random(n) < risk,
                "density_p10": np.nan,
                "density_p50": np.nan,
                "density_p90": np.nan,
                "value": np.nan,
                "climatology": 1 / 3,
                "persistence": np.nan,
                "treated": False,
                "synthetic": False,
            }
        ).assign(**columns)

    return make
