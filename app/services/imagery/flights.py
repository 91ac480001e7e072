"""Drone flights: a mosaic in, its trees counted and numbered for life, and what each flight said of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from agro.errors import InputError, MissingDataError
from agro.farm import ASSUMED_DEFAULTS, Finding, Viewer
from agro.store import StoredScene, flown, rights
from agro.store.scenes import GAPS, MOSAIC, PLOTS, TREES, Writer
from app.services.imagery import checksum, clock, same_flight, scenes
from app.services.imagery.bring_in import Brought, Progress
from app.services.imagery.extent import Bounds
from app.services.platform import Platform, region_or_none
from remote_sensing import cog, reading
from remote_sensing.reading import raster
from remote_sensing.trees import identity, survey
from remote_sensing.trees.survey import Survey

SENSOR = "drone_rgb"
BORDER = 1.5  # m from a plot's outline within which a tree may have slipped out of it, as flights lie aside


@dataclass(frozen=True)
class Understood:
    """A mosaic before it is worked on; `plots` are those that it shows and the viewer may fly over."""

    found: reading.Found
    time: datetime | None
    pixel: float  # m
    crs: pyproj.CRS
    bounds: Bounds  # degrees
    plots: gpd.GeoDataFrame


def understood(viewer: Viewer, home: Platform, path: Path, time: datetime | None = None) -> Understood:
    """Return what a mosaic is and which plots it shows.

    Parameters
    ----------
    time : datetime, optional
        When it was flown, where the file does not tell; aware.

    Raises
    ------
    InputError
        For a picture without place, or one that shows no plot of the viewer's.
    """
    rights.require(viewer, "scene.import")
    found = reading.recognise(path, SENSOR, time=None if time is None else time.astimezone(UTC))
    head = raster.header(next(iter(found.layers.values())).path)
    if head.crs is None or head.transform.is_identity:
        raise InputError(
            f"{Path(path).name}: has no place on the ground; a georeferenced mosaic is needed",
            zh=f"{Path(path).name}：没有地理坐标；需要带坐标的正射影像",
        )
    scope = rights.scope(viewer, "scene.import")
    every = rights.reach(viewer.role, "scene.import") == "open"
    plots = home.store.plots(rights.EVERYTHING if every else scope).to_crs(head.crs)
    plots = plots[plots.intersects(shapely.box(*head.bounds))].reset_index(drop=True)
    if not len(plots):
        raise InputError(
            f"{Path(path).name}: shows no plot of yours; import the plots first",
            zh=f"{Path(path).name}：影像没有覆盖您的任何地块；请先导入地块",
        )
    to_degrees = pyproj.Transformer.from_crs(head.crs, "EPSG:4326", always_xy=True)
    bounds = to_degrees.transform_bounds(*head.bounds)
    return Understood(found, found.time, float(head.cell), head.crs, bounds, plots)


def bring_in_mosaic(
    viewer: Viewer, home: Platform, path: Path, *, time: datetime | None = None,
    progress: Progress = lambda done, total, note="": None,
) -> tuple[Brought, dict[str, int]]:  # fmt: skip
    """Return what became of a mosaic, and how many trees are new, were seen again, are lost, and gaps.

    Parameters
    ----------
    time : datetime, optional
        When it was flown, where the file does not tell; aware.

    Raises
    ------
    InputError
        Without a time, for a broken file, or one that shows none of the viewer's plots; nothing was stored.
    """
    seen = understood(viewer, home, path, time)
    when = seen.time
    if when is None:
        raise InputError(
            f"{Path(path).name}: nothing tells when it was flown; give the time",
            zh=f"{Path(path).name}：文件没有写明拍摄时间；请给出时间",
        )
    progress(0, 3, "核对文件 checking the file")
    digest, nothing = checksum.of(path), {"new": 0, "seen": 0, "lost": 0, "gaps": 0}
    known = same_flight.before(home, seen.found.product, when, seen.bounds, seen.plots, digest)
    asked = same_flight.asked(seen.plots)
    if known is not None and known.checksum == digest and (known.about or {}).get("asked") == asked:
        told = Finding("info", f"{known.product} is there already", f"{known.product} 已经有了，没有改动")
        return Brought(known, "same", findings=(told,)), nothing
    progress(1, 3, "数树 counting trees")
    table = seen.plots.assign(
        tree_spacing=[(one or ASSUMED_DEFAULTS["spacing"])[1] for one in seen.plots["spacing"]],
        age=clock.of(home, when).year - seen.plots["planted"].astype("Float64").astype(float),
        row_spacing=[(one or ASSUMED_DEFAULTS["spacing"])[0] for one in seen.plots["spacing"]],
    )
    made = survey.survey(Path(path), table, progress=progress)
    progress(2, 3, "写入 writing")
    name = seen.found.product
    product = known.product if known else same_flight.product(name, when, seen.bounds, seen.plots)
    about = {"name": name, "asked": asked, "pixel": seen.pixel, "relative": True}
    scene = StoredScene(
        SENSOR, product, "drone", when, str(seen.crs), seen.bounds, about=about,
        source=str(seen.found.about.get("source") or Path(path).name), checksum=digest,
    )  # fmt: skip
    return _kept(viewer, home, scene, seen, Path(path), table, made)


def _kept(
    viewer: Viewer, home: Platform, scene: StoredScene, seen: Understood, path: Path, plots: gpd.GeoDataFrame,
    made: Survey,
) -> tuple[Brought, dict[str, int]]:  # fmt: skip
    numbered, moved, beside = _numbered(home, plots, made.trees)
    trees, gaps = _readings(numbered), _gap_readings(made.gaps)
    region = region_or_none(home)
    synthetic = bool(seen.found.about.get("synthetic") or (region and region.synthetic))
    scene = replace(scene, synthetic=synthetic, about={**(scene.about or {}), "moved": moved})
    parts: dict[str, Writer] = {
        MOSAIC: lambda beside: cog.converted(path, beside),
        TREES: lambda beside: flown.write(TREES, trees, beside),
        GAPS: lambda beside: flown.write(GAPS, gaps, beside),
        PLOTS: lambda beside: flown.write(PLOTS, _plots_told(made, scene), beside),
    }
    counts = {"new": 0, "seen": 0, "lost": 0, "gaps": int(gaps["n_missing"].sum()) if len(gaps) else 0}
    with home.store:
        stored, told = home.store.save_scene(scene, parts, again=True, by=viewer)
        for plot, some in trees.groupby("plot"):
            places = some.rename(columns={"tree": "number"})[["number", "longitude", "latitude"]]
            for key, n in _saved(home, str(plot), places, scene.time, beside, viewer).items():
                counts[key] += n
    return Brought(stored, told, int(made.plots.shape[0]), tuple(_findings(made, counts, plots, told))), counts


def newest(viewer: Viewer, home: Platform, farm: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the trees and the gaps of each plot's newest flight that could count them, of plots `viewer` may see.

    Returns
    -------
    trees : DataFrame
        plot, name, farm_name, tree (its number), longitude, latitude, flight (day), and what was measured:
        area_m2, d1_m, d2_m, gli, ngrdi, yellow, z_colour, z_size, class.
    gaps : DataFrame
        plot, name, farm_name, gap ("plot|..." names it), n_missing, longitude, latitude.
    """
    scope = rights.scope(viewer, "tree.read")
    rights.require_rows(scope)
    plots = home.store.plots(scope)
    plots = plots if farm is None else plots[plots["farm"] == farm]
    found: dict[str, list[pd.DataFrame]] = {TREES: [], GAPS: []}
    left = set(plots["id"])
    for flight in scenes.visible(viewer, home, "drone"):
        here = home.store.plot_pictures(scope, kind="drone", plots=left) if left else pd.DataFrame()
        here = here[(here["flight"] == flight.product) & here["countable"].eq(True)] if len(here) else here
        if not len(here):
            continue
        for part, tables in found.items():
            some = home.store.tree_readings(scope, flight.id, plots=here["plot"], part=part)
            if len(some):
                tables.append(some.assign(day=pd.Timestamp(clock.of(home, flight.time))))
        left -= set(here["plot"])
    about = plots.set_index("id")[["name", "farm_name"]]
    trees, gaps = (_joined(tables, about) for tables in found.values())
    return trees, gaps


