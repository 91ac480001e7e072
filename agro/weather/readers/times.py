"""Dates as people write them: parsed, checked against the years that are allowed, put into UTC."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from agro.errors import InputError

FIRST_YEAR, LAST_YEAR = 1950, 2049
"""Years outside are taken for typing errors: two-digit years and spreadsheet zeros land in 1900, slips in 2100."""

DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))"
    r"(?:(?:T|\s+|(?<=日))(\d{1,2})(?:[:时](?:(\d{2})(?::(\d{2})(?:\.0+)?)?分?)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]?\d{1,2})(?::?(\d{2}))?", re.ASCII)


def parsed(texts: list[str], lines: list[int], name: str) -> tuple[pd.DatetimeIndex, bool, bool]:
    """Return the naive times, whether they carry a clock, and whether they were turned to UTC by their own offset.

    Raises
    ------
    InputError
        For something that is no date, or a year outside `FIRST_YEAR` to `LAST_YEAR`; the line is named.
    """
    parts, offsets, clock = [], [], False
    for text, line in zip(texts, lines, strict=True):
        found = DATE.fullmatch(text.strip())
        if not found:
            raise _no_date(text, line, name)
        year, month, day, month2, day2, hour, minute, second, offset = found.groups()
        check_year(int(year), line, name)
        clock = clock or hour is not None
        parts.append(
            (int(year), int(month or month2), int(day or day2), int(hour or 0), int(minute or 0), int(second or 0))
        )
        offsets.append(None if offset is None else 0 if offset == "Z" else _minutes(offset))
    frame = pd.DataFrame(parts, columns=["year", "month", "day", "hour", "minute", "second"])
    times = assembled(frame, texts, lines, name)
    if all(offset is None for offset in offsets):
        return times, clock, False
    if any(offset is None for offset in offsets):
        raise InputError(
            f"{name}: some times carry an offset from UTC, some do not", zh=f"{name}：部分时间带时差，部分不带"
        )
    return times - pd.to_timedelta(np.array(offsets, dtype="int64"), unit="min"), clock, True


def assembled(frame: pd.DataFrame, texts: list[str], lines: list[int], name: str) -> pd.DatetimeIndex:
    """Return the times of a table of year, month, day, hour, minute, second; hour 24 is the next midnight."""
    clocks = frame[["hour", "minute", "second"]].to_numpy()
    days = pd.to_datetime(frame[["year", "month", "day"]], errors="coerce")
    wrong = days.isna().to_numpy() | (clocks @ [3600, 60, 1] > 86400) | (clocks > [24, 59, 59]).any(axis=1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise _no_date(texts[row], lines[row], name)
    return pd.DatetimeIndex(days).as_unit("ns") + pd.to_timedelta(clocks @ [3600, 60, 1], unit="s")


def check_year(year: int, line: int, name: str) -> None:
    """Refuse a year outside `FIRST_YEAR` to `LAST_YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(
            f"{name}, line {line}: the year {year}; years from {FIRST_YEAR} to {LAST_YEAR} are accepted",
            zh=f"{name} 第 {line} 行：年份 {year}；只接受 {FIRST_YEAR} 至 {LAST_YEAR} 年",
        )


def zone(word: str, name: str) -> tzinfo:
    """Return the time zone called `Asia/Shanghai`, `UTC+8`, `+08:00` or `8`."""
    if found := OFFSET.fullmatch(word.strip()):
        hours, minutes = int(found[1]), int(found[2] or 0)
        if abs(hours) <= 14 and minutes < 60:
            return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    if word.strip().upper() in ("UTC", "GMT", "Z"):
        return UTC
    try:
        return ZoneInfo(word.strip())
    except (ValueError, OSError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise InputError(
            f"{name}: no time zone is called '{word[:40]}'; for example Asia/Shanghai or UTC+8",
            zh=f"{name}：没有名为“{word[:40]}”的时区；例如 Asia/Shanghai 或 UTC+8",
        ) from error


def to_utc(times: pd.DatetimeIndex, where: tzinfo, name: str) -> pd.DatetimeIndex:
    """Return local times as naive UTC.

    Raises
    ------
    InputError
        For an hour that summer time skips or repeats: most stations keep winter time, so the file should say UTC+8.
    """
    try:
        return times.tz_localize(where).tz_convert("UTC").tz_localize(None)
    except ValueError as error:
        raise InputError(
            f"{name}: summer time makes an hour unclear ({error}); "
            "write '# timezone: UTC+8' if the station keeps winter time",
            zh=f"{name}：夏令时使某小时不明确（{error}）；若测站不用夏令时，请写“# timezone: UTC+8”",
        ) from error


def _minutes(offset: str) -> int:
    digits = offset.replace(":", "")
    return int(digits[0] + "1") * (int(digits[1:3]) * 60 + int(digits[3:5]))


def _no_date(text: str, line: int, name: str) -> InputError:
    return InputError(
        f"{name}, line {line}: '{text.strip()[:40]}' is no date; write 2024-03-01 or 2024-03-01 14:00",
        zh=f"{name} 第 {line} 行：“{text.strip()[:40]}”不是日期；请写成 2024-03-01 或 2024-03-01 14:00",
    )
