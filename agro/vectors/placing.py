"""Where outlines lie: their CRS found or asked for, latitude and longitude in order, the offset of map apps undone."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from agro.errors import InputError
from agro.farm import Finding
from agro.vectors import gcj02
from agro.vectors.source import told

WGS84 = CRS.from_epsg(4326)
EQUAL = (4326, 4490, 4979, 4480)  # CGCS2000 differs from WGS 84 by centimetres


def placed(source, crs):
    """Bring the geometry to EPSG:4326 in place; return ["crs"] when nobody knows how."""
    given = None
    if crs is not None:
        try:
            given = CRS.from_user_input(crs)
        except CRSError as error:
            raise InputError(
                f"'{crs}' is no known CRS; an EPSG code such as EPSG:4547 is needed",
                zh=f"“{crs}”不是已知的坐标系；需要 EPSG 编号，如 EPSG:4547",
            ) from error
    own = given or source.crs
    if own is not None and not _degrees(own):
        return _projected(source, own)
    _swapped(source)
    x, y = _extent(source)
    if (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all():
        if own is None:
            source.findings.append(
                Finding("info", "no CRS is named; degrees of WGS 84 were taken", "未注明坐标系；按 WGS 84 经纬度理解")
            )
        return [] if own is None or _is_equal(own) else _projected(source, own)
    if given is not None:
        raise source.refusal(
            f"coordinates up to {np.abs(x).max():.0f}, {np.abs(y).max():.0f} are no degrees; name the projected CRS",
            f"坐标达到 {np.abs(x).max():.0f}, {np.abs(y).max():.0f}，不是经纬度；请给出投影坐标系",
        )
    source.findings.append(
        Finding(
            "warning",
            f"the CRS is not known: x {x.min():.0f} to {x.max():.0f}, y {y.min():.0f} to {y.max():.0f} are no degrees",
            f"坐标系未知：x {x.min():.0f} 至 {x.max():.0f}，y {y.min():.0f} 至 {y.max():.0f}，不是经纬度",
        )
    )
    return ["crs"]


def _degrees(crs):
    return crs.is_geographic and not crs.is_projected


def _is_equal(crs):
    flat = crs.to_2d()
    return flat.to_authority() == ("OGC", "CRS84") or flat.to_epsg(min_confidence=70) in EQUAL


def _extent(source):
    xy = shapely.get_coordinates(source.geometry)
    return xy[:, 0], xy[:, 1]


def _swapped(source):
    """Turn rows round that give latitude before longitude, as a latitude beyond 90 shows."""
    west, south, east, north = shapely.bounds(source.geometry).T
    turned = (np.maximum(np.abs(south), np.abs(north)) > 90) & (np.maximum(np.abs(west), np.abs(east)) <= 90)
    turned &= np.maximum(np.abs(south), np.abs(north)) <= 180
    if turned.any():
        source.geometry[turned] = shapely.transform(source.geometry[turned], lambda xy: xy[:, ::-1])
        source.findings.extend(
            told(
                "warning",
                [
                    (row, "latitude stood before longitude; turned round", "纬度写在经度前，已对调")
                    for row in source.rows[turned]
                ],
            )
        )


def _projected(source, crs):
    moved = gpd.GeoSeries(source.geometry, crs=crs).to_crs(WGS84)
    geometry = np.asarray(moved.array)
    xy = shapely.get_coordinates(geometry)
    if not (np.isfinite(xy).all() and (np.abs(xy[:, 1]) <= 90).all()):
        raise source.refusal(
            f"the coordinates do not fit the CRS {crs.name}; name the right one",
            f"坐标与坐标系 {crs.name} 不符；请给出正确的坐标系",
        )
    source.geometry = geometry
    code = crs.to_epsg()
    label = f"EPSG:{code} {crs.name}" if code else crs.name
    source.findings.append(Finding("info", f"moved from {label} to WGS 84", f"已由 {label} 转换为 WGS 84"))
    return []


def unshifted(source, shift, bounds):
    """Undo GCJ-02 in place when asked to; return ["gcj02"] when it is suspected and nobody has answered."""
    x, y = _extent(source)
    if not gcj02.inside_china(x, y).any():
        return []
    if shift:
        source.geometry = gcj02.shifted(source.geometry)
        source.findings.append(Finding("info", "moved from GCJ-02 to WGS 84", "已由 GCJ-02 纠偏为 WGS 84"))
        return []
    if shift is not None:
        return []
    reason = gcj02.suspected(
        gpd.GeoSeries(source.geometry).to_frame("geometry").set_geometry("geometry"), source.hints, bounds
    )
    kind, _, word = reason.partition(":")
    if kind == "bd09":
        source.findings.append(
            Finding(
                "warning",
                f"'{word}' is named in the file: its maps carry the BD-09 offset, which is not undone here",
                f"文件中提到“{word}”：百度坐标（BD-09）无法在此纠偏，请导出为 WGS 84",
            )
        )
        return []
    if reason:
        en = f"'{word}' is named in the file" if word else "the plots fit the county or DEM better after the shift"
        zh = f"文件中提到“{word}”" if word else "纠偏后地块与县界或 DEM 更吻合"
        source.findings.append(
            Finding(
                "warning",
                f"{en}: the outlines may be offset by some 500 m (GCJ-02); shift them?",
                f"{zh}：边界可能带有约 500 米的火星坐标（GCJ-02）偏移；是否纠偏？",
            )
        )
        return ["gcj02"]
    if source.crs is None:
        source.findings.append(
            Finding(
                "info",
                "outlines from a Chinese map app lie some 500 m off (GCJ-02); compare on the map, it can be undone",
                "若边界取自国内地图应用，会偏移约 500 米（GCJ-02）；请在地图上核对，可选择纠偏",
            )
        )
    return []
