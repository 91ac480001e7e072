"""Small pictures by script, in the layouts and with the names that producers use."""

import json
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

UTM = 32648
WEST, NORTH = 600_000, 3_300_000
S2_BANDS = {
    "B02": 10,
    "B03": 10,
    "B04": 10,
    "B08": 10,
    "B05": 20,
    "B06": 20,
    "B07": 20,
    "B8A": 20,
    "B11": 20,
    "B12": 20,
}
EARTH_SEARCH = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B05": "rededge1", "B06": "rededge2",
                "B07": "rededge3", "B8A": "nir08", "B11": "swir16", "B12": "swir22", "SCL": "scl"}  # fmt: skip
REFLECTANCE = {"B02": 0.03, "B03": 0.055, "B04": 0.035, "B05": 0.09, "B06": 0.24, "B07": 0.30, "B08": 0.33,
               "B8A": 0.34, "B11": 0.17, "B12": 0.085}  # fmt: skip


def raster(path, values, cell, *, crs=UTM, origin=(WEST, NORTH), names=None, **profile):
    """Write (y, x) or (band, y, x) numbers as a GeoTIFF, or as `driver` says."""
    values = np.asarray(values)
    values = values[None] if values.ndim == 2 else values
    profile = {"driver": "GTiff", "compress": "deflate", **profile}
    if profile["driver"] == "COG":
        profile["blocksize"] = profile.get("blocksize", 128)
    if profile["driver"] == "JP2OpenJPEG":
        profile.pop("compress")
        profile |= {"QUALITY": "100", "REVERSIBLE": "YES"}
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    place = {"crs": crs, "transform": from_origin(*origin, cell, cell)} if crs else {}
    with rasterio.open(
        path,
        "w",
        count=values.shape[0],
        height=values.shape[1],
        width=values.shape[2],
        dtype=values.dtype,
        **place,
        **profile,
    ) as target:
        target.write(values)
        for number, name in enumerate(names or (), 1):
            target.set_band_description(number, name)
    return Path(path)


def numbers(band, cell, size=1200, offset=1000, seed=0):
    """Return numbers of a Sentinel-2 band over a square of `size` metres, 2 % of noise, `offset` in them."""
    rng = np.random.default_rng([seed, sum(map(ord, band))])
    count = size // cell
    values = REFLECTANCE[band] * (1 + 0.02 * rng.standard_normal((count, count)))
    return np.rint(values * 10_000 + offset).astype(np.uint16)


