"""The timeline drawn: the alternate one above the line, ours below it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from assistant.dates import earliest, spoken
from assistant.records import Event
from assistant.text import excerpt
from assistant.ui.palette import AXIS, BLUE, GREEN, ORANGE, SKY

__all__ = ["rows_of", "timeline_chart"]

LANES = 6
LABEL = 34
# Colour, shape and opacity of each kind of point; the words are those of the legend.
_LOOKS = {
    "accepted, parts from ours": (BLUE, "triangle-up", 1.0),
    "accepted, as in ours": (GREEN, "circle", 1.0),
    "proposed, parts from ours": (SKY, "triangle-up", 0.85),
    "proposed, as in ours": (GREEN, "circle", 0.5),
    "our timeline": (ORANGE, "diamond", 1.0),
}
_WIDTH = 1250  # pixels that the labels are laid out for
_LETTER = 6.7  # of one letter


def rows_of(canon: Sequence[Event], proposed: Sequence[Event]) -> list[dict[str, object]]:
    """Return a row for each event and each counterpart, with a lane so that labels seldom run into each other."""
    events = sorted([*canon, *proposed], key=lambda event: (earliest(event.date), event.id))
    if not events:
        return []
    first, last = earliest(events[0].date), earliest(events[-1].date)
    days = max((last - first).days, 30) * 1.12
    ends = {"above": [-1e9] * LANES, "below": [-1e9] * LANES}
    rows: list[dict[str, object]] = []
    accepted = {event.id for event in canon}
    for event in events:
        at = (earliest(event.date) - first).days / days * _WIDTH
        standing = "accepted" if event.id in accepted else "proposed"
        kind = f"{standing}, parts from ours" if event.diverges else f"{standing}, as in ours"
        rows.append(_row(event, event.title, kind, _lane(ends["above"], at, event.title)))
        if event.otl is not None and event.diverges:
            rows.append(_row(event, event.otl.text, "our timeline", -_lane(ends["below"], at, event.otl.text)))
    return rows


def _row(event: Event, text: str, kind: str, lane: int) -> dict[str, object]:
    day = earliest(event.date).isoformat()
    return {
        "day": day,
        "date": spoken(event.date),
        "text": text,
        "label": excerpt(text, LABEL),
        "kind": kind,
        "opaque": _LOOKS[kind][2],
        "lane": lane,
    }


def _lane(ends: list[float], at: float, text: str) -> int:
    """Return the lowest lane that is free at this place, else the one that is free first; counted from 1."""
    free = [number for number, end in enumerate(ends) if end <= at]
    lane = free[0] if free else ends.index(min(ends))
    ends[lane] = at + 18 + _LETTER * len(excerpt(text, LABEL))
    return lane + 1


def timeline_chart(rows: Sequence[dict[str, object]]) -> alt.LayerChart | alt.FacetChart:
    """Return the chart of `rows_of`; there must be at least one row."""
    kinds = [kind for kind in _LOOKS if any(row["kind"] == kind for row in rows)]
    looks = [_LOOKS[kind] for kind in kinds]
    scale = alt.Scale(domain=kinds, range=[color for color, _, _ in looks])
    shapes = alt.Scale(domain=kinds, range=[shape for _, shape, _ in looks])
    base = alt.Chart({"values": list(rows)})
    x = alt.X(
        "day:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True), scale=alt.Scale(nice=False, padding=30)
    )
    y = alt.Y("lane:Q", axis=None, scale=alt.Scale(domain=[-LANES - 0.7, LANES + 0.7]))
    tooltip = [
        alt.Tooltip("date:N", title="When"),
        alt.Tooltip("text:N", title="What"),
        alt.Tooltip("kind:N", title="Kind"),
    ]
    stems = base.mark_rule(color=AXIS, opacity=0.35).encode(x=x, y=y, y2=alt.datum(0))
    points = base.mark_point(filled=True, size=95).encode(
        x=x,
        y=y,
        color=alt.Color(
            "kind:N", scale=scale, legend=alt.Legend(title=None, orient="top", labelLimit=260, symbolOpacity=1)
        ),
        shape=alt.Shape("kind:N", scale=shapes),
        opacity=alt.Opacity("opaque:Q", scale=None),
        tooltip=tooltip,
    )
    labels = base.mark_text(align="left", dx=9, dy=1, fontSize=11, color=AXIS).encode(
        x=x, y=y, text="label:N", tooltip=tooltip
    )
    axis = alt.Chart({"values": [{"lane": 0}]}).mark_rule(color=AXIS, strokeWidth=2).encode(y=y)
    words = [{"lane": LANES + 0.5, "text": "The alternate timeline"}, {"lane": -LANES - 0.5, "text": "Our timeline"}]
    sides = (
        alt.Chart({"values": words})
        .mark_text(align="left", fontSize=12, fontWeight=600, color=AXIS)
        .encode(x=alt.value(2), y=y, text="text:N")
    )
    return alt.layer(axis, stems, points, labels, sides).properties(height=430)
