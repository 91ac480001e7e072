"""Plot series: the observation table, joined sensors, similar plots, baselines, smoothed curves and season dates."""

from remote_sensing.series.baseline import Baseline, baseline
from remote_sensing.series.observations import COLUMNS, PlotSeries, joined, plot_series, usable
from remote_sensing.series.sisters import Sisters, sisters

__all__ = ["COLUMNS", "Baseline", "PlotSeries", "Sisters", "baseline", "joined", "plot_series", "sisters", "usable"]