def of_plot(viewer: Viewer, home: Platform, plot_id: str) -> pd.DataFrame:
    """Return every reading of every tree of one plot, by number and flight; `day` is that of the flight.

    Colours of two flights are not to be compared as such: what is compared is each tree's place among its own kind on
    its day, `z_colour` and `z_size`.
    """
    scope = rights.scope(viewer, "tree.read")
    found = home.store.plot(plot_id, scope)
    tables = []
    for flight in scenes.visible(viewer, home, "drone"):
        some = home.store.tree_readings(scope, flight.id, plots=[found.id])
        if len(some):
            day = pd.Timestamp(clock.of(home, flight.time))
            tables.append(some.assign(day=day, product=flight.product, synthetic=flight.synthetic))
    if not tables:
        raise MissingDataError(f"no drone has flown over '{found.name}' yet", zh=f"“{found.name}”还没有无人机影像")
    return pd.concat(tables, ignore_index=True).sort_values(["tree", "day"]).reset_index(drop=True)


def quality(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Return what each flight says of each plot as a whole: trees found and expected, missing, cover, what to mind.

    `day` is that of the flight in the region.
    """
    scope = rights.scope(viewer, "tree.read")
    rights.require_rows(scope)
    table = home.store.plot_pictures(scope, kind="drone")
    plots = home.store.plots(scope).set_index("id")[["name", "farm_name"]]
    return table.assign(day=clock.days(home, table["time"])).join(plots, on="plot") if len(table) else table


def placed(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return trees or gaps with their places: crowns as outlines where they were drawn, else points."""
    if table.empty:
        return gpd.GeoDataFrame(table, geometry=[], crs="EPSG:4326")
    points = gpd.points_from_xy(table["longitude"], table["latitude"])
    if "crown" in table:
        outlines = shapely.from_wkb(table["crown"].to_numpy(dtype=object))
        points = np.where(shapely.is_missing(outlines), points, outlines)
    return gpd.GeoDataFrame(table.drop(columns="crown", errors="ignore"), geometry=points, crs="EPSG:4326")


def _saved(
    home: Platform, plot: str, places: pd.DataFrame, when: datetime, beside: dict[str, list[int]], viewer: Viewer
) -> dict[str, int]:
    return home.store.save_trees(plot, places, clock.of(home, when), unseen=beside.get(plot, ()), by=viewer)


def _numbered(
    home: Platform, plots: gpd.GeoDataFrame, trees: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, float, dict[str, list[int]]]:
    """Return the trees with the numbers of the trees that stood there before.

    Also how far this flight lay off [m], and by plot the known trees that it shows beside the plot or not at all.
    """
    before = home.store.trees(rights.EVERYTHING, list(plots["id"]), lost=True)
    parts, moved, beside = [], [0.0], {}
    for plot in plots.itertuples():
        mine = trees[trees["plot"] == plot.id].reset_index(drop=True)
        known = before[before["plot"] == plot.id]
        points = gpd.points_from_xy(known["longitude"], known["latitude"], crs="EPSG:4326")
        stood = gpd.GeoDataFrame({"tree": known["number"].to_numpy()}, geometry=points).to_crs(trees.crs)
        told, shift, _ = identity.matched(stood, mine, plot.tree_spacing)
        away = np.zeros(2) if shift is None else np.asarray(shift)
        here = stood.geometry.translate(*-away)  # where this flight has them
        inside = here.within(shapely.buffer(plot.geometry, -BORDER)).to_numpy()
        beside[str(plot.id)] = [int(one) for one in stood["tree"][~inside]]
        parts.append(told)
        moved.append(float(np.hypot(*away)))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=trees.crs), max(moved), beside