def classes(size=1200):
    """Return scene classes of 20 m: vegetation, a cloud in the north-west, its shadow below, a lake, a frame."""
    scl = np.full((size // 20, size // 20), 4, np.uint8)
    scl[0:10, 0:10], scl[10:20, 0:10], scl[40:44, 40:44], scl[:, -2:] = 9, 3, 6, 0
    return scl


def flat_folder(folder, *, name="{tile}_{time}_{band}_{cell}m.tif", offset=1000, item=None, bands=S2_BANDS, **profile):
    """Write a Sentinel-2 scene as one file a band; `item` is written beside as a STAC item."""
    words = {"tile": "T48RXT", "time": "20250715T032541"}
    for band, cell in bands.items():
        file = name.format(band=band, cell=cell, alias=EARTH_SEARCH[band], **words)
        raster(folder / file, numbers(band, cell, offset=offset), cell, **profile)
    raster(folder / name.format(band="SCL", cell=20, alias="scl", **words), classes(), 20, **profile)
    if item is not None:
        (folder / "metadata.json").write_text(json.dumps(item), encoding="utf-8")
    return folder


def stac_item(item_id="S2A_T48RXT_20250715T032541_L2A", **properties):
    """Return a STAC item as earth-search writes it, without assets."""
    said = {"datetime": "2025-07-15T03:25:41.024Z", "platform": "sentinel-2a", "view:sun_elevation": 70.5,
            "view:sun_azimuth": 99.25, "s2:processing_baseline": "05.11", "eo:cloud_cover": 11.5,
            **properties}  # fmt: skip
    return {"type": "Feature", "stac_version": "1.0.0", "id": item_id, "properties": said, "geometry": None,
            "links": [], "assets": {}}  # fmt: skip


PRODUCT = "S2B_MSIL2A_20220413T150759_N0400_R025_T33XWJ_20220414T082126"
GRANULE = "L2A_T33XWJ_A026649_20220413T150756"


def product_xml(name=PRODUCT, baseline="04.00", offset=-1000, level="2A"):
    """Return MTD_MSIL2A.xml with the elements that matter, as they stand in products; no offsets where it is None."""
    offsets = "".join(f'<BOA_ADD_OFFSET band_id="{i}">{offset}</BOA_ADD_OFFSET>' for i in range(13))
    listed = f"<BOA_ADD_OFFSET_VALUES_LIST>{offsets}</BOA_ADD_OFFSET_VALUES_LIST>" if offset is not None else ""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<n1:Level-{level}_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-{level}.xsd">
  <n1:General_Info><Product_Info>
    <PRODUCT_START_TIME>2022-04-13T15:07:59.024Z</PRODUCT_START_TIME>
    <PRODUCT_URI>{name}.SAFE</PRODUCT_URI>
    <PROCESSING_LEVEL>Level-{level}</PROCESSING_LEVEL>
    <PROCESSING_BASELINE>{baseline}</PROCESSING_BASELINE>
    <Datatake datatakeIdentifier="GS2B_20220413T150759_026649_N04.00">
      <SPACECRAFT_NAME>Sentinel-2B</SPACECRAFT_NAME>
      <SENSING_ORBIT_NUMBER>25</SENSING_ORBIT_NUMBER>
      <SENSING_ORBIT_DIRECTION>ASCENDING</SENSING_ORBIT_DIRECTION>
    </Datatake></Product_Info>
    <Product_Image_Characteristics>
      <QUANTIFICATION_VALUES_LIST><BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE>
      </QUANTIFICATION_VALUES_LIST>{listed}
    </Product_Image_Characteristics></n1:General_Info>
</n1:Level-{level}_User_Product>"""


VIEWS = {
    0: (11.7620353909695, 6.06419195770833),
    4: (11.66492198486, 3.32772811467303),
    5: (11.6837550910421, 4.0337910178607),
}
"""Mean viewing angles of three bands of the real product."""


def tile_xml():
    """Return MTD_TL.xml of the same product: its real mean sun angle, and the viewing angles of three of its bands."""
    views = "".join(
        f"""<Mean_Viewing_Incidence_Angle bandId="{band}"><ZENITH_ANGLE unit="deg">{zenith}</ZENITH_ANGLE>
        <AZIMUTH_ANGLE unit="deg">{azimuth}</AZIMUTH_ANGLE></Mean_Viewing_Incidence_Angle>"""
        for band, (zenith, azimuth) in VIEWS.items()
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<n1:Level-2A_Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/S2_PDI_Level-2A_Tile_Metadata.xsd">
  <n1:General_Info><SENSING_TIME metadataLevel="Standard">2022-04-13T15:08:07.846358Z</SENSING_TIME></n1:General_Info>
  <n1:Geometric_Info><Tile_Angles metadataLevel="Standard">
    <Sun_Angles_Grid><Zenith><Values_List><VALUES>76.3089 76.3486</VALUES></Values_List></Zenith></Sun_Angles_Grid>
    <Mean_Sun_Angle><ZENITH_ANGLE unit="deg">76.5286190227361</ZENITH_ANGLE>
      <AZIMUTH_ANGLE unit="deg">246.540424743604</AZIMUTH_ANGLE></Mean_Sun_Angle>
    <Mean_Viewing_Incidence_Angle_List>{views}</Mean_Viewing_Incidence_Angle_List>
  </Tile_Angles></n1:Geometric_Info>
</n1:Level-2A_Tile_ID>"""


def safe_folder(parent, *, name=PRODUCT, baseline="04.00", offset=-1000, added=1000):
    """Write a SAFE folder of JPEG 2000 files in parent; bands of 10 m lie there at 20 m too, as in products."""
    folder = parent / f"{name}.SAFE"
    images = folder / "GRANULE" / GRANULE / "IMG_DATA"
    stem = "T33XWJ_20220413T150759"
    for band, cell in S2_BANDS.items():
        for size in {cell, 20}:
            path = images / f"R{size}m" / f"{stem}_{band}_{size}m.jp2"
            raster(path, numbers(band, size, offset=added), size, crs=32633, driver="JP2OpenJPEG")
    raster(images / "R20m" / f"{stem}_SCL_20m.jp2", classes(), 20, crs=32633, driver="JP2OpenJPEG")
    (folder / "MTD_MSIL2A.xml").write_text(product_xml(name, baseline, offset), encoding="utf-8")
    (folder / "GRANULE" / GRANULE / "MTD_TL.xml").write_text(tile_xml(), encoding="utf-8")
    return folder


def cut(path, share=0.6):
    """Cut a file off, as a download that broke."""
    whole = Path(path).read_bytes()
    Path(path).write_bytes(whole[: int(len(whole) * share)])
    return path


def cut_behind(source, target, row):
    """Copy a GeoTIFF and cut it off behind the block of a row, so that rows above are whole."""
    with rasterio.open(source) as opened:
        block = row // opened.block_shapes[0][0]
        end = sum(int(opened.get_tag_item(f"BLOCK_{what}_0_{block}", "TIFF", bidx=1)) for what in ("OFFSET", "SIZE"))
    Path(target).write_bytes(Path(source).read_bytes()[:end])
    return Path(target)
