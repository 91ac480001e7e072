"""What was done about the light of a scene, as plain values for its catalogue entry and as sentences."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from remote_sensing.illumination.sun import SceneSun

if TYPE_CHECKING:
    from remote_sensing.illumination.correction import Correction

REASONS = {
    "": ("已校正", "corrected"),
    "no_sun": ("没有太阳角度或拍摄时刻", "neither sun angles nor the time of day are known"),
    "low_sun": ("太阳太低，校正不可靠", "the sun is too low for any correction"),
    "few_pixels": ("坡地上晴空植被像元太少", "too few clear green pixels on slopes"),
    "flat_land": ("地势平缓，不需要校正", "the land is too flat to need it"),
    "does_not_follow_light": ("反射率与光照几乎无关", "reflectance does not follow the light"),
    "brighter_in_shade": ("阴坡反而更亮，校正会出错", "brighter in the shade: a correction would be wrong"),
    "c_out_of_range": ("系数 c 超出合理范围", "c lies out of its range"),
    "still_follows_light": ("校正后仍与光照相关", "corrected, it still follows the light"),
    "more_scatter": ("校正后离散更大", "corrected, it scatters more"),
    "level_moves": ("校正后整体变亮或变暗", "corrected, the whole picture gets brighter or darker"),
    "index_follows_light": (
        "只校正其中一个波段会使指数随光照变化",
        "freed of light alone, its index would follow the light",
    ),
    "out_of_range": ("校正后出现不可能的反射率", "corrected, some reflectances are impossible"),
}
"""Why a band was left alone, in Chinese and English."""


def report(corrections: Iterable["Correction"], method: str, sun: SceneSun | None) -> dict[str, Any]:
    """Return the illumination report of a scene in plain values that JSON can hold.

    Returns
    -------
    dict
        `method`, `applied` (whether any band was), `sun_zenith` and `sun_azimuth` [degrees], `sun_source`, and `bands`:
        a dict by role of c, n, r_before, r_after, variation_before, variation_after, applied, fit, reason.
    """
    bands = {
        one.role: {
            "c": _plain(one.c),
            "n": int(one.n),
            "r_before": _plain(one.r_before),
            "r_after": _plain(one.r_after),
            "variation_before": _plain(one.variation_before),
            "variation_after": _plain(one.variation_after),
            "applied": bool(one.applied),
            "fit": one.fit,
            "reason": one.reason,
        }
        for one in corrections
    }
    return {
        "method": method,
        "applied": any(band["applied"] for band in bands.values()),
        "sun_zenith": _plain(sun.zenith) if sun else None,
        "sun_azimuth": _plain(sun.azimuth) if sun else None,
        "sun_source": sun.source if sun else None,
        "bands": bands,
    }


def sentence(reason: str, language: str) -> str:
    """Return a reason of a report as a phrase in `language` ("zh" or "en")."""
    return REASONS[reason][0 if language == "zh" else 1]


def _plain(value: float | None) -> float | None:
    """Return a number with four digits behind the point, or None for nothing and for no number."""
    return None if value is None or value != value or abs(value) == float("inf") else round(float(value), 4)