def _readings(trees: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return trees as they are kept: degrees, numbers, crowns as WKB in degrees."""
    shapes = trees.to_crs(4326).geometry
    middles = trees.geometry.centroid.to_crs(4326)
    plain = pd.DataFrame(trees.drop(columns=trees.geometry.name))
    if "crown" in plain:
        crowns = gpd.GeoSeries(plain.pop("crown").to_numpy(), crs=trees.crs).to_crs(4326)
        plain["crown"] = shapely.to_wkb(crowns.to_numpy())
    elif len(shapes) and not _points(shapes):
        plain["crown"] = shapely.to_wkb(shapes.to_numpy())
    plain["longitude"], plain["latitude"] = middles.x.to_numpy(), middles.y.to_numpy()
    plain["tree"] = plain["tree"].astype(int)
    return plain.drop(columns=["x", "y"], errors="ignore")


def _points(shapes: gpd.GeoSeries) -> bool:
    return bool((shapely.get_type_id(shapes.to_numpy()) == 0).all())


def _gap_readings(gaps: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one row a gap: where its middle is and how many trees are missing."""
    columns = ["plot", "gap", "n_missing", "votes", "longitude", "latitude"]
    if not len(gaps):
        return pd.DataFrame(
            {name: pd.Series(dtype="float64" if name not in ("plot", "gap") else str) for name in columns}
        )
    places = gaps.to_crs(4326).geometry
    table = pd.DataFrame(gaps.drop(columns="geometry")).assign(longitude=places.x, latitude=places.y)
    found = table.groupby(["plot", "row"], as_index=False).agg(
        n_missing=("row", "size"),
        votes=("votes", "min"),
        longitude=("longitude", "mean"),
        latitude=("latitude", "mean"),
    )
    names = [f"{row.plot}|gap|{row.longitude:.5f},{row.latitude:.5f}" for row in found.itertuples()]
    return found.assign(gap=names)[columns]


def _plots_told(made: Survey, scene: StoredScene) -> pd.DataFrame:
    """Return the quality line of each plot with its flight."""
    return pd.DataFrame(made.plots).assign(flight=scene.product, time=pd.Timestamp(scene.time))


def _joined(tables: list[pd.DataFrame], about: pd.DataFrame) -> pd.DataFrame:
    some = [table for table in tables if len(table)]
    return pd.concat(some, ignore_index=True).join(about, on="plot") if some else pd.DataFrame(columns=["plot"])


def _findings(made: Survey, counts: dict[str, int], plots: gpd.GeoDataFrame, became: str) -> list[Finding]:
    names = plots.set_index("id")["name"]
    n = counts["new"] + counts["seen"]
    told = [
        Finding(
            "info",
            f"{n} trees: {counts['new']} new, {counts['seen']} seen before, {counts['lost']} lost; "
            f"{counts['gaps']} missing",
            f"共 {n} 株：新编号 {counts['new']}，以前见过 {counts['seen']}，消失 {counts['lost']}；"
            f"缺株 {counts['gaps']}",
        )
    ]
    if became == "replaced":
        told.append(Finding("info", "an earlier processing was replaced", "替换了同一航次的旧处理版本"))
    for line in made.plots.to_dict("records"):
        if line["note_zh"]:
            name = names[line["plot"]]
            told.append(Finding("warning", f"{name}: {line['note_en']}", f"{name}：{line['note_zh']}", name))
    return told
