"""Pages without a browser: a viewer, and services that answer with small tables made by hand."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import streamlit as st
from shapely.geometry import box
from streamlit.testing.v1 import AppTest

from agro.errors import MissingDataError
from agro.farm import Farm, Finding, Plot, Region, Role, Viewer
from app import session
from app.services import harvest
from app.services.advice import PlotAdvice, ViewerAdvice, grouped
from app.services.fit import PlotFit
from app.services.harvest import HarvestPlan
from app.services.outlooks import PlotOutlook, Regional, Sentence
from app.services.platform import Status
from app.services.plot_states import PlotState
from growth_model.advice import Advice
from tests.app.views import picture_home

MAIN = Path(__file__).parents[3] / "app" / "main.py"
WGS84 = "EPSG:4326"
LEVELS = ("p10", "p50", "p90")
ISSUED = date(2026, 9, 20)
VIEWER = Viewer("a1", "示例果农", Role.ADMIN, farms=("f1",))
PLOTS = [
    Plot(
        "p1",
        "f1",
        "屋后坡",
        box(109.40, 30.90, 109.401, 30.901),
        4000.0,
        "navel",
        2012,
        (4.0, 3.0),
        0.6,
        "青岩镇",
        520.0,
        24.0,
        315.0,
        0.93,
        320.0,
        ("spacing",),
        "test",
        True,
    ),
    Plot(
        "p2",
        "f1",
        "河边地",
        box(109.41, 30.91, 109.411, 30.911),
        2000.0,
        "valencia",
        None,
        None,
        None,
        "青岩镇",
        210.0,
        1.0,
        None,
        0.99,
        10.0,
        (),
        "test",
        True,
    ),
]


def day(days: int) -> date:
    return ISSUED + timedelta(days=days)


def plots() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([vars(plot) for plot in PLOTS], geometry="geometry", crs=WGS84)


def county() -> gpd.GeoDataFrame:
    spreads = {
        "bloom": [day(-150), day(-160)],
        "diameter": [55.0, 61.0],
        "expansion": [0.31, 0.36],
        "diameter30": [62.0, 68.0],
        "tss": [8.1, 8.6],
        "tss30": [9.6, 10.2],
        "ta": [1.4, 1.2],
        "ratio": [5.8, 7.2],
        "ripe": [day(75), day(60)],
        "delay": [12.0, -1.0],
    }
    extra = {f"{name}_{p}": values for name, values in spreads.items() for p in ("p10", "p50", "p90")}
    extra |= {"bud_bbch": [0, 0], "fruit_bbch": [79, -1], "issued": [ISSUED] * 2, "evidence": ["none"] * 2}
    return plots().assign(**extra)


def outlook() -> PlotOutlook:
    steps = [
        (65, "bud", -150, "盛花（50%）", "full bloom, 50 %"),
        (81, "fruit", 20, "开始转色", "colouring begins"),
        (83, "maturity", 75, "达到采收品质", "ripe by taste"),
        (83, "fruit", 80, "可采，着色未完全", "ripe for picking, colour incomplete"),
    ]
    timeline = pd.DataFrame(
        [(code, organ, f"e{code}", day(n - 4), day(n), day(n + 5), n < 0, zh, en) for code, organ, n, zh, en in steps],
        columns=["code", "organ", "event", "p10", "p50", "p90", "past", "zh", "en"],
    )
    fans = pd.DataFrame(
        [
            (day(n), name, at + n * 0.9 * rate, at + n * rate, at + n * 1.1 * rate)
            for n in range(31)
            for name, at, rate in (("diameter", 55, 0.3), ("expansion", 0.3, 0.0), ("tss", 8, 0.05), ("ta", 1.4, -0.01))
        ],
        columns=["time", "variable", "p10", "p50", "p90"],
    )
    return PlotOutlook(
        plot=PLOTS[0],
        issued=ISSUED,
        bud_bbch=0,
        fruit_bbch=79,
        cultivar_zh="脐橙",
        cultivar_en="navel orange",
        timeline=timeline,
        fans=fans,
        hanging=fans.iloc[0:0],
        delay={"p10": 9.0, "p50": 12.0, "p90": 16.0, "elevation": 13.0, "sun": 1.5, "cold": -2.5},
        slope={
            "elevation": 520.0,
            "slope": 24.0,
            "aspect": 315.0,
            "sky_view": 0.93,
            "winter_light": 0.71,
            "summer_light": 0.98,
            "valley_floor": 200.0,
            "height_above_valley": 320.0,
        },
        bloom_models={"day_count": day(-152), "heat_sum": day(-148)},
        sources=[Finding("info", "station A, 6 km, 90 m lower", "甲站，6 公里，低 90 米")],
        limits=[Finding("info", "no water stress yet", "尚未考虑缺水")],
        evidence="none",
        assumed=("spacing",),
    )


def regional() -> Regional:
    """The region and one township that may be told; five are hidden, and some plots do not ripen this season."""
    spreads = {
        "bloom": (day(-152), day(-150), day(-147)),
        "ripe": (day(60), day(75), None),
        "diameter": (60.4, 65.7, 70.5),
        "tss": (8.2, 9.3, 10.3),
        "delay": (6.0, 17.5, 34.6),
    }
    flat = {f"{name}_{p}": value for name, one in spreads.items() for p, value in zip(LEVELS, one, strict=True)}
    rows = [
        {"township": name, "growers": n, "plots": 6 * n, "area_mu": 63.0 * n, "area_ha": 4.2 * n, "complete": share}
        for name, n, share in (("青岩县（合成）", 14, 0.98), ("=青岩镇", 6, 1.0))
    ]
    return Regional(ISSUED, pd.DataFrame([{**row, **flat} for row in rows]), hidden=5, plots=84, with_outlook=82)


SAID = Advice(
    key="frost_night", kind="act", stage="any", organ="fruit", urgency="today",
    what={"zh": "盖膜，先采低处的果。", "en": "Cover, and pick low fruit first."},
    why={"zh": "零下 3 ℃。以气象部门的预警为先。", "en": "3 degC below 0. The official weather warning comes first."},
    lead={"zh": "今晚之前", "en": "Before tonight"}, cases=13, members=20, since=ISSUED, until=day(3),
    source="DB50/T 902-2019", evidence="judgement", deadline="17:00", needs_label=True,
)  # fmt: skip
KNOWN = replace(SAID, key="bigger_fruit_first", kind="info", urgency="season", deadline=None, until=None)


def advised() -> list[PlotAdvice]:
    return [
        PlotAdvice("p1", "屋后坡", ISSUED, (SAID, KNOWN)),
        PlotAdvice("p2", "河边地", ISSUED, (replace(KNOWN, cases=20),)),
    ]


def plan() -> HarvestPlan:
    """Two plots: one past its opening day, one whose window opens only after it closes."""
    ripe = {"p1": (day(-20), day(60)), "p2": (day(50), day(40))}
    states = {
        plot: PlotState(
            ISSUED,
            (),
            2026,
            pd.DataFrame({"ripe": [pd.Timestamp(first)] * 10, "end": pd.Timestamp(last), "fades": pd.NaT}),
        )
        for plot, (first, last) in ripe.items()
    }
    return HarvestPlan(ISSUED, *harvest.ranked(states, plots().assign(farm_name="示例果园"), ISSUED), 2, 130)


def stations() -> pd.DataFrame:
    row = ("s1", "甲站", 109.4, 30.9, 210.0, "test", date(2001, 1, 1), ISSUED, "daily", 9000)
    return pd.DataFrame(
        [row],
        columns=["id", "name", "longitude", "latitude", "elevation", "source", "first", "last", "resolution", "rows"],
    )


def quality() -> pd.DataFrame:
    return pd.DataFrame(
        {"good": [8990], "not_evaluated": [0], "suspect": [5], "fail": [3], "missing": [2], "total": [9000]},
        index=pd.Index(["tmin"], name="variable"),
    )


def fit() -> PlotFit:
    """One plot's readings of a summer, with a bloom that was seen; two of them moved nothing yet."""
    days = pd.to_datetime([day(n) for n in (-90, -60, -29)])
    points = pd.DataFrame(
        {"time": days, "variable": "diameter", "value": [30.0, 42.0, 55.0], "low": [28.5, 40.5, 53.5]}
        | {"high": [31.5, 43.5, 56.5], "n": [20, 20, 20], "evidence": "measured", "conflict": False}
    )
    fans = pd.DataFrame(
        [
            (pd.Timestamp(day(n)), "diameter", which, at - 4, at, at + 4)
            for which, off in (("prior", -5.0), ("fitted", 0.0))
            for n in range(-100, 30, 2)
            for at in (62 + off + n * 0.3,)
        ],
        columns=["time", "variable", "which", *LEVELS],
    )
    spread = [pd.Timestamp(day(n)) for n in (-165, -160, -156)]
    return PlotFit(
        plot=PLOTS[0],
        issued=ISSUED,
        synthetic=True,
        counts={"diameter": 3, "bloom_65": 1},
        points=points,
        fans=fans,
        blooms=pd.DataFrame(
            [(2026, which, *spread) for which in ("prior", "fitted", "seen")], columns=["year", "which", *LEVELS]
        ),
        misfit=pd.DataFrame([("diameter", 3, 5.2, 0.9)], columns=["kind", "n", "before", "after"]),
        moved=pd.DataFrame(
            [
                ("fruit.diameter_max", "mm", "a survey", "judgement", 80.0, 86.0, 92.0, 84.0, 88.0, 91.0, 0.42, False),
                ("fruit.growth", "d-1", "a survey", "judgement", 0.016, 0.018, 0.02, 0.016, 0.018, 0.02, 0.0, True),
            ],
            columns=["parameter", "unit", "source", "evidence"]
            + [f"{which}_{p}" for which in ("prior", "fitted") for p in LEVELS]
            + ["narrower", "fixed"],
        ),
        seen=day(-163),
        biofix=pd.DataFrame(
            [["65", *spread, *[pd.Timestamp(day(-163))] * 3], ["81", *[pd.NaT] * 6]],
            columns=["event"] + [f"{which}_{p}" for which in ("alone", "restarted") for p in LEVELS],
        ),
        lines=pd.DataFrame(
            [(pd.Timestamp(day(n)), one, 60 + n * 0.3) for one in ("alone", "restarted") for n in range(-150, 30, 5)],
            columns=["time", "which", "p50"],
        ),
        reading={
            "kind": "diameter", "date": day(-29), "value": 55.0, "sd": 1.2, "before": (46.0, 50.0, 54.0),
            "after": (53.0, 54.5, 56.0), "later": day(30), "later_before": (60.0, 65.0, 70.0),
            "later_after": (67.0, 69.0, 71.0),
        },
        held_out=True,
    )  # fmt: skip


