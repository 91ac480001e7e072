"""What may be sprayed at bloom: the class decides, and the hour when bees are home."""

from pest_warning.advice import groups
from pest_warning.organism import Words

BLOOM = (59, 69)
"""BBCH from the first balloon to the last petal: pests.md 9.1, by judgement on the safe side."""
WORDS = ("never", "dusk", "allowed")


def in_bloom(bbch: float | None) -> bool:
    """Return whether trees are in bloom; an unknown stage is none."""
    return bbch is not None and BLOOM[0] <= bbch <= BLOOM[1]


def at_bloom(group: str | None, product_kind: str | None = None) -> str:
    """Return "never", "dusk" or "allowed": what a mode of action may do at bloom.

    Without a group the kind of product decides where it is one class (copper, mancozeb, oil, sulphur); anything else
    that is not named may harm bees and is "never".
    """
    if group is None:
        group = next((one.key for one in groups.catalogue() if one.kind == product_kind and one.sole), None)
    return "never" if group is None else groups.group(group).at_bloom


def check(group: str, bbch: float | None) -> tuple[str, Words]:
    """Return ("passed" | "limited" | "failed" | "unknown", sentence) for a spray at stage `bbch`."""
    if bbch is None:
        return "unknown", Words(
            "物候期未知：花期（BBCH 59–69）禁用伤蜂药剂", "stage unknown: at bloom (BBCH 59-69) bees decide"
        )
    if not in_bloom(bbch):
        return "passed", Words(
            "不在花期；地面杂草开花时也要避开蜜蜂", "not in bloom; mind flowering weeds under the trees"
        )
    said = {
        "never": ("failed", Words("花期禁用此类药剂，保护蜜蜂", "not at bloom: this class harms bees")),
        "dusk": ("limited", Words("花期只可傍晚蜂归巢后施用", "at bloom only at dusk, when bees are home")),
        "allowed": ("passed", Words("此类措施花期可用", "this class may be used at bloom")),
    }
    return said[groups.group(group).at_bloom]
