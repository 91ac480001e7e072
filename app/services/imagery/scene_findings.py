"""What is said of a scene that was brought in: what it shows, and what it had to do without."""

from collections.abc import Sequence

import geopandas as gpd

from agro.farm import Finding
from agro.store import StoredScene
from app.services.imagery import scenes
from app.services.imagery.piece import Piece
from remote_sensing import indices


def of_scene(
    stored: StoredScene, done: Sequence[Piece], count: int, plots: gpd.GeoDataFrame, anew: bool, late: int
) -> list[Finding]:
    """Return what is to be told; `anew` of a replaced processing, `late` of plots that came after the scene."""
    about = stored.about or {}
    day, n = f"{stored.time:%Y-%m-%d}", len(plots)
    lit = scenes.lit_bands(about)
    if not indices.possible(about["roles"], "satellite"):
        found = [
            Finding(
                "info",
                f"{stored.sensor} {day}: a picture only to be looked at: its bands tell nothing of how well trees grow",
                f"{stored.sensor} {day}：只能看图：这些波段算不出长势",
            )
        ]
    else:
        found = [
            Finding(
                "info",
                f"{stored.sensor} {day}: {count} of {n} plots seen, {100 * (stored.cloud or 0):.0f} % cloud",
                f"{stored.sensor} {day}：看清 {count}/{n} 个地块，云及云影 {100 * (stored.cloud or 0):.0f} %",
            )
        ]
    if about.get("correction"):
        found.append(
            Finding(
                "info",
                f"light on slopes was put right in: {', '.join(lit) or 'no band'}",
                f"已做地形光照订正的波段：{'、'.join(lit) or '无'}",
            )
        )
    if about.get("mask") == "rule":
        found.append(
            Finding(
                "warning",
                "the files carry no classes: clouds were told by rules whose accuracy is not known",
                "文件没有云分类层：用规则判云，准确度未知",
            )
        )
    if not all(piece.relief for piece in done) and any(piece.relief for piece in done):
        found.append(
            Finding(
                "warning",
                "the elevation model does not reach all plots: shadow and light of slopes are not told beyond it",
                "高程数据没有覆盖所有地块：范围之外没有做山影和坡面光照处理",
            )
        )
    if anew:
        found.append(Finding("info", "an earlier processing was replaced", "替换了同一景的旧处理版本"))
    if late:
        found.append(
            Finding(
                "info", f"read again for {late} plots that came after it", f"已重新读取，补上后来导入的 {late} 个地块"
            )
        )
    return found
