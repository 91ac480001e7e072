"""The offset of Sentinel-2 numbers: what the metadata say of it, and whether the numbers agree.

From processing baseline 04.00 on, ESA adds 1000 to every number, so that dark surfaces need no negative ones; some
archives take it off again, and say so, or say so wrongly. A wrong choice turns an NDVI of 0.76 into 0.50.
"""

import warnings
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from agro.errors import InputError

ADDED_FROM = 4.0  # baseline
AMOUNT = -1000  # DN
FIRST = date(2022, 1, 25)  # day of sensing since which all products are of baseline 04.00 or later
INSIDE, OUTSIDE = 950, 800
"""Lowest numbers of a scene: at or above the one in both red and swir2 the offset is still in, below the other in
either it is not. Judgement."""
LEAST = 400  # land pixels below which a percentile says nothing
DECLARING = ("sentinel-2-c1-l2a",)
"""Collections that state the offset of their files rightly, beside those of Copernicus Data Space (`B04_10m`)."""


@dataclass(frozen=True)
class Facts:
    """What is written about a picture: file name, baseline, XML and STAC item; None where nothing is."""

    name: str = ""
    baseline: float | None = None
    in_xml: bool = False
    xml: dict[str, float] = field(default_factory=dict)  # DN by role
    collection: str | None = None
    applied: bool | None = None  # earthsearch:boa_offset_applied
    item: dict[str, float] = field(default_factory=dict)  # DN by role
    platform_names: bool = False  # assets are called as Copernicus Data Space calls them


@dataclass(frozen=True)
class Decision:
    """What is added to the numbers of a picture before they are scaled, by role, and why. [DN]"""

    amount: float
    by_role: dict[str, float]
    why: str
    zh: str
    source: str  # "override", "xml", "stac", "baseline", "name", "data", "none"

    def of(self, role: str) -> float:
        """Return the offset of one band. [DN]"""
        return self.by_role.get(role, self.amount)


def declared(facts, override=None):
    """Return the offset that the metadata ask for; None when they are silent.

    Parameters
    ----------
    facts : Facts
        What is written about the picture.
    override : float, optional
        What a person says; it is not argued with. [DN]

    Returns
    -------
    Decision or None
    """
    if override is not None:
        return _decision(override, {}, f"given as {override:g}", f"由用户指定为 {override:g}", "override")
    if facts.in_xml:
        said = f"MTD_MSIL2A.xml says {sorted(set(facts.xml.values())) or 'nothing of an offset'}"
        zh = f"MTD_MSIL2A.xml 中的偏移为 {sorted(set(facts.xml.values())) or '无'}"
        return _decision(0, facts.xml, said, zh, "xml")
    if facts.applied:
        said = "the catalogue says that the offset was taken off (earthsearch:boa_offset_applied)"
        return _decision(0, {}, said, "目录称偏移已扣除（earthsearch:boa_offset_applied）", "stac")
    alone = facts.applied is None and facts.baseline is None
    if facts.item and (alone or facts.platform_names or facts.collection in DECLARING):
        said = f"the catalogue gives an offset of {sorted(set(facts.item.values()))}"
        return _decision(0, facts.item, said, f"目录给出的偏移为 {sorted(set(facts.item.values()))}", "stac")
    if facts.baseline is not None:
        amount = AMOUNT if facts.baseline >= ADDED_FROM else 0
        said = f"processing baseline {facts.baseline:05.2f} asks for {amount}"
        return _decision(amount, {}, said, f"处理基线 {facts.baseline:05.2f} 要求 {amount}", "baseline")
    return None


def settled(decision, red=None, swir2=None, taken=None):
    """Return the decision that the numbers of a picture bear out.

    Parameters
    ----------
    decision : Decision or None
        What `declared` gave.
    red, swir2 : array_like, optional
        Numbers as they stand in the file, of cloudless land, without fill; an absent band is not asked. [DN]
    taken : datetime, optional
        When the picture was taken. Where metadata are silent it decides on high numbers: since `FIRST` every product
        was made with the offset; before, high numbers may as well be bright dry land.

    Returns
    -------
    Decision
        As given, its `why` with what the numbers say; or made from the numbers when nothing was declared.

    Raises
    ------
    InputError
        When numbers and metadata contradict each other, or both are silent.

    Warns
    -----
    UserWarning
        When the numbers decide neither way.
    """
    lows = {
        name: float(np.percentile(numbers, 1))
        for name, numbers in (("red", red), ("swir2", swir2))
        if numbers is not None and np.size(numbers) >= LEAST
    }
    told = ", ".join(f"1 % of {name} is below {low:.0f}" for name, low in lows.items())
    told_zh = "、".join(f"{name} 的 1% 分位数为 {low:.0f}" for name, low in lows.items())
    inside = bool(lows) and all(low >= INSIDE for low in lows.values())
    outside = any(low < OUTSIDE for low in lows.values())
    if decision is None:
        late = taken is not None and taken.date() >= FIRST
        if not (outside or (inside and late)):
            raise InputError(
                "no metadata tell the offset of these Sentinel-2 numbers, and numbers and date do not either "
                f"({told or 'too few land pixels'}); give offset=-1000 or offset=0",
                zh=f"元数据未说明哨兵二号数值的偏移，数值和日期也无法判断（{told_zh or '陆地像元太少'}）；"
                "请指定 offset=-1000 或 offset=0",
            )
        amount = 0 if outside else AMOUNT
        return _decision(amount, {}, f"no metadata; {told}: {amount}", f"无元数据；{told_zh}：{amount}", "data")
    if decision.source == "override":
        return decision
    removing = min([decision.amount, *decision.by_role.values()]) < 0
    if (removing and outside) or (not removing and inside):
        other = 0 if removing else AMOUNT
        fact = "the numbers look as if nothing was added" if removing else "the numbers look as if 1000 were still in"
        fact_zh = "数值看来没有加过 1000" if removing else "数值看来仍含 1000 的偏移"
        raise InputError(
            f"{decision.why}, but {fact} ({told}); look at the picture and give offset={other} or offset="
            f"{AMOUNT if removing else 0}",
            zh=f"{decision.zh}，但{fact_zh}（{told_zh}）；请核对影像后指定 offset={other} 或 "
            f"offset={AMOUNT if removing else 0}",
        )
    if not lows:
        return _with(decision, "unchecked, too few land pixels", "陆地像元太少，未核对")
    if not (inside or outside):
        warnings.warn(f"{decision.why}; the numbers do not decide ({told})", stacklevel=2)
        return _with(decision, f"undecided by the numbers ({told})", f"数值无法判断（{told_zh}）")
    return _with(decision, f"borne out: {told}", f"与数值相符：{told_zh}")


def _decision(amount, by_role, why, zh, source):
    return Decision(float(amount), dict(by_role), why, zh, source)


def _with(decision, why, zh):
    return Decision(
        decision.amount, decision.by_role, f"{decision.why}; {why}", f"{decision.zh}；{zh}", decision.source
    )
