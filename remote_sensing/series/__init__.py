"""Plot series: the observation table, joined sensors, similar plots, baselines, smoothed curves and season dates."""

from remote_sensing.series.baseline import Baseline, baseline
from remote_sensing.series.blocks import blocks, pooled
from remote_sensing.series.curve import SmoothCurve, smooth_curve
from remote_sensing.series.expected import Expected, expected
from remote_sensing.series.light import light_left
from remote_sensing.series.observations import COLUMNS, PlotSeries, joined, plot_series, usable
from remote_sensing.series.season import SeasonMeasures, season_measures
from remote_sensing.series.sisters import Sisters, sisters

__all__ = [
    "COLUMNS", "Baseline", "Expected", "PlotSeries", "SeasonMeasures", "Sisters", "SmoothCurve", "baseline", "blocks",
    "expected", "joined", "light_left", "plot_series", "pooled", "season_measures", "sisters", "smooth_curve", "usable",
]  # fmt: skip
