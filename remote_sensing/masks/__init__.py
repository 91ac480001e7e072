"""What hides the ground of a scene: clouds, their shadows, the shadow of the relief, and how near they come."""

from remote_sensing.masks.cloud_shadow import displacement, rays, shadows
from remote_sensing.masks.dilation import widened, within
from remote_sensing.masks.quality import NOTES, quality
from remote_sensing.masks.rule import by_colour
from remote_sensing.masks.settings import settings
from remote_sensing.masks.shares import shares
from remote_sensing.masks.temporal import newly_bright, reference
from remote_sensing.masks.terrain_shadow import relief_bits

__all__ = [
    "NOTES", "by_colour", "displacement", "newly_bright", "quality", "rays", "reference", "relief_bits", "settings",
    "shadows", "shares", "widened", "within",
]  # fmt: skip
