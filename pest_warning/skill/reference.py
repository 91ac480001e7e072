"""How far the field trials are from the client's bar: 80 % right in 200 trials, and USD 35 per hectare."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from agro.units import MU_PER_HECTARE
from pest_warning.skill.contingency import ratio
from pest_warning.skill.intervals import effective_sample_size, fewest_hits, wilson
from pest_warning.skill.pairs import treated
from pest_warning.skill.rules import INTERVAL, REFERENCE, VALUE

NEEDED, BAR = int(REFERENCE["needed"].value), float(REFERENCE["bar"].value)
TRIAL = ["organism", "horizon", "plot", "year"]
CONFIDENCE = 0.95  # one-sided, as the 170 of 200


@dataclass(frozen=True)
class Gauge:
    """Trials so far beside the reference.

    A trial is one plot in one season with an untreated strip, and counts by the share of its checks called rightly.
    """

    trials: int = 0
    correct: float = 0.0
    n_eff: float = 0.0  # trials, less what clusters of district and year take away
    clusters: int = 0  # districts x years
    base_rate: float = np.nan  # share of checks in which the event came
    left_out: int = 0  # pairs invented, or without an untreated strip
    needed: int = NEEDED
    bar: float = BAR
    min_hits: int | None = fewest_hits(NEEDED, BAR, CONFIDENCE)
    return_usd_per_ha: float | None = None  # observed on paired plots
    return_pairs: int = 0
    return_bar: float = float(REFERENCE["return"].value)  # USD ha-1

    @property
    def share(self) -> float:
        """Share of trials called rightly. [1]"""
        return float(ratio(self.correct, self.trials))

    @property
    def lower_bound(self) -> float:
        """One-sided 95 % bound of the share, at the effective number of trials. [1]"""
        return float(wilson(self.share * self.n_eff, self.n_eff, 2 * CONFIDENCE - 1)[0]) if self.trials else np.nan

    @property
    def trials_needed(self) -> int:
        """Effective trials at which the share seen so far would show more than the bar; -1 when it never would."""
        if not self.share > self.bar:
            return -1
        z = norm.ppf(CONFIDENCE)
        return int(np.ceil(z**2 * self.bar * (1 - self.bar) / (self.share - self.bar) ** 2))

    @property
    def accuracy_tells(self) -> bool:
        """Whether events are neither so rare nor so usual that always saying the same would be right."""
        return bool(0.3 <= self.base_rate <= 0.7)

    @property
    def reached(self) -> bool:
        """Whether the bar is passed: trials, hits, and the bound at the effective number of trials."""
        enough = self.min_hits is not None and self.trials >= self.needed and self.correct >= self.min_hits
        return enough and self.lower_bound > self.bar

    @property
    def return_reached(self) -> bool | None:
        """Whether the return is passed; None with fewer than 20 observed pairs."""
        if self.return_usd_per_ha is None or self.return_pairs < VALUE.fewest_pairs:
            return None
        return self.return_usd_per_ha >= self.return_bar

    def sentence(self, language: str) -> str:
        """Return what stands, in Chinese ("zh") or English ("en")."""
        words = _ZH if language == "zh" else _EN
        parts = [words["origin"], words["seen"] if self.trials else words["empty"]]
        if self.trials:
            parts.append(words["clusters"])
            parts += [] if self.accuracy_tells else [words["rare"]]
            parts.append(words["reached" if self.reached else "not_reached"])
        parts.append(words["no_return"] if self.return_reached is None else words["return"])
        return words["join"].join(parts).format(
            needed=self.needed, bar=self.bar, min_hits=self.min_hits, usd=self.return_bar, trials=self.trials,
            correct=self.correct, share=self.share, n_eff=self.n_eff, clusters=self.clusters, low=self.lower_bound,
            base=self.base_rate, pairs=self.return_pairs, fewest=VALUE.fewest_pairs,
            gained=self.return_usd_per_ha or 0.0,
        )  # fmt: skip


def gauge(pairs: pd.DataFrame, observed_return: dict | None = None) -> Gauge:
    """Return the gauge filled by real trials.

    Parameters
    ----------
    pairs : DataFrame, shape (pair, ...)
        As `score_table.scores` takes. Only pairs that are not synthetic and surely untreated are trials.
    observed_return : dict, optional
        From `value.paired_return`; one that is simulated is not looked at.
    """
    real = ~pairs["synthetic"].to_numpy(bool) & (treated(pairs) == 0)
    frame = pairs[real]
    money: dict = {}
    if observed_return is not None and observed_return["kind"] == "observed" and observed_return["n"]:
        usd = observed_return["yuan_per_mu"] * MU_PER_HECTARE / float(REFERENCE["yuan_per_usd"].value)
        money = {"return_usd_per_ha": usd, "return_pairs": observed_return["n"]}
    if frame.empty:
        return Gauge(left_out=len(pairs), **money)
    right = (frame["said"].astype(bool) == frame["observed"].astype(bool)).rename("right")
    trials = frame.assign(right=right).groupby([*TRIAL, "district"])["right"].mean().reset_index()
    sizes = trials.groupby(["district", "year"]).size().to_numpy(float)
    count = len(trials)
    return Gauge(
        trials=count,
        correct=float(trials["right"].sum()),
        n_eff=float(effective_sample_size(count, (sizes**2).sum() / count, INTERVAL.cluster)),
        clusters=len(sizes),
        base_rate=float(frame["observed"].astype(bool).mean()),
        left_out=int((~real).sum()),
        **money,
    )


_EN = {
    "join": " ",
    "origin": "The reference of {bar:.0%} right in {needed} trials and USD {usd:.0f} per ha is from soybean in "
    "Argentina: a bar given by the client, not evidence for citrus here.",
    "empty": "No real trial with an untreated strip yet: 0 of {needed}.",
    "seen": "{trials} of {needed} trials, {correct:.1f} right ({share:.0%}); {min_hits} of {needed} independent trials "
    "would be needed.",
    "clusters": "As plots of a district share a year's weather, they count as {n_eff:.0f} independent trials from "
    "{clusters} district-years; with 95% confidence the share is above {low:.0%}.",
    "rare": "The event came in {base:.0%} of checks, where accuracy says little: read the Peirce and Brier skill.",
    "reached": "The bar is passed.",
    "not_reached": "The bar is not passed yet.",
    "no_return": "No return is stated: {pairs} of {fewest} observed pairs of plots.",
    "return": "Observed return USD {gained:.0f} per ha on {pairs} pairs of plots.",
}
_ZH = {
    "join": "",
    "origin": "“{needed} 个试验点准确率 {bar:.0%}、每公顷收益 {usd:.0f} 美元”来自阿根廷大豆，"
    "是委托方给定的标杆，不是本地柑橘的证据。",
    "empty": "尚无设有未防治对照的真实试验：0/{needed}。",
    "seen": "已有 {trials}/{needed} 个试验，判断正确 {correct:.1f} 个（{share:.0%}）；"
    "若试验相互独立，须 {needed} 个中对 {min_hits} 个。",
    "clusters": "同区县同年的地块天气相同，{clusters} 个区县年只相当于 {n_eff:.0f} 个独立试验；"
    "以 95% 的把握，准确率高于 {low:.0%}。",
    "rare": "发生率为 {base:.0%}，此时准确率说明不了问题，请看 Peirce 与 Brier 技巧评分。",
    "reached": "已达到标杆。",
    "not_reached": "尚未达到标杆。",
    "no_return": "不报收益：成对地块实测 {pairs}/{fewest} 对。",
    "return": "{pairs} 对地块实测，每公顷收益 {gained:.0f} 美元。",
}
