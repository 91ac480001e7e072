"""Whether a forecast may be shown: a model that is not shown to beat the usual frequency steps back by itself."""

import numpy as np
import pandas as pd

from pest_warning.skill.rules import VERDICT

HOLDS, DEMOTED, UNKNOWN = "holds", "demoted", "unknown"
KEYS = ["organism", "horizon", "district"]


def verdict(table: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict on each organism, horizon and district.

    Parameters
    ----------
    table : DataFrame, shape (row, ...)
        From `score_table.scores`.

    Returns
    -------
    DataFrame, shape (row, 6)
        The three keys; `state`: "holds" when the lower bound of skill against the usual frequency is above 0,
        "demoted" when it is not, "unknown" when too little was seen; `zh` and `en`, a sentence with the numbers.
    """
    found = states(table)
    rows = zip(found, table.to_dict("records"), strict=True)
    sentences = [{"zh": _sentence(state, row, _ZH), "en": _sentence(state, row, _EN)} for state, row in rows]
    return table[KEYS].reset_index(drop=True).assign(
        state=found, **{language: [each[language] for each in sentences] for language in ("zh", "en")}
    )  # fmt: skip


def states(table: pd.DataFrame) -> np.ndarray:
    """Return the state of each row of a score table, shape (row,)."""
    events, n = table["n_skill_events"], table["n_skill"]
    enough = (
        (n >= VERDICT.fewest_pairs)
        & (np.minimum(events, n - events) >= VERDICT.fewest_events)
        & (table["n_skill_years"] >= VERDICT.fewest_years)
        & table["bss_climatology_low"].notna()
    )
    return np.where(enough, np.where(table["bss_climatology_low"] > 0, HOLDS, DEMOTED), UNKNOWN)


_EN = {
    "synthetic": "Invented data: ",
    "no_p": "no calibrated probability was issued for the {n} pairs seen; skill against the usual frequency is not "
    "known, so index and percentile are shown.",
    "few": "{n_skill} pairs with {n_skill_events} events in {n_skill_years} {year_word} are too few to judge skill "
    "against the usual frequency (needed: {pairs} pairs, {events} events and as many times without, {years} years).",
    "one_year": " One year gives no interval, and more plots do not replace years: they shared its weather.",
    "numbers": "{n_skill} pairs with {n_skill_events} events in {n_skill_years} {year_word}: skill against the usual "
    "frequency of earlier years is {bss:.2f} ({coverage:.0%} interval {low:.2f} to {high:.2f}), ",
    HOLDS: "so the forecast holds.",
    DEMOTED: "not shown to be better, so the usual frequency is shown instead.",
}
_ZH = {
    "synthetic": "模拟数据：",
    "no_p": "已对照的 {n} 组中没有校准后的概率，是否优于往年同期频率尚不可知，因此只显示指数和百分位。",
    "few": "共 {n_skill_years} 年 {n_skill} 组对照、发生 {n_skill_events} 次，不足以判断是否优于往年同期频率"
    "（至少需要 {pairs} 组、发生与未发生各 {events} 次、{years} 年）。",
    "one_year": "只有一年，无法给出区间；同年各地块天气相同，地块再多也不能代替年份。",
    "numbers": "共 {n_skill_years} 年 {n_skill} 组对照、发生 {n_skill_events} 次：相对往年同期频率的技巧为 {bss:.2f}"
    "（{coverage:.0%} 区间 {low:.2f} 至 {high:.2f}），",
    HOLDS: "预报有效。",
    DEMOTED: "未能证明更好，因此改为显示往年同期频率。",
}


def _sentence(state: str, row: dict, words: dict[str, str]) -> str:
    opening = words["synthetic"] if row["n_synthetic"] else ""
    if state != UNKNOWN:
        text = words["numbers"] + words[state]
    elif row["n_skill"] == 0:
        text = words["no_p"]
    else:
        text = words["few"] + (words["one_year"] if row["n_skill_years"] == 1 else "")
    text = opening + text.format(
        **{name: int(row[name]) for name in ("n", "n_skill", "n_skill_events", "n_skill_years")},
        year_word="year" if row["n_skill_years"] == 1 else "years",
        pairs=VERDICT.fewest_pairs, events=VERDICT.fewest_events, years=VERDICT.fewest_years,
        bss=row["bss_climatology"], low=row["bss_climatology_low"], high=row["bss_climatology_high"],
        coverage=row["coverage"],
    )  # fmt: skip
    return text[0].upper() + text[1:]
