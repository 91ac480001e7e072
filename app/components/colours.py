"""Colours of a map layer, safe for colour-blind eyes, with a legend in words and units."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agro import bbch
from app import words

RAMP = ("#440154", "#443a83", "#31688e", "#21918c", "#35b779", "#8fd744", "#fde725")  # viridis
BEHIND = ("#fbe3a6", "#f2b85f", "#da8430", "#a9530f", "#662b05")
AHEAD_BEHIND = ("#2166ac", "#67a9cf", "#cfdfe8", "#f3f0e6", "#fddbb0", "#e08214", "#b35806")  # blue ahead, brown behind
DISTINCT = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#d55e00",
    "#56b4e9",
    "#f0e442",
    "#7f7f7f",
    "#5b3a8c",
    "#3d3d3d",
)
ROUND = (
    "#2b3a8c",
    "#2f7fb8",
    "#3fa9a3",
    "#8fc25f",
    "#f2d33b",
    "#ee9a3a",
    "#c9563c",
    "#7a3f8a",
)  # north, then clockwise
UNKNOWN = "#b8b4a8"
NEVER = "#5c5650"
CLASSES = 6
WHOLE_STEPS = (1, 2, 5, 10, 20, 50, 100)
DAY_STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 60, 90)


@dataclass(frozen=True)
class Coloured:
    """A layer ready to be shown: one colour and one text for each plot, and what the colours mean."""

    colours: list[str]
    texts: list[str]
    legend: list[tuple[str, str]]  # colour, meaning


def coloured(frame: pd.DataFrame, layer: Any, language: str, t: Callable[..., str], names: dict[str, str]) -> Coloured:
    """Return the colours of `layer` for the plots of `frame`; `names` are the words of cultivars."""
    values = frame[layer.column] if layer.column in frame else pd.Series([None] * len(frame), index=frame.index)
    if layer.key == "aspect":
        return _aspects(frame, language, t)
    if layer.key == "stage":
        codes = [words.stage_code(row) for row in frame.to_dict("records")]
        order = sorted({code for code in codes if code is not None})
        return _classes(codes, order, lambda code: bbch.name(code, language), ramp(len(order)), t)
    if layer.kind == "class":
        order = sorted(values.dropna().unique())
        named = [value if words.known(value) else None for value in values]
        return _classes(named, order, lambda key: names.get(key, str(key)), DISTINCT, t)
    if layer.kind == "date":
        days = pd.to_datetime(values)
        numbers = (days - pd.Timestamp(2000, 1, 1)).dt.days.to_numpy(float)

        def said(low: float, high: float) -> str:
            first, last = (pd.Timestamp(2000, 1, 1) + pd.Timedelta(days=n) for n in (low, high - 1))
            return words.day(first, language) if high - low <= 1 else words.days_between(first, last, language)

        stem, rows = layer.column.removesuffix("_p50"), frame.to_dict("records")
        spread = stem != layer.column
        texts = [
            words.day_spread(row, stem, language) if spread else words.day(value, language)
            for row, value in zip(rows, days, strict=True)
        ]
        made = _bins(numbers, _steps(numbers, DAY_STEPS), said, texts, t, RAMP)
        never = [spread and words.known(row.get(f"{stem}_p10")) and not words.known(row[layer.column]) for row in rows]
        return _never(made, never, t)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    edges = _steps(numbers, WHOLE_STEPS if layer.key == "delay" else ())
    step = edges[1] - edges[0]
    digits = int(max(0, np.ceil(-np.log10(step) - 1e-9)) if step < 1 else 0)
    unit = t(f"unit.{layer.unit}") if layer.unit else ""

    def between(low: float, high: float) -> str:
        return t("words.range", low=words.number(low, digits), high=words.number(high, digits), unit=unit).strip()

    if layer.key == "delay":
        texts = [words.delay(value, language) for value in numbers]
        return _bins(numbers, edges, lambda low, high: _delays(low, high, t), texts, t, AHEAD_BEHIND, middle=0.0)
    fine = digits if step >= 1 else digits + 1
    texts = [f"{words.number(value, fine)} {unit}".strip() if words.known(value) else "–" for value in numbers]
    return _bins(numbers, edges, between, texts, t, RAMP)


def ramp(n: int, colours: tuple[str, ...] = RAMP) -> list[str]:
    """Return `n` colours evenly along a ramp."""
    return [mixed(colours, 0.5 if n == 1 else i / (n - 1)) for i in range(n)]


def mixed(colours: tuple[str, ...], share: float) -> str:
    """Return the colour at `share` (0 to 1) of the way along `colours`."""
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    first = min(int(place), len(colours) - 2)
    a, b = rgb(colours[first]), rgb(colours[first + 1])
    return "#" + "".join(f"{round(x + (y - x) * (place - first)):02x}" for x, y in zip(a, b, strict=True))


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green, blue (0 to 255) of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _classes(values: list, order: list, name: Callable[[Any], str], palette, t: Callable[..., str]) -> Coloured:
    chosen = {key: palette[i % len(palette)] for i, key in enumerate(order)}
    texts = [name(value) if value is not None else t("words.unknown") for value in values]
    legend = [(chosen[key], name(key)) for key in order]
    return _with_unknown([chosen.get(value, UNKNOWN) for value in values], texts, legend, t)


def _aspects(frame: pd.DataFrame, language: str, t: Callable[..., str]) -> Coloured:
    texts = [words.aspect(row["aspect"], row["slope"], language) for row in frame.to_dict("records")]
    chosen = {t(f"aspect.{side}"): ROUND[i] for i, side in enumerate(words.DIRECTIONS)} | {t("aspect.flat"): UNKNOWN}
    return Coloured(
        [chosen[text] for text in texts], texts, [(colour, side) for side, colour in chosen.items() if side in texts]
    )


def _steps(numbers: np.ndarray, allowed: tuple[float, ...] = ()) -> np.ndarray:
    """Return round edges that divide `numbers` into a handful of classes."""
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    least = max(high - low, 1e-9) / CLASSES
    scales = allowed or [m * 10.0**e for e in range(-4, 6) for m in (1, 2, 5)]
    step = next((s for s in scales if s >= least), scales[-1])
    step = max(step, scales[0] if allowed else 10.0 ** np.floor(np.log10(max(abs(high), 1e-3))) / 50)
    first = np.floor(low / step)
    last = max(np.floor(high / step) + 1, first + 1)
    return np.arange(first, last + 1) * step


def _bins(numbers, edges, said, texts, t, palette, middle: float | None = None) -> Coloured:
    n = len(edges) - 1
    centres = (edges[:-1] + edges[1:]) / 2
    if middle is None:
        chosen = ramp(n, palette)
    elif edges[0] >= middle:
        chosen = ramp(n, BEHIND)
    else:
        reach = max(abs(edges[0] - middle), abs(edges[-1] - middle), 1e-9)
        chosen = [mixed(palette, 0.5 + 0.5 * (c - middle) / reach) for c in centres]
    places = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, n - 1)
    colours = [chosen[place] if np.isfinite(value) else UNKNOWN for place, value in zip(places, numbers, strict=True)]
    legend = [(chosen[i], said(edges[i], edges[i + 1])) for i in range(n)]
    return _with_unknown(colours, [text if text != "–" else t("words.unknown") for text in texts], legend, t)


def _never(made: Coloured, never: list[bool], t: Callable[..., str]) -> Coloured:
    """Return `made` with a colour of its own for what half of the members do not come to this season."""
    if not any(never):
        return made
    colours = [NEVER if so else colour for colour, so in zip(made.colours, never, strict=True)]
    kept = [entry for entry in made.legend if entry[0] != UNKNOWN or UNKNOWN in colours]
    if kept and kept[-1][0] == UNKNOWN:
        kept.insert(-1, (NEVER, t("words.half_not")))
    else:
        kept.append((NEVER, t("words.half_not")))
    return Coloured(colours, made.texts, kept)


def _delays(low: float, high: float, t: Callable[..., str]) -> str:
    if low >= 0:
        return t("words.later_range", low=words.number(low, 0), high=words.number(high, 0))
    if high <= 0:
        return t("words.earlier_range", low=words.number(-high, 0), high=words.number(-low, 0))
    return t("words.level")


def _with_unknown(
    colours: list[str], texts: list[str], legend: list[tuple[str, str]], t: Callable[..., str]
) -> Coloured:
    if UNKNOWN in colours:
        legend = [*legend, (UNKNOWN, t("words.unknown"))]
    return Coloured(colours, texts, legend)
