"""The grower's first screen: what holds for each plot today, as sentences."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from agro import bbch
from agro.farm import Viewer
from app.services.platform import Platform
from growth_model import cultivar as crops

LATE = 5.0  # d; a smaller delay is within what the model can tell


@dataclass(frozen=True)
class Sentence:
    """One answer; `tone` is good, watch, act or info; `source` says where it comes from."""

    text: str
    tone: str
    plot_id: str | None
    source: str


def sentences(viewer: Viewer, home: Platform, language: str = "zh", on: date | None = None) -> list[Sentence]:
    """Return what to know today, the plots that ripen first at the top; empty before the first run."""
    from app.services.outlooks import county

    table = county(viewer, home, on)
    if "issued" not in table or table["issued"].isna().all():
        return []
    table = table.dropna(subset="issued").sort_values("ripe_p50", na_position="last")
    return [_plot(row, language) for row in table.itertuples()]


def _plot(row, language: str) -> Sentence:
    zh = language == "zh"
    cultivar = (
        crops.load(row.cultivar).zh if zh and row.cultivar else crops.load(row.cultivar).en if row.cultivar else ""
    )
    code = int(row.fruit_bbch) if row.fruit_bbch >= 65 else int(row.bud_bbch)
    parts = [
        f"{row.name}（{cultivar}）：{bbch.name(code)}" if zh else f"{row.name} ({cultivar}): {bbch.name(code, 'en')}"
    ]
    if pd.notna(row.diameter_p50) and pd.notna(row.diameter30_p50):
        now, p10, p90 = row.diameter_p50, row.diameter30_p10, row.diameter30_p90
        parts.append(
            f"果径约 {now:.0f} 毫米，30 天后 {p10:.0f}–{p90:.0f} 毫米"
            if zh
            else f"fruit about {now:.0f} mm, in 30 days {p10:.0f} to {p90:.0f} mm"
        )
    if pd.notna(row.tss_p50):
        parts.append(
            f"糖度约 {row.tss_p50:.1f}，30 天后 {row.tss30_p10:.1f}–{row.tss30_p90:.1f}"
            if zh
            else f"sugar about {row.tss_p50:.1f} °Brix, in 30 days {row.tss30_p10:.1f} to {row.tss30_p90:.1f}"
        )
    tone = "info"
    if row.ripe_p50 is not None and pd.notna(row.ripe_p50):
        first, last = row.ripe_p10, row.ripe_p90
        if row.ripe_p50 <= row.issued:
            parts.append("口感已到采收标准（请尝果核实）" if zh else "ripe by taste: try some fruit before picking")
            tone = "act"
        else:
            parts.append(
                f"预计 {_day(first, zh)} 至 {_day(last, zh)} 成熟"
                if zh
                else f"ripe between {_day(first, zh)} and {_day(last, zh)}"
            )
            tone = "good"
    if pd.notna(row.delay_p50) and abs(row.delay_p50) >= LATE:
        later = row.delay_p50 > 0
        days = abs(row.delay_p50)
        parts.append(
            f"比河谷{'晚' if later else '早'}约 {days:.0f} 天"
            if zh
            else f"about {days:.0f} days {'later' if later else 'earlier'} than the valley"
        )
    joined = "；".join(parts) + "。" if zh else "; ".join(parts) + "."
    source = f"生长模型，未校准，{row.issued}" if zh else f"growth model, uncalibrated, {row.issued}"
    return Sentence(joined, tone, row.id, source)


def _day(day: date, zh: bool) -> str:
    return f"{day.month}月{day.day}日" if zh else f"{day.day} {day:%b}"
