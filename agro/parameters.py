"""Parameter files: every value with its unit, source and the kind of evidence behind it."""

import tomllib
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from agro.errors import ParameterError

EVIDENCE = ("found", "computed", "recalled", "judgement")
KEYS = {"value", "unit", "source", "evidence", "low", "high", "valid_from"}


@dataclass(frozen=True)
class Parameter:
    """One value of a parameter file and what stands behind it.

    `low` and `high` bound the central 80 % of the prior; None where no width is given.
    """

    value: Any
    unit: str
    source: str
    evidence: str
    low: float | None = None
    high: float | None = None
    valid_from: Any = None


@cache
def document(path: Path) -> dict[str, Any]:
    """Return the parsed TOML file at `path`.

    Raises
    ------
    ParameterError
        When the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(
            f"{path}: cannot be read as TOML: {error}", zh=f"{path}：无法按 TOML 读取：{error}"
        ) from error


def section(path: Path, name: str) -> dict[str, Parameter]:
    """Return the parameters of section `name` (dots descend) of the file at `path`."""
    table: Any = document(Path(path))
    for part in name.split("."):
        table = table.get(part) if isinstance(table, dict) else None
        if table is None:
            raise _error(path, name, "section is missing")
    return {key: _parameter(path, name, key, entry) for key, entry in table.items() if not _is_table(entry)}


def load(path: Path, name: str, cls: type) -> Any:
    """Return section `name` of the file at `path` as an instance of `cls`.

    `cls` is a dataclass or NamedTuple whose fields are annotated `Annotated[type, "unit"]`.

    Raises
    ------
    ParameterError
        For a missing or unknown key, another unit, an empty source, an unknown kind of evidence.
    """
    found, wanted = section(path, name), field_units(cls)
    if missing := sorted(set(wanted) - set(found)):
        raise _error(path, name, f"needs {', '.join(missing)}")
    if unknown := sorted(set(found) - set(wanted)):
        raise _error(path, name, f"does not know {', '.join(unknown)}; known: {', '.join(wanted)}")
    for key, (kind, unit) in wanted.items():
        if found[key].unit != unit:
            raise _error(path, name, f"{key} needs unit '{unit}'; got '{found[key].unit}'")
        if kind in (int, float) and not isinstance(found[key].value, (int, float)):
            raise _error(path, name, f"{key} needs a number; got {found[key].value!r}")
    return cls(
        **{
            key: wanted[key][0](found[key].value) if wanted[key][0] in (int, float) else found[key].value
            for key in wanted
        }
    )


def field_units(cls: type) -> dict[str, tuple[Any, str]]:
    """Return {field: (type, unit)} of a dataclass or NamedTuple with `Annotated` fields."""
    names = [field.name for field in fields(cls)] if is_dataclass(cls) else list(cls._fields)  # type: ignore[attr-defined]
    hints = get_type_hints(cls, include_extras=True)
    units = {}
    for name in names:
        hint = hints[name]
        kind, unit = (get_args(hint)[0], get_args(hint)[1]) if hasattr(hint, "__metadata__") else (hint, "1")
        units[name] = (get_origin(kind) or kind, unit)
    return units


def _is_table(entry: Any) -> bool:
    return isinstance(entry, dict) and "value" not in entry and not (KEYS & set(entry))


def _parameter(path: Path, name: str, key: str, entry: Any) -> Parameter:
    if not isinstance(entry, dict) or not {"value", "unit", "source", "evidence"} <= set(entry):
        raise _error(path, name, f"{key} needs value, unit, source and evidence; got {entry!r}")
    if unknown := set(entry) - KEYS:
        raise _error(path, name, f"{key} does not know {', '.join(sorted(unknown))}")
    if not str(entry["source"]).strip():
        raise _error(path, name, f"{key} has an empty source")
    if entry["evidence"] not in EVIDENCE:
        raise _error(path, name, f"{key} has evidence '{entry['evidence']}'; known: {', '.join(EVIDENCE)}")
    return Parameter(**entry)


def _error(path: Path, name: str, what: str) -> ParameterError:
    where = f"{Path(path).name} [{name}]"
    return ParameterError(f"{where}: {what}", zh=f"参数文件 {where}：{what}")
