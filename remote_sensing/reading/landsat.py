"""Landsat's MTL file, as text or JSON: time, sun, and the scaling of each band."""

import re
from pathlib import Path
from typing import Any

from remote_sensing.reading import item, raster
from remote_sensing.reading.found import Told

LARGEST = 1_000_000  # bytes; an MTL file has some 15 kB
LINE = re.compile(r'^\s*([A-Z0-9_]+)\s*=\s*"?([^"\n]*?)"?\s*$', re.MULTILINE)
ROLES = {"2": "blue", "3": "green", "4": "red", "5": "nir", "6": "swir1", "7": "swir2"}
"""Bands of OLI in the names of MTL entries; Landsat 7 and before count otherwise and are not read."""


def entries(path) -> dict[str, str]:
    """Return the entries of level 2 (and of the picture) of an MTL file, names to texts."""
    path = Path(path)
    if path.stat().st_size > LARGEST:
        raise raster.refused(path, "is too large for an MTL file", "MTL 文件过大")
    if path.suffix.lower() == ".json":
        groups = item.document(path).get("LANDSAT_METADATA_FILE", {})
        parts = [group for name, group in groups.items() if not name.startswith("LEVEL1")]
        return {key: str(value) for group in parts for key, value in group.items()}
    text = path.read_text(encoding="utf-8", errors="replace")
    first_level_1 = re.search(r"GROUP\s*=\s*LEVEL1", text)  # level 1 repeats names of level 2 with other numbers
    return dict(LINE.findall(text[: first_level_1.start()] if first_level_1 else text))


def told(path) -> Told:
    """Return what an MTL file says.

    Raises
    ------
    InputError
        When it is of another product than surface reflectance of OLI.
    """
    found = entries(path)
    level = found.get("PROCESSING_LEVEL", "")
    if level and not level.startswith("L2"):
        raise raster.refused(
            path,
            f"is of level {level}; surface reflectance (L2SP or L2SR) is needed",
            f"为 {level} 级产品；需要地表反射率（L2SP 或 L2SR）",
        )
    scaling = {}
    for number, role in ROLES.items():
        if f"REFLECTANCE_MULT_BAND_{number}" in found:
            scaling[role] = (
                float(found[f"REFLECTANCE_MULT_BAND_{number}"]),
                float(found[f"REFLECTANCE_ADD_BAND_{number}"]),
            )
    about: dict[str, Any] = {}
    if {"WRS_PATH", "WRS_ROW"} <= set(found):
        about["orbit"] = f"{found['WRS_PATH']}/{found['WRS_ROW']}"
    if "CLOUD_COVER" in found:
        about["cloud_cover"] = float(found["CLOUD_COVER"])
    taken = f"{found.get('DATE_ACQUIRED', '')}T{found.get('SCENE_CENTER_TIME', '')[:15].rstrip('Z')}"
    return Told(
        product=found.get("LANDSAT_PRODUCT_ID"),
        time=item.moment(taken),
        sun_zenith=90 - float(found["SUN_ELEVATION"]) if "SUN_ELEVATION" in found else None,
        sun_azimuth=float(found["SUN_AZIMUTH"]) % 360 if "SUN_AZIMUTH" in found else None,
        platform=found.get("SPACECRAFT_ID", "").lower().replace("_", "-") or None,
        scaling=scaling,
        about=about,
    )
