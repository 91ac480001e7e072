"""A walk on paper: a sketch of the way, what to look at, boxes to tick and room for notes; it prints."""

import math
from html import escape
from typing import Any

import shapely

from agro.farm import Viewer
from agro.store import rights
from app.services.imagery import field_notes, walks, words
from app.services.platform import Platform

WIDTH, HEIGHT, EDGE = 640.0, 420.0, 34.0  # px of the sketch
STYLE = """
body { font: 15px/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #111;
  margin: 1.2rem auto; max-width: 720px; padding: 0 .8rem }
h1 { font-size: 1.4rem; margin: 0 0 .3rem } svg { width: 100%; border: 1px solid #999 }
table { border-collapse: collapse; width: 100%; margin-top: .8rem } tr { break-inside: avoid }
td, th { border: 1px solid #999; padding: .35rem .5rem; vertical-align: top; text-align: left }
td.note { width: 34%; height: 4.2rem; color: #666 } small { color: #444 }
.mark { background: #ffe9a8; padding: .1rem .5rem } @page { size: A4; margin: 14mm }
"""


def html(viewer: Viewer, home: Platform, walk: str, language: str = "zh") -> str:
    """Return a kept walk as one self-contained page of HTML; nothing in it is loaded from elsewhere."""
    kept = walks.one(viewer, home, walk)
    plots = home.store.plots(rights.scope(viewer, "walk.read"), ids=sorted({stop["plot"] for stop in kept.stops}))

    def said(key: str, **told: Any) -> str:
        return escape(words.said("sheet", key, language, **told))

    day = words.day(kept.date, language)
    mark = f'<span class="mark">{said("synthetic")}</span>' if kept.synthetic else ""
    boxes = " ".join(f"☐{escape(name[language])}" for name in field_notes.findings().values())
    rows = []
    for k, stop in enumerate(kept.stops, start=1):
        size = said("of_area", mu=f"{stop['area_mu']:.1f}") if stop["area_mu"] else ""
        leg = said("leg", **{name: round(stop[name]) for name in ("metres", "minutes", "climb")})
        rows.append(
            f"<tr><td><b>{k}</b></td><td><b>{escape(stop['plot_name'])}</b> {escape(stop[language])}{size}<br>"
            f"{escape(stop[f'look_{language}'])}<br>"
            f"<small>{stop['latitude']:.5f} N, {stop['longitude']:.5f} E · {leg}</small></td>"
            f'<td class="note"><small>{boxes}</small><br>{said("note")}</td></tr>'
        )
    table = "".join(rows)
    head = said("head", n=len(kept.stops), metres=round(kept.metres), minutes=round(kept.minutes))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{said("title", day=day)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{said('title', day=day)} {mark}</h1><p>{head}</p>"
        f"{_sketch(kept, list(plots.geometry))}"
        f"<table><thead><tr><th>#</th><th>{said('where')}</th><th>{said('found')}</th></tr></thead>"
        f"<tbody>{table}</tbody></table><p><small>{said('straight')} {said('no_cause')}</small></p></body></html>"
    )


def _sketch(kept: Any, outlines: list[shapely.Geometry]) -> str:
    """Return plots, way and stops as SVG, north up, with a bar of distance."""
    seen = [*outlines, *(shapely.Point(stop["longitude"], stop["latitude"]) for stop in kept.stops)]
    if kept.geometry is not None:
        seen.append(kept.geometry)
    west, south, east, north = shapely.total_bounds(seen)
    flat = math.cos(math.radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * EDGE) / max((east - west) * flat, 1e-6), (HEIGHT - 2 * EDGE) / max(north - south, 1e-6)
    )  # px a degree of latitude

    def at(x: float, y: float) -> str:
        return f"{EDGE + (x - west) * flat * scale:.1f},{HEIGHT - EDGE - (y - south) * scale:.1f}"

    drawn = []
    for outline in outlines:
        for part in getattr(outline, "geoms", [outline]):
            ring = " ".join(at(*corner[:2]) for corner in part.exterior.coords)
            drawn.append(f'<polygon points="{ring}" fill="#eef3ea" stroke="#7a8a7f"/>')
    if kept.geometry is not None:
        way = " ".join(at(*corner[:2]) for corner in kept.geometry.coords)
        drawn.append(f'<polyline points="{way}" fill="none" stroke="#c2571a" stroke-width="2" stroke-dasharray="2 5"/>')
    for k, stop in enumerate(kept.stops, start=1):
        x, y = at(stop["longitude"], stop["latitude"]).split(",")
        drawn.append(
            f'<circle cx="{x}" cy="{y}" r="11" fill="#fff" stroke="#c2571a" stroke-width="2"/>'
            f'<text x="{x}" y="{y}" text-anchor="middle" dominant-baseline="central" font-size="13">{k}</text>'
        )
    bar = _round(0.3 * WIDTH / scale * 111_195.0)
    length = bar / 111_195.0 * scale
    drawn.append(
        f'<path d="M{EDGE:.0f},{HEIGHT - 12:.0f} h{length:.1f}" stroke="#111" stroke-width="3"/>'
        f'<text x="{EDGE + length + 8:.0f}" y="{HEIGHT - 8:.0f}" font-size="13">{bar:g} m</text>'
        f'<text x="{WIDTH - 22:.0f}" y="24" font-size="15">N ↑</text>'
    )
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">{"".join(drawn)}</svg>'


def _round(metres: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above `metres`."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0))
