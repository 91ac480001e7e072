"""One plot's year of infection as people write it: a pandas script that goes through the hours of one disease.

The peer beside which the compiled hours stand. It computes what they compute, on temperatures between the tenths of a
degree too; hours come as a DataFrame with temperature, rh, rain and gust, numbers as dicts from the organism's file.
"""

import math

import pandas as pd


def temperature_response(temperature, fungus):
    """Return f of Magarey et al. (2005)."""
    if not fungus["tmin"] < temperature < fungus["tmax"]:
        return 0.0
    above, below = fungus["tmax"] - fungus["topt"], fungus["topt"] - fungus["tmin"]
    return (fungus["tmax"] - temperature) / above * ((temperature - fungus["tmin"]) / below) ** (below / above)


def fungus_season(hours: pd.DataFrame, fungus: dict) -> pd.Series:
    """Return the infection of each day by a fungus."""
    wet = (hours["rain"] >= 0.1) | (hours["rh"] >= 90)
    drying = (~wet) & (hours["rh"] < 95)
    response = hours["temperature"].apply(temperature_response, fungus=fungus)
    cap = max(fungus["wmax"] / fungus["wmin"], 1.0)
    air = splash = rain = dry = 0.0
    events = []
    for row in pd.DataFrame({"wet": wet, "drying": drying, "rain": hours["rain"], "f": response}).itertuples():
        dry = 0.0 if row.wet else dry + row.drying
        if dry > fungus["d50"]:
            air = splash = rain = 0.0
        rain += row.rain
        gained = 0.0
        if row.wet and row.f > 0:
            gained = max(row.f / fungus["wmin"], 1 / fungus["wmax"])
        total = 0.0
        for share, before, arrives in (
            (fungus["dry_share"], air, True),
            (1 - fungus["dry_share"], splash, rain >= fungus["gate"]),
        ):
            after = min(before + gained * arrives, cap)
            if after >= 0.9999:
                total += share * (after - before if before >= 0.9999 else after) / cap
        air = min(air + gained, cap)
        splash = min(splash + gained * (rain >= fungus["gate"]), cap)
        events.append(total)
    return pd.Series(events, hours.index).resample("D").sum()


def canker_season(hours: pd.DataFrame, canker: dict) -> pd.Series:
    """Return the penetration of each day by the bacteria of canker."""
    wet = (hours["rain"] >= 0.1) | (hours["rh"] >= 90)
    drying = (~wet) & (hours["rh"] < 95)
    low, best, high, p = (canker[name] for name in ("tmin", "topt", "tmax", "p"))
    q = p * (high - best) / (best - low)
    waiting = dry = 0.0
    came, events = False, []
    table = pd.DataFrame({
        "wet": wet, "drying": drying, "rain": hours["rain"], "gust": hours["gust"], "t": hours["temperature"],
    })  # fmt: skip
    for row in table.itertuples():
        dry = 0.0 if row.wet else dry + row.drying
        if dry >= canker["reset"]:
            waiting, came = 0.0, False
        if row.rain >= canker["gate"]:
            carried = math.exp(canker["slope"] * (min(row.gust, canker["cap"]) - canker["reference"]))
            carried *= 1 + canker["boost"] / (1 + math.exp(-(row.gust - canker["boost_at"]) / canker["boost_width"]))
            waiting += carried * (canker["later_share"] if came else 1.0)
            came = True
        enters = 0.0
        if row.wet:
            leaves = waiting * (1 - math.exp(-canker["k"]))
            waiting -= leaves
            if low < row.t < high:
                enters = leaves * ((row.t - low) / (best - low)) ** p * ((high - row.t) / (high - best)) ** q
        events.append(enters)
    return pd.Series(events, hours.index).resample("D").sum()
