"""What the columns of a plain table may be called, in Chinese and English, and what a unit in brackets looks like."""

import re

DAILY = ("tmin", "tmax", "tmean", "rh", "wind", "rain", "radiation", "sunshine", "pressure", "dewpoint", "gust", "et0")
HOURLY = (
    "temperature", "rh", "dewpoint", "wind", "gust", "rain", "ghi", "dni", "dhi", "sunshine", "pressure",
    "leaf_wetness",
)  # fmt: skip
KNOWN = {"daily": DAILY, "hourly": HOURLY}
WORDS = {
    "最低气温": "tmin", "日最低气温": "tmin", "最低温度": "tmin", "最高气温": "tmax", "日最高气温": "tmax",
    "最高温度": "tmax", "平均气温": "tmean", "日平均气温": "tmean", "平均温度": "tmean", "气温": "temperature",
    "温度": "temperature", "露点": "dewpoint", "露点温度": "dewpoint", "相对湿度": "rh", "平均相对湿度": "rh",
    "湿度": "rh", "风速": "wind", "平均风速": "wind", "阵风": "gust", "极大风速": "gust", "降雨量": "rain",
    "叶面湿润": "leaf_wetness", "叶面湿度": "leaf_wetness", "叶湿": "leaf_wetness",
    "降水量": "rain", "雨量": "rain", "降水": "rain", "太阳辐射": "radiation", "日太阳辐射": "radiation",
    "太阳总辐射": "radiation", "总辐射": "radiation", "直接辐射": "dni", "法向直接辐射": "dni", "散射辐射": "dhi",
    "日照时数": "sunshine", "日照": "sunshine", "气压": "pressure", "参考蒸散量": "et0",
}  # fmt: skip
OTHER_NAME = {
    "daily": {"temperature": "tmean", "ghi": "radiation"},
    "hourly": {"tmean": "temperature", "radiation": "ghi"},
}
TIME = {
    "date": "date",
    "time": "time",
    "datetime": "time",
    "日期": "date",
    "时间": "time",
    "资料时间": "time",
    "观测时间": "time",
}
PARTS = {
    "年": "year",
    "月": "month",
    "日": "day",
    "时": "hour",
    "year": "year",
    "month": "month",
    "day": "day",
    "hour": "hour",
}
PLACE = {
    "station": "station", "测站": "station", "站名": "station", "站号": "station", "区站号": "station",
    "站点": "station", "latitude": "latitude", "纬度": "latitude", "longitude": "longitude", "经度": "longitude",
    "elevation": "elevation", "海拔": "elevation", "海拔高度": "elevation", "timezone": "timezone",
    "时区": "timezone", "wind height": "wind_height", "测风高度": "wind_height", "synthetic": "synthetic",
}  # fmt: skip
HEADING = re.compile(r"([^\[\](（【]+?)\s*(?:[\[(（【]\s*([^\])）】]*)\s*[\])）】])?")


def heading(column: str) -> tuple[str, str]:
    """Return the name in lower case and the unit in brackets of a column's heading."""
    found = HEADING.fullmatch(column.strip().lstrip("\ufeff").strip('"'))
    return (found[1].strip().lower(), (found[2] or "").strip()) if found else (column.strip().lower(), "")
