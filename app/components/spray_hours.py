"""When to spray: the answer in a sentence, seven days by the hour with reasons, the windows; by sprayer and product."""

from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from app import session, words
from app.answers import pest_advice
from app.components import cards

STYLE = Path(__file__).with_name("spray_hours.css").read_text(encoding="utf-8")
FIRST, LAST = 5, 20  # hours shown: before and after nobody sees a leaf
MARKS = {"good": "✓", "marginal": "~", "unknown": "?", "no": ""}
PRODUCTS = ("contact", "systemic", "copper", "mancozeb", "oil", "sulphur", "bait")
MOST = 6  # windows told in words


def show(plot_id: str) -> None:
    """Show when one plot can be sprayed; the choice of sprayer and product stands below the answer."""
    t = session.t
    spot = st.container()
    left, right = st.columns(2)
    names = pest_advice.sprayers()
    sprayer = left.selectbox(t("spray.sprayer"), list(names), key="spray_sprayer", format_func=names.get)
    product = right.selectbox(
        t("spray.product"), PRODUCTS, key="spray_product", format_func=lambda kind: t(f"spray.product_{kind}")
    )
    with spot, st.spinner(t("spray.working")):
        found, why = pest_advice.hours(plot_id, sprayer, product)
    if found is None:
        spot.info(why, icon=":material/hourglass_empty:")
        return
    answer = pest_advice.answer(found)
    with spot:
        cards.answer([sentence(answer)])
        if not answer.today:
            st.caption(t("spray.as_of", day=words.today_in(found.issued, session.language())))
        if found.bloom:
            st.warning(t("spray.bloom"), icon=":material/local_florist:")
    since = pest_advice.now() if answer.today else None
    st.html(f"<style>{STYLE}</style>{strip(found, since)}")
    st.markdown("\n".join(f"- {line}" for line in windows(found)))
    if far := _far(found):
        st.caption(t("spray.far", days=t("words.and").join(far)))
    st.caption(t("spray.how", n=found.members))


def sentence(answer: Any) -> str:
    """Return whether one can spray, why not, and when next, in one sentence."""
    t = session.t
    day = t("spray.today") if answer.today else _day(answer.day)
    if answer.window is not None:
        limits = answer.window.limits
        span = _span(answer.window)
        said = t("spray.yes", span=span) if limits is None else t(
            "spray.yes_marginal", span=span, why=pest_advice.said(limits)
        )  # fmt: skip
    else:
        said = t("spray.no", why=t("spray.late") if answer.why is None else pest_advice.said(answer.why))
    ahead = t("spray.next", when=_when(answer.next)) if answer.next is not None else t("spray.none_ahead")
    return t("spray.can", day=day, said=said, next=ahead)


def line(answer: Any) -> str:
    """Return the answer as half a sentence, for a card that has more to say."""
    t = session.t
    day = t("spray.today") if answer.today else _day(answer.day)
    if answer.window is not None:
        span, limits = _span(answer.window), answer.window.limits
        if limits is not None:
            return t("spray.line_marginal", day=day, span=span, why=pest_advice.said(limits))
        return t("spray.line_yes", day=day, span=span)
    why = t("spray.late") if answer.why is None else pest_advice.said(answer.why)
    ahead = t("spray.next", when=_when(answer.next)) if answer.next is not None else t("spray.none_ahead")
    return t("spray.line_no", day=day, why=why, next=ahead)


def windows(found: Any) -> list[str]:
    """Return the coming windows in words: when, how good, in how many members, and what ends them."""
    t = session.t
    told = []
    for one in [one for one in found.windows if one.start.date() <= found.counted][:MOST]:
        quality = t(f"spray.state_{one.quality}")
        if one.limits is not None:
            quality = t("spray.because", state=quality, why=pest_advice.said(one.limits))
        told.append(t(
            "spray.window", when=_when(one), quality=quality, n=round(one.share_usable * found.members),
            all=found.members, ends=pest_advice.said(one.ends),
        ))  # fmt: skip
    return told


def strip(found: Any, now: datetime | None) -> str:
    """Return the days hour by hour as HTML, what is gone pale; a tap on a day opens its reasons."""
    t = session.t
    clock = "".join(f"<span>{hour if hour % 3 == 0 else ''}</span>" for hour in range(FIRST, LAST + 1))
    rows = [f'<div class="row"><small></small><div class="cells clock">{clock}</div></div>']
    for day, hours in found.hours.groupby(found.hours["time"].dt.date):
        light = hours[hours["time"].dt.hour.between(FIRST, LAST)]
        cells = "".join(_cell(row, now is not None and row.time < now) for row in light.itertuples())
        reasons = "".join(f"<li>{escape(said)}</li>" for said in _runs(light))
        rows.append(
            f'<details><summary class="row"><b>{escape(_short(day))}</b><div class="cells">{cells}</div></summary>'
            f"<ul>{reasons}</ul></details>"
        )
    key = "".join(f'<span><i class="{state}"></i>{escape(t(f"spray.state_{state}"))}</span>' for state in MARKS)
    return f'<div class="citrus-hours">{"".join(rows)}<div class="key">{key}<span>{t("spray.tap")}</span></div></div>'


def _cell(row: Any, gone: bool) -> str:
    shade = f"{row.state} gone" if gone else row.state
    return f'<span class="{shade}" title="{escape(_told(row))}">{MARKS[row.state]}</span>'


def _runs(hours: Any) -> Iterator[str]:
    """Yield what holds from hour to hour, neighbouring hours of one state and first reason in one line."""
    change = (hours["state"] + hours["rule"]).ne((hours["state"] + hours["rule"]).shift()).cumsum()
    for _, some in hours.groupby(change, sort=False):
        first, last = some["time"].iloc[0].hour, some["time"].iloc[-1].hour + 1
        row = some.iloc[len(some) // 2]
        why = row[session.language()]
        state = session.t(f"spray.state_{row['state']}")
        said = session.t("spray.because", state=state, why=why) if why else state
        yield session.t("spray.run", first=first, last=last, said=said)


def _told(row: Any) -> str:
    state, why = session.t(f"spray.state_{row.state}"), getattr(row, session.language())
    return session.t("spray.run", first=row.time.hour, last=row.time.hour + 1, said=f"{state} {why}".strip())


def _far(found: Any) -> list[str]:
    """Return the days with a window beyond those for which members are counted."""
    return [_day(day) for day in dict.fromkeys(one.start.date() for one in found.windows) if day > found.counted]


def _span(window: Any) -> str:
    return session.t("spray.span", first=window.start.hour, last=window.end.hour or 24)


def _when(window: Any) -> str:
    return session.t("spray.when", day=_day(window.start.date()), span=_span(window))


def _day(day: date) -> str:
    named = session.t("spray.weekdays").split(",")[day.weekday()]
    return session.t("spray.day", weekday=named, day=words.day(day, session.language()))


def _short(day: date) -> str:
    named = session.t("spray.weekdays").split(",")[day.weekday()]
    return session.t("spray.day_short", weekday=named, day=day.day)
