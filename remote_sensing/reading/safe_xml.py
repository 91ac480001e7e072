"""The XML files of a Sentinel-2 product: `MTD_MSIL2A.xml` (time, baseline, offsets) and `MTD_TL.xml` (sun and view)."""

import math
from xml.etree import ElementTree

from remote_sensing.boa_offset import Facts
from remote_sensing.reading import item, raster
from remote_sensing.reading.found import Told
from remote_sensing.sensor import Sensor

LARGEST = 20_000_000  # bytes; a tile's file has some 0.6 MB
BAND_IDS = ("", "blue", "green", "red", "re1", "re2", "re3", "nir", "nir_narrow", "", "", "swir1", "swir2")
"""Roles by `band_id` of BOA_ADD_OFFSET: B1 B2 B3 B4 B5 B6 B7 B8 B8A B9 B10 B11 B12."""


def root_of(text: bytes, path) -> ElementTree.Element:
    """Return the parsed XML.

    Raises
    ------
    InputError
        When it is too large, no XML, or defines entities of its own.
    """
    if len(text) > LARGEST:
        raise raster.refused(path, f"is larger than {LARGEST:,} bytes", f"超过 {LARGEST:,} 字节")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise raster.refused(path, "defines entities, which no product does", "含有实体定义，产品文件不应如此")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 entities, the danger of XML, were refused above
    except ElementTree.ParseError as error:
        raise raster.refused(path, f"is not whole XML: {error}", "不是完整的 XML 文件") from error


def told(text: bytes, path, sensor: Sensor | None = None) -> Told:
    """Return what a product's or a tile's XML says; nothing when it is something else."""
    root = root_of(text, path)
    kind = root.tag.rsplit("}", 1)[-1]
    if kind == "Level-2A_User_Product":
        return _product(root)
    if kind in ("Level-2A_Tile_ID", "Level-1C_Tile_ID"):
        return _tile(root)
    if kind == "Level-1C_User_Product":
        raise raster.refused(
            path, "is a Level-1C product; Level-2A (surface reflectance) is needed", "为 L1C 产品；需要 L2A 地表反射率"
        )
    return Told()


def _product(root) -> Told:
    offsets = {
        int(entry.get("band_id", -1)): float(entry.text or 0)
        for entry in root.iter()
        if _tag(entry) == "BOA_ADD_OFFSET"
    }
    scale = next((float(e.text) for e in root.iter() if _tag(e) == "BOA_QUANTIFICATION_VALUE"), 10000.0)
    name = (_text(root, "PRODUCT_URI") or "").removesuffix(".SAFE")
    orbit, direction = _text(root, "SENSING_ORBIT_NUMBER"), _text(root, "SENSING_ORBIT_DIRECTION")
    baseline = _text(root, "PROCESSING_BASELINE")
    by_role = {BAND_IDS[number]: value for number, value in offsets.items() if 0 <= number < 13 and BAND_IDS[number]}
    about = {"baseline": baseline, "orbit": int(orbit) if orbit else None, "direction": direction}
    spacecraft = _text(root, "SPACECRAFT_NAME")
    return Told(
        product=name or None,
        time=item.moment(_text(root, "PRODUCT_START_TIME")),
        platform=spacecraft.lower() if spacecraft else None,
        offset=Facts(name=name, baseline=float(baseline) if baseline else None, in_xml=True, xml=by_role),
        scaling={role: (1 / scale, 0.0) for role in BAND_IDS if role} if scale != 10000 else {},
        about={key: value for key, value in about.items() if value is not None},
    )


def _tile(root) -> Told:
    sun = next((e for e in root.iter() if _tag(e) == "Mean_Sun_Angle"), None)
    views = [e for e in root.iter() if _tag(e) == "Mean_Viewing_Incidence_Angle"]
    zenith, azimuth = mean_direction([(_angle(e, "ZENITH_ANGLE"), _angle(e, "AZIMUTH_ANGLE")) for e in views])
    return Told(
        time=item.moment(_text(root, "SENSING_TIME")),
        sun_zenith=_angle(sun, "ZENITH_ANGLE") if sun is not None else None,
        sun_azimuth=_angle(sun, "AZIMUTH_ANGLE") if sun is not None else None,
        view_zenith=zenith,
        view_azimuth=azimuth,
    )


def mean_direction(angles):
    """Return the mean (zenith, azimuth) of directions as their mean vector [degrees]; (None, None) of none."""
    whole = [(z, a) for z, a in angles if z is not None and a is not None and math.isfinite(z) and math.isfinite(a)]
    if not whole:
        return None, None
    east = sum(math.tan(math.radians(z)) * math.sin(math.radians(a)) for z, a in whole) / len(whole)
    north = sum(math.tan(math.radians(z)) * math.cos(math.radians(a)) for z, a in whole) / len(whole)
    return math.degrees(math.atan(math.hypot(east, north))), math.degrees(
        math.atan2(east, north)
    ) % 360 % 360  # -1e-16 % 360 is 360


def _tag(entry):
    return entry.tag.rsplit("}", 1)[-1]


def _text(root, name):
    return next((e.text.strip() for e in root.iter() if _tag(e) == name and e.text), None)


def _angle(entry, name):
    text = _text(entry, name)
    return float(text) if text else None
