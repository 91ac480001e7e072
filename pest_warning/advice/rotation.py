"""Whether a mode of action may be used now: not twice in a row, not beyond its number, not within one generation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from pest_warning.advice import groups
from pest_warning.organism import Words


@dataclass(frozen=True)
class Spray:
    """One spray on a plot, done or planned: its modes of action and the organisms it was meant for."""

    on: date
    groups: tuple[str, ...]
    organisms: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a group may be used, why, from when on again, and what to mind.

    `state` is "allowed", "not now" or "never"; `until` is None where no day ends it by itself.
    """

    state: str
    why: Words
    until: date | None = None
    warnings: tuple[Words, ...] = ()


def allowed(
    group: str,
    organism: str,
    sprays: Iterable[Spray],
    on: date,
    generation_days: float,
    partners: Sequence[str] = (),
) -> Verdict:
    """Return whether a mode of action may be sprayed against an organism.

    Parameters
    ----------
    group : str
        Key or alias of `groups.toml`, such as "IRAC 21A".
    organism : str
        Key of the organism that is to be hit.
    sprays : iterable of Spray
        All of the plot, planned ones too, in any order. What is not recorded is not known.
    on : date
        Of the spray in question.
    generation_days : float
        One generation of the organism now: successive generations get different groups. [d]
    partners : sequence of str
        Groups in the same tank.

    Returns
    -------
    Verdict
        "never" for a group that is withdrawn, or must not stand alone and does; "not now" where the neighbouring
        spray against this organism, before or after, had the same family, where the family was used within a
        generation, where the numbers of the season are used up, or where leaves would burn.

    Raises
    ------
    NotFoundError
        For an unknown group.
    ValueError
        When a generation has no length.

    Notes
    -----
    Sub-groups at one site (4A and 4D) count as one family in a row and within a generation. Groups with several sites,
    oil, baits and living agents need no rotation; gaps between oil, sulphur and copper hold for all.
    """
    if not generation_days > 0:
        raise ValueError(f"a generation lasts more than 0 days; got {generation_days}")
    one, all_sprays = groups.group(group), sorted(sprays, key=lambda spray: spray.on)
    against = [spray for spray in all_sprays if organism in spray.organisms]
    rules = (
        _forbidden(one),
        _alone(one, partners),
        _in_season(one, all_sprays, on, one.per_season, _OF_PLOT),
        _in_season(one, against, on, one.per_organism, _OF_ORGANISM),
        _in_generation(one, against, on, generation_days),
        _in_a_row(one, against, on),
        _burning(one, all_sprays, on, partners),
    )
    warnings = tuple(groups.warnings()[key] for key in one.warnings)
    found = [verdict for verdict in rules if verdict is not None]
    worst = next((v for v in found if v.state == "never"), None) or max(found, key=_last, default=None)
    if worst is None:
        return Verdict(
            "allowed", Words("轮换上可用；以标签登记为准", "rotation allows it; the label decides"), None, warnings
        )
    return Verdict(worst.state, worst.why, worst.until, warnings)


_OF_PLOT = Words("本季该组已用 {n} 次，限 {most} 次", "used {n} times this season, at most {most}")
_OF_ORGANISM = Words(
    "本季已用该组防治此对象 {n} 次，限 {most} 次", "used {n} times against it this season, at most {most}"
)


def _last(verdict: Verdict) -> date:
    return verdict.until or date.max


def _families(spray: Spray) -> set[str]:
    return {groups.group(name).family for name in spray.groups}


def _forbidden(one):
    if one.forbidden:
        return Verdict("never", Words("该类已停用，不得使用", "withdrawn: must not be used"))
    return None


def _alone(one, partners):
    others = {groups.group(name).family for name in partners} - {one.family}
    if one.never_alone and not others:
        return Verdict(
            "never", Words("不可单用，须与其他作用机理混用", "never alone: only mixed with another mode of action")
        )
    return None


def _in_season(one, sprays, on, most, sentence):
    used = [spray for spray in sprays if _season(spray.on) == _season(on) and one in map(groups.group, spray.groups)]
    if most is None or len(used) < most:
        return None
    words = Words(*(text.format(n=len(used), most=int(most)) for text in (sentence.zh, sentence.en)))
    return Verdict("not now", words, date(_season(on) + 1, *groups.season_start()))


def _season(day: date) -> int:
    """Return the year in which the season of `day` began."""
    return day.year if (day.month, day.day) >= groups.season_start() else day.year - 1


def _in_generation(one, against, on, generation_days):
    days = timedelta(ceil(generation_days))
    near = [s.on for s in against if abs(s.on - on) < days and one.family in _families(s)]
    if not one.rotates or not near:
        return None
    why = Words("一个世代内用过同组药剂，下一代须换组", "the same group within one generation: change it for the next")
    return Verdict("not now", why, max(near) + days)


def _in_a_row(one, against, on):
    days = [spray.on for spray in against]
    last, following = max((d for d in days if d <= on), default=None), min((d for d in days if d > on), default=None)
    beside = [spray for spray in against if spray.on in (last, following)]
    if not one.rotates or not any(one.family in _families(spray) for spray in beside):
        return None
    why = Words(
        "上一次（或下一次）防治此对象用同组药剂，须先换组",
        "the neighbouring spray against it had this group: another first",
    )
    return Verdict("not now", why)


def _burning(one, sprays, on, partners):
    found = []
    for gap in groups.gaps():
        if one.key not in gap.pair:
            continue
        (other,) = gap.pair - {one.key}
        if other in {groups.group(name).key for name in partners}:
            found.append(Verdict("never", Words(f"不可同桶：{gap.words.zh}", f"not in one tank: {gap.words.en}")))
        days = timedelta(gap.days)
        near = [s.on for s in sprays if abs(s.on - on) < days and other in {groups.group(n).key for n in s.groups}]
        if near:
            words = Words(f"{gap.words.zh}，需隔 {gap.days} 天", f"{gap.words.en}: {gap.days} days are needed")
            found.append(Verdict("not now", words, max(near) + days))
    return max(found, key=lambda verdict: (verdict.state == "never", _last(verdict)), default=None)
