"""Plain tables written: the template that people download, and weather in the same form."""

import numpy as np
import pandas as pd
import xarray as xr

from agro import variables
from agro.weather.readers.headings import KNOWN

EXAMPLES = {
    "tmin": 6.2, "tmax": 14.8, "tmean": 9.7, "rh": 81, "wind": 1.4, "rain": 0.0, "radiation": 7.9, "sunshine": 3.5,
    "temperature": 8.1, "dewpoint": 5.0, "ghi": 0,
}  # fmt: skip


def template_csv(resolution: str) -> str:
    """Return the template for "daily" or "hourly" values: explained in Chinese and English, one example row."""
    chosen = ["tmin", "tmax", "tmean", "rh", "wind", "rain", "radiation", "sunshine"]
    if resolution == "hourly":
        chosen = ["temperature", "rh", "dewpoint", "wind", "rain", "ghi"]
    table = variables.table()
    when, example = ("date", "2024-03-01") if resolution == "daily" else ("time", "2024-03-01 08:00")
    day_zh = (
        "每日一行，日界为当地 0-24 时。" if resolution == "daily" else "每小时一行，时间为该小时的开始（当地时间）。"
    )
    day_en = (
        "One row a day, 00-24 local time."
        if resolution == "daily"
        else "One row an hour; the time is the beginning of the hour, local."
    )
    lines = [
        f"# 气象数据模板。{day_zh}缺测留空。用不到的列可删除，列名可用中文。请用自己的数据替换示例行。",
        f"# Weather template. {day_en} Leave missing values empty, drop columns you lack, replace the example row.",
        *(f"# {name} [{table[name].units}]　{table[name].zh}　{table[name].en}" for name in chosen),
        "# station: 示例站 Example",
        "# latitude: 30.30",
        "# longitude: 108.04",
        "# elevation: 350",
        "# timezone: Asia/Shanghai",
        "# wind height: 10",
        ",".join([when, *(f"{name} [{table[name].units}]" for name in chosen)]),
        ",".join([example, *(f"{EXAMPLES[name]:g}" for name in chosen)]),
    ]
    return "\r\n".join(lines) + "\r\n"


def text_of(dataset: xr.Dataset) -> str:
    """Return daily or hourly `dataset` (time,) as a CSV that reads back to the same numbers; hours in UTC."""
    index = pd.DatetimeIndex(dataset.time.to_numpy())
    hourly = "temperature" in dataset or not index.equals(index.normalize())
    table = variables.table()
    chosen = [name for name in KNOWN["hourly" if hourly else "daily"] if name in dataset]
    lines = [
        f"# {word}: {dataset.attrs[key]}"
        for word, key in [
            ("station", "name"),
            ("latitude",) * 2,
            ("longitude",) * 2,
            ("elevation",) * 2,
            ("wind height", "wind_height"),
            ("synthetic",) * 2,
        ]
        if str(dataset.attrs.get(key, "nan")) not in ("nan", "")
    ]
    lines += ["# timezone: UTC"] if hourly else []
    lines.append(",".join(["time" if hourly else "date", *(f"{name} [{table[name].units}]" for name in chosen)]))
    columns = [["" if np.isnan(value) else repr(float(value)) for value in dataset[name].to_numpy()] for name in chosen]
    stamps = index.strftime("%Y-%m-%d %H:%M" if hourly else "%Y-%m-%d")
    lines += [",".join(row) for row in zip(stamps, *columns, strict=True)]
    return "\n".join(lines) + "\n"
