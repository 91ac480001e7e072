"""What the slope page says: how late and mainly why, the sun that the mountain takes, what clouds make of it."""

from typing import Any

from app import session, words
from app.components import plot_story

CAUSES = ("elevation", "sun", "cold")
ALIKE = 1.0
"""Two causes that differ by less are named together. [d]"""

LITTLE = 0.05
"""Share of the light below which a difference is called small. [1]"""


def answers(outlook: Any) -> list[str]:
    """Return how far the plot runs behind the valley, and the cause that does most of it."""
    t, language, delay = session.t, session.language(), outlook.delay
    if not words.known(delay.get("p50")):
        return [t("slope.no_delay")]
    first, second, third = sorted(CAUSES, key=lambda cause: -abs(delay[cause]))
    late = plot_story.delay_said(delay)
    if abs(delay[first]) < 0.5:
        return [late, t("slope.no_cause")]
    each = {
        cause: t("slope.cause", cause=t(f"slope.{cause}"), said=words.effect(delay[cause], language))
        for cause in CAUSES
    }
    rest = [each[second], each[third]]
    main = t("slope.main_cause", cause=t(f"slope.{first}"), said=words.delay(delay[first], language))
    if abs(abs(delay[first]) - abs(delay[second])) < ALIKE:
        main, rest = (
            t("slope.two_causes", causes=t("words.and").join([each[cause] for cause in CAUSES if cause != third])),
            [each[third]],
        )
    return [late, main + t("slope.other_causes", causes=t("words.and").join(rest))]


def sun_lines(story: Any) -> list[str]:
    """Return the hours of sun that terrain takes in winter and summer, and how much of the light minds the slope."""
    t, language = session.t, session.language()
    hours = story.hours.set_index("key")
    lines = [
        t(
            f"slope.hours_{season}",
            day=words.day(hours.loc[season, "day"], language),
            **{name: words.number(hours.loc[season, name]) for name in ("open", "lost", "lit")},
        )
        for season in ("winter", "summer")
    ]
    if not words.known(story.diffuse["winter"]):
        return lines
    diffuse = {name: words.number(100 * share, 0) for name, share in story.diffuse.items()}
    lines.append(t("slope.diffuse", **diffuse))
    for season in ("winter", "summer"):
        real, clear = story.light[season], story.clear[season]
        said = t("slope.like_flat" if abs(real - 1) < LITTLE else "slope.unlike_flat")
        numbers = {"light": words.number(100 * real, 0), "clear": words.number(100 * clear, 0)}
        lines.append(t(f"slope.light_{season}", said=said, **numbers))
    return lines


def map_said(found: Any) -> str:
    """Return what stands behind a map: its cells, its source, its one weather."""
    t, about = session.t, found.about
    source = words.number(about["source_resolution"], 0)
    return t("slope.map_how", year=about["bloom_year"]) + t(f"slope.map_{about['resampling']}", source=source)
