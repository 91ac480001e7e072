"""The cultivar groups: their files, their names in two languages, and the spread of what is not known."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from scipy.stats import norm, qmc

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from agro.parameters import Parameter
from agro.soil import crop_coefficient, water_balance
from growth_model import damage, nutrition
from growth_model.crop import PARAMETERS, Crop, Element, Warmth
from growth_model.lanes import flat

HERE = Path(__file__).parent
CROPS = HERE / "crops"
SHARED = ("common.toml", "photosynthesis.toml", "bearing.toml")
"""Files whose sections all groups share; a section is looked for in the group's own file first."""
ELSEWHERE = {
    "winter_drop": (damage.TABLE, "winter_drop"),
    "water_potential": (damage.TABLE, "water_potential"),
    "nitrogen_effect": (nutrition.TABLE, "photosynthesis"),
    "phosphorus_limit": (nutrition.TABLE, "growth_limit.phosphorus"),
    "potassium_limit": (nutrition.TABLE, "growth_limit.potassium"),
    "water": (water_balance.FILE, "rules"),
    "water_stages": (crop_coefficient.FILE, "stages"),
}
"""Sections that other parts of the model keep, and their names there."""
KINDS = dict.fromkeys(("frost", "heat_drop", "sunburn"), damage.TABLE)
"""Sections of which a group's file names its kind."""
SECTIONS = get_type_hints(Crop)
Z_80 = 1.2815515655446004  # bounds of the central 80 % of a normal distribution


@dataclass(frozen=True)
class Cultivar:
    """One cultivar group: how people call it, and its `Crop` with what stands behind each number."""

    key: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    crop: Crop
    parameters: dict[str, Parameter]

    @property
    def harvest(self) -> tuple[int, int]:
        """First and last day of year of the usual harvest below 400 m; the last may lie in the next year."""
        return int(self.crop.season.harvest_start), int(self.crop.season.harvest_end)

    @property
    def row(self) -> np.ndarray:
        """The crop as one row, shape (parameter,), in the order of `PARAMETERS`."""
        return np.array(list(flat(self.crop)))

    def name(self, language: str = "zh") -> str:
        """Return the group's name in `language` ("zh" or "en")."""
        return self.zh if language == "zh" else self.en


@cache
def names() -> tuple[str, ...]:
    """Return the keys of all cultivar groups.

    >>> "navel" in names()
    True
    """
    return tuple(sorted(path.stem for path in CROPS.glob("*.toml")))


@cache
def load(key: str) -> Cultivar:
    """Return the cultivar group of one file in `crops/`, by its key.

    Raises
    ------
    NotFoundError
        When there is no such file.
    ParameterError
        When the file is incomplete; the message names the file, section and key.
    """
    if key not in names():
        raise _unknown(key)
    path = CROPS / f"{key}.toml"
    document = parameters.document(path)
    found: dict[str, Parameter] = {}
    sections: list[Any] = []
    elements = nutrition.load(document["kinds"]["nutrition"])
    for section, cls in SECTIONS.items():
        if cls is Element:
            content, behaviour = elements[section]
            sections.append(Element(behaviour, content))
            continue
        file, name = _source(path, document, section)
        sections.append(parameters.load(file, name, cls))
        found |= {f"{section}.{field}": value for field, value in parameters.section(file, name).items()}
    for name, value in found.items():
        if value.low is not None and not value.low < value.value < (value.high or value.value):
            raise ParameterError(
                f"{path.name}: {name} does not lie between its bounds", zh=f"{path.name}：{name} 不在其上下限之间"
            )
    return Cultivar(
        key, document["name"]["zh"], document["name"]["en"], tuple(document["aliases"]), Crop(*sections), found
    )


def _source(path: Path, document: dict[str, Any], section: str) -> tuple[Path, str]:
    """Return the file and the name there of a section of a group."""
    if section in document:
        return path, section
    if section in KINDS:
        return KINDS[section], f"{section}.{document['kinds'][section]}"
    if section in ELSEWHERE:
        return ELSEWHERE[section]
    file = next((file for file in SHARED if section in parameters.document(HERE / file)), None)
    return (path if file is None else HERE / file), section


def find(text: str) -> Cultivar:
    """Return the cultivar group that people call `text`: key, Chinese or English name or an alias.

    >>> find("纽荷尔").key, find("W·默科特").key, find("沃柑").key
    ('navel', 'w_murcott', 'orah')

    Raises
    ------
    NotFoundError
        When nobody calls a group so; the message lists the groups.
    """
    wanted = _folded(text)
    for key in names():
        cultivar = load(key)
        if wanted in map(_folded, (key, cultivar.zh, cultivar.en, *cultivar.aliases)):
            return cultivar
    raise _unknown(text)


def perturbed(cultivar: Cultivar, members: int, seed: int = 0) -> np.ndarray:
    """Return crop rows drawn from the prior, shape (member, parameter); member 0 is the median.

    A number with bounds is drawn so that 80 % lie between `low` and `high` and half below its value: on the
    log scale unless it is a temperature. Numbers without bounds stay. The same seed gives the same rows, and
    groups that share a seed share the draws of what they share.

    Parameters
    ----------
    cultivar : Cultivar
        The group.
    members : int
        Number of rows, at least 1.
    seed : int
        Of the scrambled Sobol sequence.
    """
    rows = np.tile(cultivar.row, (members, 1))
    uncertain = [name for name, value in cultivar.parameters.items() if value.low is not None]
    if members == 1 or not uncertain:
        return rows
    sobol = qmc.Sobol(len(uncertain), rng=np.random.default_rng(seed))
    draws = sobol.random_base2(int(np.ceil(np.log2(members))))[: members - 1]
    z = np.clip(norm.ppf(draws), -2.5, 2.5)
    for column, name in enumerate(uncertain):
        rows[1:, PARAMETERS.index(name)] = _quantile(cultivar.parameters[name], z[:, column])
    corners = [PARAMETERS.index(f"warmth.{name}") for name in Warmth._fields]
    rows[:, corners] = np.sort(rows[:, corners], axis=1)
    return rows


def _quantile(parameter: Parameter, z: np.ndarray) -> np.ndarray:
    """Return the prior's value at each normal score; each side of the median has its own width."""
    bounds = np.array([parameter.low, parameter.value, parameter.high], dtype=float)
    if parameter.unit == "degC" or (bounds <= 0).any():
        return np.interp(z, (-Z_80, 0, Z_80), bounds) + _beyond(z, np.diff(bounds))
    logs = np.log(bounds)
    return np.exp(np.interp(z, (-Z_80, 0, Z_80), logs) + _beyond(z, np.diff(logs)))


def _beyond(z: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Return what lies outside the bounds, in the unit of the widths."""
    return np.minimum(z + Z_80, 0) / Z_80 * widths[0] + np.maximum(z - Z_80, 0) / Z_80 * widths[1]


def _folded(text: str) -> str:
    """Return `text` without the differences people make in writing: case, width, dots, blanks."""
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in kept if letter.isalnum())


def _unknown(text: str) -> NotFoundError:
    known = ", ".join(f"{key} ({load(key).zh})" for key in names())
    return NotFoundError(f"no cultivar group '{text}'; known: {known}", zh=f"没有品种组“{text}”；已有：{known}")
