"""One column's hours in plain Python, slowly and from the text: pests.md 3.2 (wetness), 3.3 (fungi) and 5.2 (canker).

Nothing here comes from the compiled loop: no table of temperatures, no lanes, no arrays.
"""

import math
from dataclasses import dataclass

ROUNDING = 1e-4  # of a dose of 1 that is a sum of tenths


@dataclass
class Fungus:
    """Numbers of 3.3; `dry_share` is what spreads without the rain that splashes."""

    tmin: float
    topt: float
    tmax: float
    wmin: float
    wmax: float
    d50: float
    gate: float
    dry_share: float


@dataclass
class Bacterium:
    """Numbers of 5.2."""

    tmin: float
    topt: float
    tmax: float
    p: float
    q: float
    k: float
    reset: float
    gate: float
    later: float


@dataclass
class Hour:
    """What is known of an hour; `carried` is what rain and wind carry beside the reference wind."""

    temperature: float
    rh: float
    rain: float
    wind: float
    carried: float

    @property
    def known(self) -> bool:
        return not math.isnan(self.temperature + self.rh + self.rain)


def saturation(temperature: float) -> float:
    """FAO-56 eq. 11 [kPa]."""
    return 0.6108 * math.exp(17.27 * temperature / (temperature + 237.3))


def wet_by_humidity(hour: Hour, wet_at: float = 90.0) -> bool:
    """W1 of 3.2."""
    return hour.rain >= 0.1 or hour.rh >= wet_at


def wet_by_tree(hour: Hour) -> bool:
    """W4 of 3.2 with all rain hours wet."""
    if hour.rain >= 0.1:
        return True
    t, rh, w = hour.temperature, hour.rh, hour.wind
    x = math.log(max(rh, 0.01) / 100) + 17.625 * t / (243.04 + t)
    depression = t - 243.04 * x / (17.625 - x)
    if depression >= 3.7:
        return False
    root = math.sqrt(max(t, 0.0))
    if w < 2.5:
        return 1.6064 * root + 0.0036 * t**2 + 0.1531 * rh - 0.4599 * w * depression - 0.0035 * t * rh > 14.4674
    windy = 0.7921 * root + 0.0046 * rh**2 - 2.3889 * w - 0.0390 * t * w + 1.0613 * w * depression
    return rh >= 87.8 and windy > 37.0


def fungal_days(fungus: Fungus, hours: list[Hour], wet) -> list[float]:
    """Infection of each day: what doses of at least 1 came to, over the dose of a whole infection."""
    cap = max(fungus.wmax / fungus.wmin, 1.0)
    dry, rain, doses, totals = 0.0, 0.0, {"air": 0.0, "splash": 0.0}, []
    for number, hour in enumerate(hours):
        if number % 24 == 0:
            totals.append(0.0)
        if not hour.known:
            totals[-1] = math.nan
        is_wet = hour.known and wet(hour)
        if is_wet:
            dry = 0.0
        elif not (hour.known and hour.rh >= 95.0):
            dry += 1.0
        if dry > fungus.d50:
            rain, doses = 0.0, {"air": 0.0, "splash": 0.0}
        rain += hour.rain if hour.known else 0.0
        for kind, share in (("air", fungus.dry_share), ("splash", 1.0 - fungus.dry_share)):
            gained = 0.0
            if is_wet and fungus.tmin < hour.temperature < fungus.tmax and (kind == "air" or rain >= fungus.gate):
                above, below = fungus.tmax - fungus.topt, fungus.topt - fungus.tmin
                warm = ((hour.temperature - fungus.tmin) / below) ** (below / above)
                f = (fungus.tmax - hour.temperature) / above * warm
                gained = 1.0 / min(fungus.wmin / f, fungus.wmax)
            before = severity(doses[kind])
            doses[kind] += gained
            totals[-1] += share * (severity(doses[kind]) - before) / cap
    return totals


def severity(dose: float) -> float:
    """An infection event once the dose has crossed 1, as severe as the dose."""
    return dose if dose >= 1.0 - ROUNDING else 0.0


def bacterial_days(canker: Bacterium, hours: list[Hour], wet) -> list[float]:
    """Penetration of each day: every splash follows 1 - exp(-k W) over its own wet hours, at the warmth of each."""
    splashes: list[list[float]] = []  # [bacteria that came, wet hours since]
    dry, totals = 0.0, []
    for number, hour in enumerate(hours):
        if number % 24 == 0:
            totals.append(0.0)
        if not hour.known:
            totals[-1] = math.nan
        is_wet = hour.known and wet(hour)
        if is_wet:
            dry = 0.0
        elif not (hour.known and hour.rh >= 95.0):
            dry += 1.0
        if dry >= canker.reset:
            splashes = []
        if hour.known and hour.rain >= canker.gate:
            splashes.append([hour.carried * (canker.later if splashes else 1.0), 0.0])
        if not is_wet:
            continue
        t, warmth = hour.temperature, 0.0
        if canker.tmin < t < canker.tmax:
            best = (canker.topt - canker.tmin) ** canker.p * (canker.tmax - canker.topt) ** canker.q
            warmth = (t - canker.tmin) ** canker.p * (canker.tmax - t) ** canker.q / best
        for splash in splashes:
            entered = math.exp(-canker.k * splash[1]) - math.exp(-canker.k * (splash[1] + 1.0))
            totals[-1] += splash[0] * warmth * entered
            splash[1] += 1.0
    return totals
