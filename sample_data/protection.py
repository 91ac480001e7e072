"""Growers of the sample county: who sprays by the calendar, who by what was seen, who never, and who writes it down.

Sprays name classes of products by their way of working, never a brand. What they truly did is the plot's secret:
`worked` says how much of what the class can do reached the pest.
"""

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sample_data import SEED

NEVER, SILENT = 2, 3  # growers
NAMES = {
    "red_mite": "红蜘蛛", "yellow_mite": "黄蜘蛛", "rust_mite": "锈壁虱", "leafminer": "潜叶蛾", "melanose": "黑点病",
    "black_spot": "黑斑病", "canker": "溃疡病", "minax": "大实蝇", "psyllid": "柑橘木虱", "huanglongbing": "黄龙病",
}  # fmt: skip
CLASSES = {
    "FRAC M01": "铜制剂类", "FRAC M02": "石硫合剂类", "FRAC M03": "代森锰锌类", "IRAC 5": "多杀菌素类毒饵",
    "IRAC 6": "阿维菌素类", "IRAC 10A": "噻螨酮类", "IRAC 10B": "乙螨唑类", "IRAC 20D": "联苯肼酯类",
    "IRAC 23": "季酮酸类", "IRAC 25A": "丁氟螨酯类", "IRAC 28": "双酰胺类",
}  # fmt: skip
MITES = ("red_mite", "yellow_mite")
CALENDAR = (
    (2, 25, ("FRAC M02",), MITES),
    (3, 24, ("IRAC 10A",), MITES),
    (4, 28, ("FRAC M03", "IRAC 23"), ("melanose", *MITES)),
    (5, 22, ("FRAC M03", "IRAC 28"), ("melanose", "black_spot", "leafminer")),
    (6, 14, ("FRAC M03",), ("melanose", "black_spot")),
    (7, 8, ("FRAC M03", "IRAC 6"), ("melanose", "black_spot", "rust_mite")),
    (9, 2, ("IRAC 28",), ("leafminer",)),
    (9, 24, ("IRAC 20D",), MITES),
)
"""(month, day, groups, targets) of who sprays by the calendar."""
FUNGICIDES = tuple(entry for entry in CALENDAR if entry[:2] in ((4, 28), (6, 14)))
"""What growers who look first spray all the same: nobody sees melanose come."""
AGAINST = {
    "red_mite": (("IRAC 23",), ("IRAC 20D",), ("IRAC 10B",), ("IRAC 25A",)),
    "rust_mite": (("IRAC 6",),),
    "leafminer": (("IRAC 28",),),
    "canker": (("FRAC M01",),),
}
"""Groups that are taken in turn against what was seen."""
ACT_AT = {"red_mite": 2.5, "rust_mite": 2.0, "leafminer": 0.1}
"""Seen mites on a leaf or in a lens field, and mined share of young leaves, at which somebody who looks sprays."""
AGAIN = 25  # days before the same is sprayed again
REACH = (0.45, 0.95)  # share of what a class can do that a spray of people does
HEADINGS = (
    "果园", "地块", "日期", "类型", "药剂", "作用机理", "防治对象", "用量", "器械", "面积比例", "依据", "备注",
)  # fmt: skip


@dataclass(frozen=True)
class Grower:
    """How a grower sprays: "calendar", "seen" or "never"; a silent one writes nothing down."""

    habit: str
    silent: bool


@dataclass(frozen=True)
class Sprayed:
    """One treatment of one plot."""

    day: date
    groups: tuple[str, ...]
    targets: tuple[str, ...]
    kind: str = "喷药"


def growers(farms, seed=SEED) -> dict[str, Grower]:
    """Return the habits of the farms: two never spray, three write nothing down, of the others every second looks."""
    order = sorted(set(farms), key=lambda farm: zlib.crc32(f"{seed} habit {farm}".encode()))
    found = {}
    for place, farm in enumerate(order):
        sprays = "seen" if place % 2 else "calendar"
        silent = NEVER <= place < NEVER + SILENT
        found[farm] = Grower("never" if place < NEVER else "calendar" if silent else sprays, silent)
    return found


def calendar(farm: str, year: int, entries=CALENDAR, seed=SEED) -> list[Sprayed]:
    """Return what a farm sprays by the calendar in one year; some days early or late, now and then left out."""
    random = drawn(seed, "calendar", farm, year)
    found = []
    for month, day, groups, targets in entries:
        shift, skipped = int(random.integers(-6, 7)), random.random() < 0.1
        if not skipped:
            found.append(Sprayed(date(year, month, day) + timedelta(days=shift), groups, targets))
    return found


def answer(organism: str, day: date, before: list[Sprayed]) -> Sprayed:
    """Return the spray that follows a look of `day`, with the next group in turn."""
    turn = sum(organism in one.targets for one in before)
    groups = AGAINST[organism][turn % len(AGAINST[organism])]
    targets = MITES if organism == "red_mite" else (organism,)
    return Sprayed(day + timedelta(days=2 + zlib.crc32(f"{organism} {day}".encode()) % 5), groups, targets)


def worked(farm: str, name: str, spray: Sprayed, seed=SEED) -> float:
    """Return the share of what its class can do that a spray truly did [1]."""
    low, high = REACH
    return float(low + (high - low) * drawn(seed, "worked", farm, name, spray.day, *spray.groups).random())


def rows(farm: str, name: str, sprays: list[Sprayed], note: str, seed=SEED) -> list[tuple]:
    """Return the rows of `HEADINGS` that a grower wrote down; some leave the target or the tool out."""
    random = drawn(seed, "diary", farm, name)
    tool = ("背负式喷雾器", "弥雾机", "无人机", "喷枪")[int(random.integers(4))]
    found = []
    for one in sorted(sprays, key=lambda one: one.day):
        vague, told = random.random(), random.random()
        evidence = "发票" if told < 0.3 else "照片" if told < 0.45 else "口述"
        if tool == "无人机" and told < 0.6:
            evidence = "飞行日志"
        product = "＋".join(CLASSES[group] for group in one.groups)
        targets = "" if vague < 0.1 else "、".join(NAMES[target] for target in one.targets)
        told_tool = "" if vague > 0.9 or one.kind != "喷药" else tool
        groups = "、".join(one.groups)
        found.append(
            (farm, name, one.day.isoformat(), one.kind, product, groups, targets, "", told_tool, "", evidence, note)
        )
    return found


def drawn(seed, *words) -> np.random.Generator:
    """Return a source of random numbers that hangs on the words alone."""
    return np.random.default_rng([int(seed), 21, *(zlib.crc32(str(word).encode()) for word in words)])
