"""JSON answers of weather services: parsed and descended without trust in their shape."""

import json
from typing import Any

import numpy as np

from agro.errors import InputError


def parsed(content: str, name: str) -> dict[str, Any]:
    """Return the JSON object in `content`.

    Raises
    ------
    InputError
        When it is broken off, or no object.
    """
    result = parsed_any(content, name)
    if not isinstance(result, dict):
        raise InputError(f"{name}: a JSON object is needed", zh=f"{name}：需要一个 JSON 对象")
    return result


def parsed_any(content: str, name: str) -> Any:
    """Return what the JSON text holds."""
    try:
        return json.loads(content.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name}: the JSON is broken: {str(error)[:120]}", zh=f"{name}：JSON 已损坏：{str(error)[:120]}"
        ) from error


def descend(document: dict[str, Any], name: str, *path: str) -> dict[str, Any]:
    """Return the object at `path` of the document."""
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        where = ".".join(path)
        raise InputError(f"{name}: '{where}' is missing or no object", zh=f"{name}：缺少“{where}”或其类型不对")
    return found


def optional(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under `key`; an empty one where there is none."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def numbers(values: Any, name: str, column: str) -> np.ndarray:
    """Return a list of numbers and nulls as float64 with NaN."""
    if not isinstance(values, list):
        raise InputError(f"{name}: '{column}' is no list", zh=f"{name}：“{column}”不是列表")
    return np.array([number(value, name, column) for value in values], dtype=float)


def number(value: Any, name: str, column: str) -> float:
    """Return a number; null is NaN."""
    if value is None or value != value:
        return float("nan")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    raise InputError(
        f"{name}: {str(value)[:40]!r} in '{column}' is no number",
        zh=f"{name}：“{column}”中的 {str(value)[:40]!r} 不是数字",
    )
