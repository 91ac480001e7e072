"""One file a format; each has `NAME`, `recognises(content)` and `read(content, name, ...) -> list[Readings]`."""

from types import ModuleType

from agro.weather.readers import cma_daily, epw, nasa_power, open_meteo, template

READERS: dict[str, ModuleType] = {
    "epw": epw,
    "nasa_power": nasa_power,
    "open_meteo": open_meteo,
    "cma_daily": cma_daily,
    "template": template,
}
"""In the order in which they are asked whether they recognise a file."""
