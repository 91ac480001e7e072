"""PlanetScope's metadata beside a picture: `*_metadata.json` of an order, an item with Planet's own words."""

from remote_sensing.reading import item
from remote_sensing.reading.found import Told


def told(path) -> Told:
    """Return time, sun and view from a Planet metadata file; nothing when the file is something else."""
    found = item.document(path)
    if not item.is_item(found) or "acquired" not in found["properties"]:
        return Told()
    kind = str(found["properties"].get("item_type", "PSScene"))
    return item.told(found).or_(Told(platform="planetscope" if kind.startswith("PS") else None))
