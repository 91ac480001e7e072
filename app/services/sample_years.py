"""A year of the sample county's scouted plots: sprays and looks, each where the other sends it, and the truth."""

from datetime import date
from typing import Any

import numpy as np

from agro.store import rights
from app.services.platform import Platform
from app.services.sample_pests import HARDENED, MITES, ON_FRUIT, Populations, Season, fly, hurt, infections
from sample_data import SEED, names, protection, scouting
from sample_data.protection import CALENDAR, FUNGICIDES, Grower, Sprayed, drawn
from sample_data.scouting import FIELDS, FRUIT, LEAVES, TENDER, TRAPPED, Look

CANKER_TOWN, CANKER_FROM = names.TOWNSHIPS[4], 2023
HIGHEST = 500.0  # m, above which no canker is found
SEEN = (*MITES, "leafminer")
LOOKED_FOR = {"yellow_mite": 10, "rust_mite": 12, "black_spot": 12, "psyllid": 8, "minax": TRAPPED, "clean": 4}
"""In how many of the scouted plots; "clean": looked at for canker where there is none."""


class County:
    """What a year of the scouted plots needs to know of the others: who grows, who looks, what is where."""

    def __init__(self, home: Platform):
        self.all = home.store.plots(rights.EVERYTHING)
        self.table = self.all.iloc[scouting.monitored(self.all["farm_name"], self.all["name"])].reset_index(drop=True)
        self.growers = protection.growers(self.all["farm_name"])
        self.plots: list[tuple[str, str]] = list(zip(self.table["farm_name"], self.table["name"], strict=True))
        farms, called = zip(*self.plots, strict=True)
        self.strip = scouting.strips(farms, called)
        self.pick = {what: scouting.every(farms, called, count, what) for what, count in LOOKED_FOR.items()}
        low = self.table["elevation"].to_numpy(float) <= HIGHEST
        self.cankered = np.flatnonzero((self.table["township"] == CANKER_TOWN) & low)[:3]

    def grower(self, plot: int) -> Grower:
        """Return who grows a plot."""
        return self.growers[self.plots[plot][0]]

    def town(self, plot: int) -> str:
        """Return the township of a plot."""
        return str(self.table["township"].iloc[plot])

    def treated(self, plot: int) -> bool | None:
        """Return whether a plot outside its strip is sprayed; None where its grower tells nobody."""
        grower = self.grower(plot)
        return None if grower.silent else grower.habit != "never"


