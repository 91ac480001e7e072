"""Daily weather of real stations, read with pandas alone so that no reader of ours stands between file and peer.

Columns: `tmin`, `tmax` [degC], `wind` [m s-1], and as far as measured `radiation` [MJ m-2 d-1], `sunshine` [h], `rh`
[%], `dewpoint` [degC], `rain` [mm]. In `attrs`: `latitude`, `longitude` [degrees], `elevation`, `wind_height` [m].
Origin, licence and quirks of each file: the README of the folder of real inputs.
"""

import pandas as pd


def fallon(data):
    """A year of an irrigated desert in Nevada; without the day whose wind was not recorded."""
    table = pd.read_csv(data / "weather" / "fallon" / "refet_daily_2015.csv", index_col="date", parse_dates=True)
    names = {"tmin_c": "tmin", "tmax_c": "tmax", "wind_m_s": "wind", "rs_mj_m2": "radiation", "dewp_c": "dewpoint"}
    table = table.drop(pd.Timestamp("2015-04-22")).rename(columns=names)[[*names.values()]]
    return _at(table, 39.4575, -118.77388, 1208.5, wind_height=3.0)


def graz(data):
    """Twenty-two years at the foot of the Alps; the height of the wind is not told and taken to be 2 m."""
    table = pd.read_csv(data / "weather" / "graz" / "klima_daily.csv", index_col="time", parse_dates=True)
    names = {"tmin": "tmin", "tmax": "tmax", "vv": "wind", "strahl": "radiation", "rel": "rh"}
    table = table.rename(columns=names)[[*names.values()]]
    table["radiation"] /= 100  # J cm-2
    return _at(table, 47.0778, 15.45, 367.0)


def youwuzhen(data):
    """Eight years in the humid subtropical hills of Fujian, with rain from 2012; the height of the wind is not told."""
    folder = data / "weather" / "youwuzhen"
    table = pd.read_csv(folder / "meteo_daily.csv", comment="#", index_col="DATETIME", parse_dates=True)
    names = {"TMIN": "tmin", "TMAX": "tmax", "WS": "wind", "SSD": "sunshine", "RM": "rh"}
    table = table.rename(columns=names)[[*names.values()]]
    rain = pd.read_csv(folder / "pcp_daily.csv", comment="#", index_col="DATETIME", parse_dates=True).iloc[:, 0]
    table.index, rain.index = table.index.normalize(), rain.index.normalize()
    return _at(table.assign(rain=rain), 25.75, 116.333333, 265.0)


def athens(data):
    """A winter month of NASA POWER, a reanalysis."""
    (file,) = (data / "weather" / "nasa_power").glob("*20220101*LST.csv")
    table = pd.read_csv(file)
    table.index = pd.to_datetime(table["YEAR"].astype(str) + table["DOY"].astype(str).str.zfill(3), format="%Y%j")
    names = {
        "T2M_MIN": "tmin", "T2M_MAX": "tmax", "WS2M": "wind", "ALLSKY_SFC_SW_DWN": "radiation",
        "T2MDEW": "dewpoint", "PRECTOTCORR": "rain",
    }  # fmt: skip
    return _at(table.rename(columns=names)[[*names.values()]], 37.9838, 23.7275, 140.03)


def piedmont(data):
    """The days of a typical year by the Po, made of its hours; the months come from different years."""
    (file,) = (data / "weather" / "tmy_epw").glob("*.epw")
    hours = pd.read_csv(file, skiprows=8, header=None)
    day = pd.date_range("2001-01-01", periods=8760, freq="h").normalize()
    groups = hours.groupby(day)
    table = pd.DataFrame(
        {
            "tmin": groups[6].min(),
            "tmax": groups[6].max(),
            "wind": groups[21].mean(),
            "radiation": groups[13].sum() * 0.0036,
            "dewpoint": groups[7].mean(),
        }
    )
    return _at(table, 45.0, 8.0, 250.0, wind_height=10.0)


def _at(table, latitude, longitude, elevation, wind_height=2.0):
    table.attrs = {
        "latitude": latitude,
        "longitude": longitude,
        "elevation": elevation,
        "wind_height": wind_height,
    }
    return table.rename_axis("time")
