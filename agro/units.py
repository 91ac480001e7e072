"""Units of the field and the linear conversions between them."""

from agro.errors import UnitError

MU_PER_HECTARE = 15.0
M2_PER_MU = 10_000.0 / MU_PER_HECTARE

# (from, to): (factor, offset), value_to = value_from * factor + offset
LINEAR: dict[tuple[str, str], tuple[float, float]] = {
    ("K", "degC"): (1.0, -273.15),
    ("degF", "degC"): (5 / 9, -160 / 9),
    ("mph", "m s-1"): (0.44704, 0.0),
    ("km h-1", "m s-1"): (1 / 3.6, 0.0),
    ("km d-1", "m s-1"): (1 / 86.4, 0.0),
    ("knot", "m s-1"): (1852 / 3600, 0.0),
    ("inch", "mm"): (25.4, 0.0),
    ("cm", "mm"): (10.0, 0.0),
    ("m", "mm"): (1000.0, 0.0),
    ("Pa", "hPa"): (0.01, 0.0),
    ("kPa", "hPa"): (10.0, 0.0),
    ("1", "%"): (100.0, 0.0),
    ("W m-2", "MJ m-2"): (0.0864, 0.0),  # a daily mean to a daily sum
    ("J cm-2", "MJ m-2"): (0.01, 0.0),
    ("kWh m-2", "MJ m-2"): (3.6, 0.0),
    ("Wh m-2", "MJ m-2"): (0.0036, 0.0),
    ("langley", "MJ m-2"): (0.041868, 0.0),
    ("mu", "m2"): (M2_PER_MU, 0.0),
    ("ha", "m2"): (10_000.0, 0.0),
}

SPELLINGS = {
    "°C": "degC", "℃": "degC", "C": "degC", "deg C": "degC", "°F": "degF", "F": "degF",
    "m/s": "m s-1", "km/h": "km h-1", "kn": "knot", "mp/h": "mph", "percent": "%", "fraction": "1",
    "W/m2": "W m-2", "W/m²": "W m-2", "Wh/m2": "Wh m-2", "MJ/m2": "MJ m-2", "MJ/m²": "MJ m-2",
    "MJ m-2 d-1": "MJ m-2", "MJ/m^2/day": "MJ m-2", "mm/day": "mm", "mm d-1": "mm", "mm h-1": "mm",
    "亩": "mu", "公顷": "ha", "m²": "m2", "小时": "h", "hours": "h", "s": "s",
}  # fmt: skip


def spelled(unit):
    """Return the house spelling of `unit`: `m/s` becomes `m s-1`."""
    unit = unit.strip()
    return SPELLINGS.get(unit, unit)


def converted(values, unit, needed, name="value"):
    """Return `values` in the unit `needed`.

    Raises
    ------
    UnitError
        When no conversion between the two units is known.
    """
    unit, needed = spelled(unit), spelled(needed)
    if unit == needed:
        return values
    if (unit, needed) in LINEAR:
        factor, offset = LINEAR[unit, needed]
        return values * factor + offset
    if (needed, unit) in LINEAR:
        factor, offset = LINEAR[needed, unit]
        return (values - offset) / factor
    raise UnitError(
        f"'{name}' is in '{unit}'; '{needed}' is needed and no conversion is known",
        zh=f"“{name}”的单位是“{unit}”；需要“{needed}”，且没有已知的换算",
    )


def mu(area):
    """Return the area [mu] of `area` [m2]."""
    return area / M2_PER_MU


def hectares(area):
    """Return the area [ha] of `area` [m2]."""
    return area / 10_000.0
