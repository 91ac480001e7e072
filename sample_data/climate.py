"""What the weather of the sample county must look like on average, by month; the generator is fitted to it."""

import numpy as np

HEIGHT = 325.0  # m: the height for which the normals below stand
LATITUDE, LONGITUDE = 30.9, 109.4  # degrees, for the sun
MIDDAY = np.array([15, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])  # day of the year of each month's middle

# Wansheng, Chongqing, 325 m, 1991-2014 [degC]
TMAX = np.array([10.8, 14.2, 19.1, 24.2, 27.8, 30.0, 34.2, 33.9, 29.7, 22.7, 18.2, 12.2])
TMEAN = np.array([7.6, 10.2, 14.0, 18.8, 22.2, 25.0, 28.3, 27.8, 24.2, 18.7, 14.2, 9.2])
TMIN = np.array([5.7, 7.8, 10.8, 15.2, 18.5, 21.5, 24.2, 23.6, 20.5, 16.1, 11.8, 7.3])
# Fuling, 1971-2000 [mm]
RAIN = np.array([17.0, 16.9, 41.5, 116.7, 176.2, 188.3, 153.0, 118.4, 114.2, 111.7, 53.8, 22.9])

# Judgement inside the bounds that the county's plausibility tests name.
WET_DAYS = np.array([8.5, 8.5, 11.0, 13.5, 15.5, 15.0, 11.5, 10.0, 12.5, 14.5, 11.0, 8.5])
RADIATION = np.array([4.4, 5.4, 8.9, 11.9, 13.2, 13.6, 16.7, 16.6, 11.2, 7.6, 5.4, 4.2])  # MJ m-2 d-1
HUMIDITY = np.array([82.0, 79.5, 76.5, 77.0, 78.0, 80.5, 76.0, 73.5, 79.5, 84.5, 84.5, 84.0])  # %
WIND = np.array([1.0, 1.1, 1.3, 1.4, 1.35, 1.25, 1.35, 1.35, 1.2, 1.05, 1.0, 0.95])  # m s-1

# Cooling with height by day and by night [K m-1]
LAPSE_MAX = np.repeat([0.0050, 0.0055, 0.0062, 0.0055, 0.0050], [2, 3, 3, 3, 1])
LAPSE_MIN = np.repeat([0.0040, 0.0045, 0.0050, 0.0045, 0.0040], [2, 3, 3, 3, 1])

# How far days stray from the normal.
DAY_SPREAD = np.array([2.2, 2.2, 2.3, 2.1, 1.9, 1.7, 2.1, 2.1, 1.9, 1.7, 1.9, 2.0])  # K, the daily mean
FRONTS = np.array([0.07, 0.07, 0.085, 0.085, 0.06, 0.03, 0.01, 0.01, 0.04, 0.06, 0.06, 0.065])  # cold falls a day
FALL = np.array([6.9, 6.8, 8.8, 8.3, 6.5, 4.5, 3.5, 3.5, 5.0, 5.5, 5.8, 6.6])  # K, the mean size of a fall
PERSISTENCE = np.array([0.62, 0.62, 0.62, 0.62, 0.64, 0.64, 0.58, 0.58, 0.64, 0.68, 0.68, 0.62])  # wet after wet


def by_day(months, time):
    """Return monthly values on the days of `time`, linear between the middles of months."""
    day = (np.asarray(time, "datetime64[D]") - np.asarray(time, "datetime64[Y]").astype("datetime64[D]")).astype(
        int
    ) + 1
    return np.interp(day, np.r_[MIDDAY[-1] - 365, MIDDAY, MIDDAY[0] + 365], np.r_[months[-1], months, months[0]])


def month(time):
    """Return the month of each day, 0 for January."""
    return np.asarray(time, "datetime64[M]").astype(int) % 12


def year(time):
    """Return the calendar year of each day."""
    return np.asarray(time, "datetime64[Y]").astype(int) + 1970


def sun(time, latitude=LATITUDE):
    """Return (radiation above the atmosphere [MJ m-2 d-1], day length [h]); FAO-56 eq. 21-25, 34."""
    day = (np.asarray(time, "datetime64[D]") - np.asarray(time, "datetime64[Y]").astype("datetime64[D]")).astype(
        int
    ) + 1
    declination = 0.409 * np.sin(2 * np.pi * day / 365 - 1.39)
    nearness = 1 + 0.033 * np.cos(2 * np.pi * day / 365)
    phi = np.radians(latitude)
    sunset = np.arccos(-np.tan(phi) * np.tan(declination))
    outside = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    return 24 * 60 / np.pi * 0.0820 * nearness * outside, 24 / np.pi * sunset
