"""The orchards of the sample county: terraced plots that follow the contours, in farms, by cultivar and height."""

import geopandas as gpd
import numpy as np
import shapely
from contourpy import contour_generator

from sample_data import SEED, names
from sample_data.boundaries import make_boundaries, wave
from sample_data.ground import FLAT, Ground, facing

MU = 2000 / 3  # m2
LOWEST, HIGHEST = 177.0, 618.0  # m: above the full reservoir, below the limit of navels
FARMS, PLOTS = 14, 84
CULTIVARS = {
    "navel": (0.40, 180, 618),
    "navel_late": (0.16, 177, 390),
    "tarocco": (0.09, 177, 380),
    "w_murcott": (0.08, 177, 390),
    "orah": (0.06, 177, 350),
    "valencia": (0.06, 177, 340),
    "ponkan": (0.06, 177, 460),
    "satsuma": (0.05, 220, 560),
    "pummelo": (0.04, 177, 340),
}
"""{key: (share of plots, lowest, highest [m])}: late fruit low and warm, navels and satsumas higher; judgement."""
TOO_HIGH = {"w_murcott": 440, "navel_late": 475}
"""Late fruit that somebody planted too high [m]: the platform should say so."""
MISSING = {"cultivar": 3, "planted": 6, "row_spacing": 10, "soil_depth": 24}
"""How many plots lack what: nobody has everything written down."""


def make_plots(dem, seed=SEED):
    """Return the plots of the county.

    Parameters
    ----------
    dem : DataArray, dims (y, x)
        Elevation on a projected grid. [m]
    seed : int
        The same seed gives the same plots.

    Returns
    -------
    GeoDataFrame
        84 polygons in the CRS of `dem` with farm, owner, name, cultivar, planted (year), row_spacing and
        tree_spacing [m], soil_depth [m], township, area_mu, source and synthetic = 1; None or NaN where nobody knows.
    """
    random = np.random.default_rng([int(seed), 2])
    ground = Ground(dem)
    outlines, farms = _outlines(ground, random)
    table = gpd.GeoDataFrame(
        {"farm": [names.farm(n) for n in farms], "owner": [names.grower(n) for n in farms]},
        geometry=outlines,
        crs=dem.rio.crs,
    )
    table["name"] = _plot_names(ground, outlines, farms)
    table["cultivar"] = _cultivars(np.array([ground.at(*_middle(outline)) for outline in outlines]), random)
    table["planted"] = random.choice(np.arange(1996, 2022), len(table), p=_ages()).astype(float)
    rows = random.choice(np.array([[4.0, 3.0], [5.0, 3.0], [4.0, 2.5], [3.5, 3.0], [5.0, 4.0]]), len(table))
    table["row_spacing"], table["tree_spacing"] = rows.T
    table["soil_depth"] = random.choice([0.35, 0.45, 0.6, 0.8, 1.0], len(table), p=[0.1, 0.25, 0.35, 0.2, 0.1])
    table["area_mu"] = (table.area / MU).round(1)
    _, townships = make_boundaries(dem, seed)
    table["township"] = _within(table.representative_point(), townships)
    table["source"], table["synthetic"] = "synthetic / 合成示例", 1
    for column, count in MISSING.items():
        lost = random.choice(len(table), count, replace=False)
        table.loc[lost, column] = None if column == "cultivar" else np.nan
        if column == "row_spacing":
            table.loc[lost, "tree_spacing"] = np.nan
    return table