def scores() -> pd.DataFrame:
    row = {
        "kind": "diameter", "n": 48, "plots": 12, "share": 0.75, "low": 0.43, "high": 0.945, "share_prior": 0.8,
        "rmse": 3.4, "crps": 1.9, "against_climatology": 0.5, "n_climatology": 48, "against_persistence": -0.1,
        "n_persistence": 30, "fitted": 28, "held_out": 12, "synthetic": True,
    }  # fmt: skip
    return pd.DataFrame([row])


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


@pytest.fixture
def platform(monkeypatch):
    """Give a function that makes the services answer as told: {service: function}, and how the platform stands."""
    st.cache_data.clear()
    monkeypatch.setattr(session, "viewer", lambda: VIEWER)
    monkeypatch.setattr(session.platform, "stamp", lambda home: "")
    monkeypatch.setattr(session, "display", lambda: VIEWER.name)
    monkeypatch.setattr(session, "has_orthophoto", lambda: False)
    monkeypatch.setattr(session, "home", lambda: SimpleNamespace(home=Path(".")))
    monkeypatch.setattr(session, "recent_jobs", lambda: [])
    monkeypatch.setattr(session, "today", lambda: ISSUED)

    def answers(services: dict, full: bool = True) -> None:
        region = Region("r", "青岩县（合成）", "EPSG:32649", synthetic=True) if full else None
        found = Status(region, full, ISSUED if full else None, ISSUED if full else None, 2 * full, 1 * full, full, [])
        monkeypatch.setattr(session, "status", lambda: found)
        monkeypatch.setattr(session, "kept", lambda service, asking, stamp, arguments: services[service](*arguments))

    return answers


