"""How long one plot's season takes to run again with deeds: 50 members, two and a half years of days.

`pytest tests/benchmarks/test_bench_what_if.py -o addopts=--import-mode=importlib -s`; the bar is 0.3 s once the kernels
are compiled and the plot's inputs are read.
"""

import time
from datetime import date

import pytest

from agro.store.rights import EVERYTHING
from app.services import plot_season, what_if
from app.services.platform import open_platform
from app.services.what_if import Deed
from tests.app.conftest import _small_made, small_files, small_home  # noqa: F401

ON = date(2022, 6, 20)
SUMMER = date(2022, 7, 1), date(2022, 8, 20)
TRIALS = {
    "irrigate": [Deed("irrigate", *SUMMER)],
    "thin": [Deed("thin", SUMMER[0])],
    "all": [Deed("irrigate", *SUMMER), Deed("fertilise", ON), Deed("thin", SUMMER[0]), Deed("shade", *SUMMER)],
}


@pytest.mark.parametrize("trial", TRIALS)
def test_one_plot_with_and_without(small_home, trial, capsys):  # noqa: F811
    home = open_platform(small_home)
    plot = home.store.plot(home.store.plots(EVERYTHING)["id"].iloc[0], EVERYTHING)
    start = time.perf_counter()
    known = plot_season.inputs(home, plot.id, ON)
    read = time.perf_counter() - start
    what_if.compared(plot, known, TRIALS[trial])
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        found = what_if.compared(plot, known, TRIALS[trial])
        taken.append(time.perf_counter() - start)
    with capsys.disabled():
        days = known.weather.shape[2]
        print(f"\n{trial}: best of 5 {min(taken):.3f} s, {found.members} members, {days} days; inputs {read:.2f} s")
    assert found.members == 50
