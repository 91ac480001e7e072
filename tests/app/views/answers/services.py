"""The answers of a full and of an empty platform, {service: function}."""

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from agro.errors import MissingDataError
from agro.farm import Farm
from app.services.advice import ViewerAdvice, grouped
from app.services.harvest import HarvestPlan
from app.services.outlooks import Regional, Sentence
from tests.app.views.answers.growth import county, outlook, regional
from tests.app.views.answers.measured import fit, quality, scores, stations
from tests.app.views.answers.orchard import ISSUED, PLOTS, WGS84, day, plots
from tests.app.views.answers.work import advised, plan

FULL = {
    "fit.of_plot": lambda plot_id: fit(),
    "fit_county.scores": lambda: (ISSUED, scores()),
    "advice.of_viewer": lambda on: ViewerAdvice(ISSUED, grouped(advised()), 2, 2),
    "advice.of_plot": lambda plot_id, on: advised()[plot_id == "p2"],
    "advice.of_plots": lambda plot_ids: {one.plot: one for one in advised() if one.plot in plot_ids},
    "spraying.of_plots": lambda plot_ids: {},
    "pest_alerts.next_of_plots": lambda plot_ids: {},
    "harvest.plan": lambda on: plan(),
    "farms.plots": plots,
    "farms.boundaries": lambda level: gpd.GeoDataFrame(
        {"name": ["青岩镇"]}, geometry=[box(109.3, 30.8, 109.5, 31)], crs=WGS84
    ),
    "farms.farms": lambda: [Farm("f1", "示例果园")],
    "farms.plot": lambda plot_id: PLOTS[0],
    "farms.missing_attributes": lambda: pd.DataFrame(
        {"plot": ["p2"], "farm": ["f1"], "name": ["河边地"], "attribute": ["planted"], "assumed": [2012]}
    ),
    "outlooks.county": lambda on: county(),
    "outlooks.plot_outlook": lambda plot_id, on: outlook(),
    "outlooks.sentences": lambda language, on: [
        Sentence({"zh": "屋后坡：果径约 55 毫米。", "en": "屋后坡: fruit about 55 mm."}[language], "good", "p1", "x"),
        Sentence({"zh": "河边地：可以尝果。", "en": "河边地: taste some."}[language], "act", "p2", "x"),
    ],
    "outlooks.dates": lambda: [ISSUED, day(-1)],
    "outlooks.regional": lambda on: regional(),
    "weather.stations": stations,
    "weather.quality": lambda station_id, resolution: quality(),
}


def nothing_read(plot_id):
    raise MissingDataError("nothing was noted here yet", zh="还没有观测")


EMPTY = {
    **FULL,
    "fit.of_plot": nothing_read,
    "fit_county.scores": lambda: (None, scores().iloc[0:0]),
    "advice.of_viewer": lambda on: ViewerAdvice(None),
    "harvest.plan": lambda on: HarvestPlan(None),
    "farms.plots": lambda: plots().iloc[0:0],
    "farms.boundaries": lambda level: gpd.GeoDataFrame({"name": []}, geometry=[], crs=WGS84),
    "farms.farms": list,
    "farms.missing_attributes": lambda: pd.DataFrame(columns=["plot", "farm", "name", "attribute", "assumed"]),
    "outlooks.county": lambda on: plots().iloc[0:0],
    "outlooks.sentences": lambda language, on: [],
    "outlooks.dates": list,
    "outlooks.regional": lambda on: Regional(None, pd.DataFrame(), 0, 0, 0),
    "weather.stations": lambda: stations().iloc[0:0],
}