class Year:
    """One year: sprays and looks, each where the other sends it, and the truth behind both."""

    def __init__(self, county: County, season: Season):
        self.county, self.season, self.populations = county, season, Populations(season)
        self.sprays = {k: self._planned(k) for k in range(len(county.plots))}
        self.days = [scouting.rounds(county.town(k), season.year) for k in range(len(county.plots))]
        self.free = {key: self.populations.run(key, {}) for key in SEEN}
        self.held = self._answered()
        self.fruit = {key: [self._spotted(key, strip) for strip in (False, True)] for key in ON_FRUIT}
        self.canker = self._cankered()

    def _planned(self, plot: int) -> list[Sprayed]:
        habit, farm = self.county.grower(plot).habit, self.county.plots[plot][0]
        if habit == "never":
            return []
        planned = protection.calendar(farm, self.season.year, CALENDAR if habit == "calendar" else FUNGICIDES)
        if plot in self.county.cankered and self.season.year > CANKER_FROM:
            flushes = self.season.flushes(plot)
            planned += [
                Sprayed(self.season.date(day + 8), protection.AGAINST["canker"][0], ("canker",)) for day in flushes
            ]
        return [one for one in planned if self.season.day(one.day) < self.season.length]

    def _answered(self) -> dict[str, np.ndarray]:
        """Return the numbers where sprays work, after growers who look have answered all that they saw."""
        now = {key: self.populations.run(key, self.sprays) for key in SEEN}
        done = {k: self.season.first_day for k in self.sprays if self.county.grower(k).habit == "seen"}
        while done:
            for plot in list(done):
                found = self._first_alarm(plot, now, done[plot])
                if found is None:
                    done.pop(plot)
                    continue
                done[plot], spray = found
                self.sprays[plot].append(spray)
            for key in SEEN if done else ():
                now[key][list(done)] = self.populations.run(key, self.sprays, list(done))
        return now

    def _first_alarm(self, plot: int, now: dict[str, np.ndarray], after: date) -> tuple[date, Sprayed] | None:
        """Return the next look after a day that makes its grower spray, and the spray."""
        for day in self.days[plot]:
            if day <= after:
                continue
            for key, bound in protection.ACT_AT.items():
                if any(
                    key in one.targets and 0 <= (day - one.day).days < protection.AGAIN for one in self.sprays[plot]
                ):
                    continue
                if self._seen(key, plot, day, now[key], False) >= bound:
                    spray = protection.answer(key, day, self.sprays[plot])
                    return (day, spray) if self.season.day(spray.day) < self.season.length else None
        return None

    def _seen(self, key: str, plot: int, day: date, numbers: np.ndarray, strip: bool) -> float:
        at = self.season.day(day)
        if key == "leafminer":
            if not any(6 <= at - flush <= 16 for flush in self.season.flushes(plot)):
                return 0.0
            look = scouting.share(numbers[plot, at], TENDER, *self.county.plots[plot], key, day, strip)
            return look.infested / look.n
        if key == "rust_mite" and not 7 <= day.month <= 9:
            return 0.0
        look = self._look(key, plot, day, numbers[plot, at], strip)
        return look.total / look.n

    def _look(self, key: str, plot: int, day: date, density: float, strip: bool) -> Look:
        n = FIELDS if key == "rust_mite" else LEAVES
        return scouting.uneven(density, n, *self.county.plots[plot], key, day, strip)

    def counts(self) -> list[tuple]:
        """Return the rows of what was counted on leaves, shoots and fruit."""
        rows: list[tuple] = []
        for plot in range(len(self.county.plots)):
            sides = [(self.held, self.county.treated(plot), False)]
            if self.county.strip[plot] and self.county.treated(plot) is not False:
                sides.append((self.free, False, True))
            for numbers, treated, strip in sides:
                rows += self._mites(plot, numbers, treated, strip) + self._mined(plot, numbers, treated, strip)
                rows += self._fruit(plot, treated, strip)
            rows += self._shoots(plot)
        return rows

    def _mites(self, plot: int, numbers, treated: bool | None, strip: bool) -> list[tuple]:
        found, county = [], self.county
        for place, day in enumerate(self.days[plot]):
            keys = ["red_mite"]
            keys += ["yellow_mite"] if plot in county.pick["yellow_mite"] and place % 2 == 0 else []
            keys += ["rust_mite"] if plot in county.pick["rust_mite"] and 7 <= day.month <= 9 else []
            for key in keys:
                look = self._look(key, plot, day, numbers[key][plot, self.season.day(day)], strip)
                method = "放大镜视野" if key == "rust_mite" else "查叶"
                found.append(scouting.count_row(*county.plots[plot], day, key, method, look, treated))
        return found

    def _mined(self, plot: int, numbers, treated: bool | None, strip: bool) -> list[tuple]:
        found = []
        for flush in self.season.flushes(plot):
            for age in (12, HARDENED):
                if flush + age >= self.season.length:
                    continue
                day, words = self.season.date(flush + age), (*self.county.plots[plot], "leafminer")
                look = scouting.share(self.mined(numbers, plot, flush, age), TENDER, *words, day, strip)
                found.append(scouting.count_row(*self.county.plots[plot], day, "leafminer", "查叶", look, treated))
        return found

    def mined(self, numbers, plot: int, flush: int, age: int = HARDENED) -> float:
        """Return the share of a flush's leaves that were mined up to an age."""
        return float(numbers["leafminer"][plot, flush + 2 : flush + age + 1].max())

    def _fruit(self, plot: int, treated: bool | None, strip: bool) -> list[tuple]:
        day, found = self.harvest(plot), []
        if day > scouting.last_day() or self.season.day(day) >= self.season.length:
            return []
        for key in ON_FRUIT:
            if key == "melanose" or plot in self.county.pick[key]:
                share = self.fruit[key][strip][plot]
                look = scouting.share(share, FRUIT, *self.county.plots[plot], key, day, strip)
                found.append(scouting.count_row(*self.county.plots[plot], day, key, "查果", look, treated))
        return found

    def harvest(self, plot: int) -> date:
        """Return the day on which fruit are looked at: before they are picked, or in December."""
        picked = self.season.host.picked[plot, 0]
        this = picked[np.isfinite(picked) & (picked > 200) & (picked < 360)]
        first = date(self.season.year, 9, 20)
        return max(first, self.season.date(min(this, default=352) - 8))

    def _spotted(self, key: str, strip: bool) -> np.ndarray:
        """Return the share of fruit with spots at the end of the year, shape (plot,)."""
        return hurt(key, infections(self.season, key, {} if strip else self.sprays).sum(axis=1))

    def _cankered(self) -> np.ndarray:
        """Return infections by canker of each day, shape (plot, day): none where it was never brought in."""
        level = np.zeros(len(self.county.plots))
        for place, plot in enumerate(self.county.cankered):
            if self.season.year >= CANKER_FROM + (place == 2):
                words = (*self.county.plots[plot], self.season.year)
                level[plot] = drawn(SEED, "canker", *words).uniform(0.1, 0.4)
        return infections(self.season, "canker", self.sprays, level)

    def _shoots(self, plot: int) -> list[tuple]:
        """Return the rows of canker, where it is or is feared, and of the psyllid, three weeks after each flush."""
        found, county = [], self.county
        dose = self.canker[plot] if plot in county.cankered else None
        for flush in self.season.flushes(plot):
            if flush + 24 >= self.season.length:
                continue
            day = self.season.date(flush + 24)
            if dose is not None or plot in county.pick["clean"]:
                share = 0.0 if dose is None else float(hurt("canker", dose[flush : flush + 24].sum()))
                look = scouting.share(share, 100, *county.plots[plot], "canker", day)
                found.append(scouting.count_row(*county.plots[plot], day, "canker", "查梢", look, county.treated(plot)))
            if plot in county.pick["psyllid"]:
                look = Look(scouting.SHOOTS, 0, 0)
                found.append(scouting.count_row(*county.plots[plot], day, "psyllid", "查梢", look, None))
        return found

    def catches(self) -> tuple[list[tuple], list[tuple], dict[int, dict[str, Any]]]:
        """Return the rows of traps and of cut fruit, and the truth of the fly by plot."""
        traps, cut, truth, dates = [], [], {}, fly(self.season)
        for plot in self.county.pick["minax"]:
            farm, name = self.county.plots[plot]
            words = (farm, name, self.season.year)
            strength = float(np.exp(drawn(SEED, "flies", *words).normal(0.3, 0.7)))
            first, entry = dates["first_adult"][plot], dates["orchard_entry"][plot]
            weekly = {}
            for day in scouting.weeks(self.season.year):
                past = np.arange(7) + self.season.day(day) - 6.0
                rate = np.clip((past - first) / 10.0, 0, 1) * np.exp(-0.5 * ((past - entry - 10) / 24.0) ** 2)
                rate = np.where(past < first, 0.0, rate)
                weekly[day] = scouting.TRAPS * strength * float(rate.mean())
                total = scouting.caught(weekly[day], *words, day) if weekly[day] > 0.01 else 0
                traps.append(scouting.catch_row(farm, name, day, total))
            infested = min(0.004 * strength, 0.028)
            day = max(self.season.date(dates["fruit_drop"][plot] + 5), date(self.season.year, 9, 12))
            if day <= scouting.last_day():
                look = scouting.share(infested, scouting.CUT, *words, "cut")
                cut.append(scouting.count_row(farm, name, day, "minax", "剖果", look, None))
            truth[int(plot)] = {
                "first_adult": str(self.season.date(first)), "orchard_entry": str(self.season.date(entry)),
                "oviposition_peak": str(self.season.date(dates["oviposition_peak"][plot])),
                "fruit_drop": str(self.season.date(dates["fruit_drop"][plot])), "infested": round(infested, 4),
                "catches": {str(day): round(mean, 3) for day, mean in weekly.items()},
            }  # fmt: skip
        return traps, cut, truth

    def truth(self) -> list[dict[str, Any]]:
        """Return what was true of each plot."""
        return [
            {
                **{key: {"treated": _short(self.held[key][k]), "untreated": _short(self.free[key][k])}
                   for key in MITES},
                "leafminer": [
                    {"flush": str(self.season.date(flush)), "treated": round(self.mined(self.held, k, flush), 4),
                     "untreated": round(self.mined(self.free, k, flush), 4)}
                    for flush in self.season.flushes(k) if flush + HARDENED < self.season.length
                ],
                **{key: {"treated": round(float(one[k]), 4), "untreated": round(float(two[k]), 4)}
                   for key, (one, two) in self.fruit.items()},
                "canker": [
                    {"flush": str(self.season.date(flush)),
                     "shoots": round(float(hurt("canker", self.canker[k, flush : flush + HARDENED].sum())), 4)}
                    for flush in self.season.flushes(k)
                ],
                "sprays": [
                    {"date": str(one.day), "groups": one.groups, "targets": one.targets,
                     "worked": round(protection.worked(*self.county.plots[k], one), 3)}
                    for one in sorted(self.sprays[k], key=lambda one: one.day)
                ],
            }
            for k in range(len(self.county.plots))
        ]  # fmt: skip


def _short(values: np.ndarray) -> list[float]:
    return [round(float(value), 2) for value in values]