@pytest.fixture
def open_page(platform):
    """Give a function that opens one page in one language."""

    def opened(view: str, language: str = "zh", services: dict = FULL, full: bool = True) -> AppTest:
        platform(services, full)
        at = AppTest.from_file(str(MAIN), default_timeout=60)
        at.session_state["language"] = language
        at.run()
        return at if view == "home" else at.switch_page(f"views/{view}.py").run()

    return opened


TEXTS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "info",
    "warning",
    "error",
    "success",
    "button",
    "selectbox",
    "expander",
    "metric",
)


def shown(at: AppTest) -> str:
    parts = [element.proto.body for element in at.get("html")]
    for kind in TEXTS:
        for element in at.get(kind):
            names = ("label",) if kind == "selectbox" else ("value", "label")  # the value of a choice is its key
            parts += [str(getattr(element, name, "") or "") for name in names]
    return "\n".join(parts)


@pytest.fixture(scope="session")
def seen():
    """Give a function that returns all text of a page."""
    return shown


@pytest.fixture(scope="session")
def services():
    """Give the answers of a full and of an empty platform."""
    return SimpleNamespace(full=FULL, empty=EMPTY, county=county, outlook=outlook, day=day)


@pytest.fixture(scope="session")
def pictured(tmp_path_factory):
    """A platform with satellite and drone pictures of sixteen plots; not to be written to."""
    return picture_home.make(tmp_path_factory.mktemp("pictured"))


@pytest.fixture(scope="session")
def unpictured(tmp_path_factory):
    """The same plots without a picture; not to be written to."""
    return picture_home.bare(tmp_path_factory.mktemp("unpictured"))


@pytest.fixture
def open_as(monkeypatch):
    """Give a function that opens a page of a real platform as somebody; `state` is what was chosen before."""

    def opened(home, viewer: Viewer, view: str, language: str = "zh", **state) -> AppTest:
        st.cache_data.clear()
        monkeypatch.setattr(session, "viewer", lambda: viewer)
        monkeypatch.setattr(session, "home", lambda: home)
        at = AppTest.from_file(str(MAIN), default_timeout=120)
        at.session_state["language"] = language
        at.run()
        for name, value in state.items():
            at.session_state[name] = value
        return at.switch_page(f"views/{view}.py").run()

    return opened
