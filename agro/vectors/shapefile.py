"""Shapefiles, zipped or plain: parts gathered, Chinese text decoded, the CRS taken from the .prj."""

import codecs
import tempfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from agro.farm import Finding
from agro.vectors import archive
from agro.vectors.geopackage import known
from agro.vectors.source import Source, bounded, refusal, source

PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
POLYGONS = {5, 15, 25}  # shape types of ESRI's white paper: polygon, polygon with Z, with M
LATIN = {"iso8859-1", "cp1252", "ascii", "latin-1"}  # what programs write into a .cpg without looking


def read_zip(path: Path) -> Source:
    """Return the features of the one polygon layer in a zip.

    Raises
    ------
    InputError
        When the zip is unsafe or damaged, or holds no .shp, or several with polygons.
    """
    content = archive.entries(path, PARTS)
    layers: dict[str, dict[str, bytes]] = {}
    for place, data in content.items():
        layers.setdefault(str(place.with_suffix("")).lower(), {})[place.suffix.lower()] = data
    shapes = {name: parts for name, parts in layers.items() if ".shp" in parts}
    if not shapes:
        raise refusal(path, "the zip holds no .shp file", "压缩包内没有 .shp 文件")
    polygons = {name: parts for name, parts in shapes.items() if _kind(parts[".shp"]) in POLYGONS} or shapes
    if len(polygons) > 1:
        names = ", ".join(sorted(Path(name).name for name in polygons))
        raise refusal(
            path,
            f"the zip holds {len(polygons)} layers ({names[:200]}); pack one alone",
            f"压缩包内有 {len(polygons)} 个图层（{names[:200]}）；请只打包一个",
        )
    name, parts = next(iter(polygons.items()))
    others = ", ".join(sorted(Path(other).name for other in shapes if other != name))
    found = [Finding("info", f"layers not read: {others}", f"未读取的图层：{others}")] if others else []
    return _read(path, parts, found)


def read_plain(path: Path) -> Source:
    """Return the features of a .shp whose other parts lie beside it."""
    parts = {}
    for beside in path.parent.iterdir():
        if beside.stem.lower() == path.stem.lower() and beside.suffix.lower() in PARTS and beside.is_file():
            parts[beside.suffix.lower()] = beside.read_bytes()
    return _read(path, parts, [])


def _kind(content):
    return int.from_bytes(content[32:36], "little")


def _read(path, parts, findings):
    shp = parts[".shp"]
    if len(shp) < 100 or shp[:4] != b"\x00\x00\x27\x0a":
        raise refusal(path, "the .shp is not a shapefile", ".shp 不是有效的 Shapefile")
    if 2 * int.from_bytes(shp[24:28], "big") > len(shp):
        raise refusal(path, "the .shp is shorter than its header says: incomplete", ".shp 不完整（短于文件头所述长度）")
    if ".shx" not in parts:
        raise refusal(path, "the .shx beside the .shp is missing", "缺少与 .shp 配套的 .shx")
    if ".dbf" not in parts:
        findings.append(
            Finding("warning", "no .dbf: names and other attributes are unknown", "缺少 .dbf：名称等属性未知")
        )
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".shp", ".shx", ".dbf"):
            if suffix in parts:
                (Path(folder) / f"layer{suffix}").write_bytes(parts[suffix])
        layer = Path(folder) / "layer.shp"
        bounded(path.name, pyogrio.read_info(layer)["features"])
        # Latin-1 keeps every byte, so that the true encoding can be found afterwards
        meta, _, geometry, fields = pyogrio.raw.read(layer, encoding="ISO-8859-1")
    table = {str(name): list(values) for name, values in zip(meta["fields"], fields, strict=True)}
    encoding = _encoding(parts.get(".cpg", b""), table, findings)
    table = {
        _recoded(name, encoding): [_recoded(value, encoding) for value in values] for name, values in table.items()
    }
    count = len(geometry) if geometry is not None else 0
    records = [{name: _timeless(values[row]) for name, values in table.items()} for row in range(count)]
    shapes = [] if geometry is None else list(shapely.from_wkb(geometry))
    return source(path.name, records, shapes, crs=_crs(parts.get(".prj"), findings), findings=findings)


def _timeless(value):
    return value.astype(object) if isinstance(value, np.datetime64) else value


def _crs(prj, findings):
    if prj is None or not prj.strip():
        return None
    try:
        crs = CRS.from_user_input(prj.decode("utf-8-sig", "replace").strip("\x00 \r\n\t"))
    except (CRSError, ValueError):
        crs = None
    if crs is None or not known(crs):
        findings.append(Finding("warning", "the .prj is not understood", ".prj 无法识别"))
        return None
    code = crs.to_epsg(min_confidence=70)
    return CRS.from_epsg(code) if code else crs


def _encoding(cpg, table, findings):
    """Return the encoding named by the .cpg when it fits, else the one that fits best."""
    raw = [text.encode("latin-1") for text in _texts(table)]
    raw = [text for text in raw if not text.isascii()]
    named = _codec(cpg.decode("ascii", "ignore").strip("\x00 \r\n\t"))
    if not raw:
        return named or "utf-8"
    guess = max(("utf-8", "gb18030"), key=lambda encoding: sum(_likeness(text, encoding) for text in raw))
    if named in LATIN:
        named = None
    if named and all(_likeness(text, named) >= 0 for text in raw):
        return named
    word = "UTF-8" if guess == "utf-8" else "GBK"
    reason_en = f"the .cpg says {named}, but " if named else ""
    reason_zh = f".cpg 写的是 {named}，但" if named else ""
    findings.append(Finding("info", f"{reason_en}the text was read as {word}", f"{reason_zh}文字按 {word} 读取"))
    return guess


def _texts(table):
    for name, values in table.items():
        yield name
        yield from (value for value in values if isinstance(value, str))


def _codec(word):
    word = word.lower().replace("ansi", "").strip()
    word = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "oem": ""}.get(word, word)
    if word.isdigit():
        word = {"65001": "utf-8", "88591": "latin-1"}.get(word, f"cp{word}")
    try:
        return codecs.lookup(word).name if word else None
    except (LookupError, ValueError):
        return None


def _likeness(raw, encoding):
    """Return how Chinese `raw` looks in `encoding`: Chinese characters less others, -1000 when impossible."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 3:
            return -1000
        text = raw[: error.start].decode(encoding)  # a field of fixed width may cut the last character
    foreign = [letter for letter in text if not letter.isascii()]
    chinese = sum(
        "\u4e00" <= letter <= "\u9fff" or "\u3000" <= letter <= "\u303f" or letter > "\uff00" for letter in foreign
    )
    return 2 * chinese - len(foreign)


def _recoded(value, encoding):
    return value.encode("latin-1").decode(encoding, "ignore") if isinstance(value, str) else value