def _outlines(ground, random):
    """Return the plots' polygons and the number of each one's farm: neighbours on the hill, one farm after another."""
    usable = (ground.height > LOWEST + 4) & (ground.height < HIGHEST) & (ground.slope < 29)
    usable[:25], usable[-25:], usable[:, :25], usable[:, -25:] = False, False, False, False
    row, column = np.nonzero(usable)
    side = facing(ground.slope, ground.aspect)[row, column]
    homes = _homes(ground, row, column, random)
    outlines, farms = [], []
    sizes = np.full(FARMS, PLOTS // FARMS) + random.permutation(np.r_[np.arange(-3, 4), np.arange(-3, 4)])[:FARMS]
    count = np.zeros(9, int)  # plots so far that face each way
    for number, (home, size) in enumerate(zip(homes, sizes, strict=True), start=1):
        near = np.hypot(row - row[home], column - column[home])
        last, tries = len(outlines) + size, 0
        while len(outlines) < last and tries < 600:
            reach = 9 + tries / 8  # pixels: a farm's plots lie within a walk
            wanted = np.argsort(count, kind="stable")[(tries // 3) % 9]  # the rarest side first
            tries += 1
            choice = np.nonzero((near < reach) & (side == wanted))[0]
            seed = random.choice(choice) if len(choice) else None
            outline = None if seed is None else _terrace(ground, row[seed], column[seed], outlines, random)
            if outline is not None:
                outlines.append(outline)
                farms.append(number)
                count[ground.facing(*_middle(outline))] += 1
    return outlines, farms


def _homes(ground, row, column, random):
    """Return the index of each farm's home: most of them low, two high, well apart."""
    homes = []
    heights = random.permutation(np.r_[np.linspace(185, 420, FARMS - 2), 520, 575])
    for height in heights:
        suitable = np.abs(ground.height[row, column] - height) < 12
        for home in homes:
            suitable &= np.hypot(row - row[home], column - column[home]) > 55
        homes.append(random.choice(np.nonzero(suitable)[0]))
    return homes


def _terrace(ground, row, column, taken, random):
    """Return a polygon about a pixel, long along the contour, bounded by contours; None where there is no room."""
    x0, y0 = ground.x[column], ground.y[row]
    east, north = ground.east[row, column], ground.north[row, column]
    fall = max(np.hypot(east, north), 0.02)
    along = np.array([-north, east]) / np.hypot(east, north)
    area = MU * np.clip(np.exp(random.normal(np.log(11), 0.6)), 2.6, 36)
    length = np.sqrt(area * random.uniform(1.6, 3.6)) / 2
    width = area / (4 * length)
    grid = np.arange(-2.2, 2.2, 0.03) * length
    x, y = np.meshgrid(x0 + grid, y0 + grid)
    rise = (ground.at(x, y) - ground.height[row, column]) / fall  # m along the ground from the middle contour
    down = ((x - x0) * east + (y - y0) * north) / np.hypot(east, north)
    off = 0.75 * rise + 0.25 * down if ground.slope[row, column] > FLAT else down + 0.4 * rise
    run = (x - x0) * along[0] + (y - y0) * along[1]
    wobble = 1 + 0.09 * wave(x.shape, 16, random)
    inside = (np.abs(off / width) ** 4 + np.abs(run / length) ** 4 + np.abs(down / (2.2 * width)) ** 4) ** 0.25 * wobble
    outline = _ring(x, y, inside, shapely.Point(x0, y0))
    if outline is None:
        return None
    if len(taken):
        outline = outline.difference(shapely.union_all(taken).buffer(7))
        outline = max(getattr(outline, "geoms", [outline]), key=lambda part: part.area)
        outline = outline.buffer(-6).buffer(6).simplify(1.5)
    return outline if _acceptable(ground, outline, area) else None


def _acceptable(ground, outline, area):
    """Tell whether a plot has 2-40 mu, most of the area meant, no holes, workable ground and the right height."""
    if outline.geom_type != "Polygon" or outline.is_empty or outline.interiors or not outline.is_valid:
        return False
    compact = 4 * np.pi * outline.area / outline.length**2
    x, y = shapely.get_coordinates(outline.segmentize(10)).T
    height = ground.at(x, y)
    return (
        max(2.1 * MU, 0.55 * area) < outline.area < 39 * MU
        and compact > 0.28
        and height.min() > LOWEST - 1
        and height.max() < HIGHEST
        and ground.at(x, y, "slope").max() < 34
    )


def _ring(x, y, level, middle):
    """Return the polygon within level 1 that holds `middle`, or None."""
    rings = contour_generator(x, y, level).lines(1.0)
    polygons = [shapely.Polygon(ring).simplify(1.5) for ring in rings if len(ring) > 8]
    return next((polygon for polygon in polygons if polygon.is_valid and polygon.contains(middle)), None)


def _plot_names(ground, outlines, farms):
    """Return names like 东坡3号, counted within the farm; the slope's side gives the place."""
    result, counted = [], {}
    side = {0: "北坡", 1: "北坡", 2: "东坡", 3: "东坡", 4: "南坡", 5: "南坡", 6: "西坡", 7: "西坡", 8: "坪上"}
    for outline, farm in zip(outlines, farms, strict=True):
        faces = int(ground.facing(*_middle(outline)))
        place = side[faces] if (len(result) + farm) % 3 else names.PLACES[4 + (farm + faces) % (len(names.PLACES) - 4)]
        counted[farm, place] = counted.get((farm, place), 0) + 1
        result.append(f"{place}{counted[farm, place]}号")
    return result


def _cultivars(height, random):
    """Return the cultivar of each plot so that shares come out and each grows within its belt, but for two."""
    result = np.full(len(height), "navel", dtype=object)
    free = np.ones(len(height), bool)
    for key, belt in TOO_HIGH.items():
        chosen = np.abs(height - belt).argmin()
        result[chosen], free[chosen] = key, False
    for key in sorted(CULTIVARS, key=lambda key: CULTIVARS[key][2]):  # the lowest belts choose first
        share, lowest, highest = CULTIVARS[key]
        fit = np.nonzero(free & (height >= lowest) & (height <= highest))[0]
        wanted = max(round(share * len(height)) - (key in TOO_HIGH), 0)
        chosen = random.choice(fit, min(wanted, len(fit)), replace=False)
        result[chosen], free[chosen] = key, False
    return result


def _ages():
    weight = np.r_[np.full(8, 0.5), np.full(12, 1.5), np.full(6, 0.8)]
    return weight / weight.sum()


def _middle(outline):
    return shapely.get_coordinates(outline.representative_point())[0]


def _within(points, regions):
    """Return the name of the region that holds each point; the nearest one beyond the border."""
    distance = np.array([[region.distance(point) for region in regions.geometry] for point in points])
    return regions.name.to_numpy()[distance.argmin(axis=1)]
