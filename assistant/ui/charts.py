"""Charts of the world-lines: drivers as fans, outcomes and turning points as pairs, the frontier, sensitivity.

Every series differs in shape or dash as well as in colour. Rows are plain values, made in the same file as the chart that draws
them, so that tests can read them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import altair as alt

from assistant.export.wording import range_words
from assistant.records import Probability
from assistant.ui.palette import AXIS, BLUE, ORANGE, SKY, VERMILION
from assistant.worldlines.engine import Fan

__all__ = ["MARK", "Chart", "Row", "fan_chart", "fan_rows", "frontier_chart", "pair_chart", "pair_rows", "swing_chart"]

Row = dict[str, object]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart
MARK = "mark"
"""Name of the selection that a click on a mark makes; its `id` is that of the thing drawn."""
BEFORE, AFTER = "nothing pulled", "levers pulled"
OURS, MEDIAN = "our timeline", "world-lines, median"
_PERCENT = alt.Axis(format=".0%", values=[at / 10 for at in range(11)])


def fan_rows(fans: Sequence[Fan], titles: Mapping[str, str]) -> list[Row]:
    """Return a row for each driver and day: our timeline's value and the percentiles of the worlds."""
    return [
        {
            "driver": titles[fan.driver],
            "day": day,
            "ours": fan.otl[at],
            **{f"p{percentile}": values[at] for percentile, values in fan.quantiles.items()},
        }
        for fan in fans
        for at, day in enumerate(fan.dates)
    ]


def fan_chart(rows: Sequence[Row], *, single: bool) -> Chart:
    """Return the fans: a band for four worlds in five, one for every second, the median, and our timeline dashed."""
    base = alt.Chart({"values": list(rows)}) if single else alt.Chart()
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%Y", tickCount=6))
    scale = alt.Scale(domain=[-1, 1])

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=scale)

    tooltip = [
        alt.Tooltip("driver:N", title="Driver"),
        alt.Tooltip("day:T", title="Day"),
        alt.Tooltip("ours:Q", title="Our timeline", format="+.2f"),
        alt.Tooltip("p50:Q", title="Median", format="+.2f"),
        alt.Tooltip("p10:Q", title="10th percentile", format="+.2f"),
        alt.Tooltip("p90:Q", title="90th percentile", format="+.2f"),
    ]
    color = alt.Color(
        "line:N",
        scale=alt.Scale(domain=[MEDIAN, OURS], range=[BLUE, VERMILION]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", labelLimit=240),
    )
    dash = alt.StrokeDash("line:N", scale=alt.Scale(domain=[MEDIAN, OURS], range=[[1, 0], [5, 3]]), legend=None)
    wide = base.mark_area(opacity=0.25, color=SKY).encode(x=x, y=y("p10"), y2="p90:Q", tooltip=tooltip)
    narrow = base.mark_area(opacity=0.45, color=SKY).encode(x=x, y=y("p25"), y2="p75:Q", tooltip=tooltip)
    median = _line(base, "p50", MEDIAN, x, y("p50"), color, dash, tooltip)
    ours = _line(base, "ours", OURS, x, y("ours"), color, dash, tooltip)
    layers = alt.layer(wide, narrow, median, ours)
    if single:
        return layers.properties(height=340)
    panels = alt.layer(wide, narrow, median, ours, data={"values": list(rows)}).properties(width=385, height=120)
    header = alt.Header(title=None, labelFontSize=12, labelFontWeight=600, labelLimit=380, labelAnchor="start")
    facets: alt.FacetChart = panels.facet(facet=alt.Facet("driver:N", header=header, sort=None), columns=3, spacing=18)
    return facets


def _line(
    base: alt.Chart,
    field: str,
    name: str,
    x: alt.X,
    y: alt.Y,
    color: alt.Color,
    dash: alt.StrokeDash,
    tooltip: list[alt.Tooltip],
) -> alt.Chart:
    named = base.transform_calculate(line=f"'{name}'")
    line: alt.Chart = named.mark_line(strokeWidth=2).encode(x=x, y=y, color=color, strokeDash=dash, tooltip=tooltip)
    return line


def pair_rows(
    names: Sequence[tuple[str, str]],
    before: Mapping[str, Probability],
    after: Mapping[str, Probability] | None,
    decided: Collection[str] = (),
) -> list[Row]:
    """Return rows before and after, for each (id, title) that is known; without `after` only those before.

    `decided` are those that a pulled lever decides: their figure is no odds, and the row says so.
    """
    rows: list[Row] = []
    for name, title in names:
        for series, found in ((BEFORE, before), (AFTER, after)):
            if found is not None and name in found:
                known = found[name]
                middle = (known.low + known.high) / 2
                words = "decided by a lever" if series == AFTER and name in decided else range_words(known)
                rows.append(
                    {
                        "id": name,
                        "title": title,
                        "series": series,
                        "low": known.low,
                        "high": known.high,
                        "middle": middle,
                        "words": words,
                    }
                )
    return rows


def pair_chart(rows: Sequence[Row], *, wide: int = 330) -> Chart:
    """Return paired bars, before above after, each with its range; a click selects by `id`."""
    titles = list(dict.fromkeys(str(row["title"]) for row in rows))
    present = [name for name in (BEFORE, AFTER) if any(row["series"] == name for row in rows)]
    base = alt.Chart({"values": list(rows)})
    y = alt.Y("title:N", title=None, sort=titles, axis=alt.Axis(labelLimit=wide, labelOverlap=False, labelFontSize=12))
    offset = alt.YOffset("series:N", sort=present)
    color = alt.Color(
        "series:N",
        sort=present,
        scale=alt.Scale(domain=[BEFORE, AFTER], range=[AXIS, BLUE]),
        legend=alt.Legend(title=None, orient="top", values=present),
    )
    tooltip = [
        alt.Tooltip("title:N", title="What"),
        alt.Tooltip("series:N", title="With"),
        alt.Tooltip("words:N", title="Range"),
    ]
    x = alt.X("middle:Q", title=None, scale=alt.Scale(domain=[0, 1.12]), axis=_PERCENT)
    chosen = alt.selection_point(name=MARK, fields=["id"])
    bars = (
        base.mark_bar(height={"band": 0.85}, opacity=0.85)
        .encode(x=x, y=y, yOffset=offset, color=color, tooltip=tooltip)
        .add_params(chosen)
    )
    spans = base.mark_rule(strokeWidth=2.5, color=ORANGE).encode(
        x=alt.X("low:Q"), x2="high:Q", y=y, yOffset=offset, tooltip=tooltip
    )
    ends = alt.X("high:Q")
    words = base.mark_text(align="left", dx=5, fontSize=10, color=AXIS).encode(
        x=ends, y=y, yOffset=offset, text="words:N"
    )
    return alt.layer(bars, spans, words).properties(height=(24 if len(present) == 1 else 36) * len(titles) + 30)


def frontier_chart(rows: Sequence[Row]) -> Chart:
    """Return the frontier: how plausible the premise is against how likely the outcome, both with their ranges."""
    base = alt.Chart({"values": list(rows)})
    x = alt.X(
        "premise:Q",
        title="plausibility of the premise (each step left is rarer)",
        scale=alt.Scale(type="log", nice=False, padding=20),
        axis=alt.Axis(format=".2~%", values=[0.0001, 0.001, 0.01, 0.1, 1]),
    )
    y = alt.Y("outcome:Q", title="probability of the outcome", axis=_PERCENT, scale=alt.Scale(zero=True, nice=True))
    tooltip = [
        alt.Tooltip("title:N", title="Granted"),
        alt.Tooltip("premise_words:N", title="Premise"),
        alt.Tooltip("outcome_words:N", title="Outcome then"),
    ]
    chosen = alt.selection_point(name=MARK, fields=["id"])
    line = base.mark_line(color=SKY, interpolate="step-before", opacity=0.7).encode(x=x, y=y, order="premise:Q")
    across = base.mark_rule(color=AXIS, opacity=0.6).encode(x=alt.X("premise_low:Q"), x2="premise_high:Q", y=y)
    along = base.mark_rule(color=AXIS, opacity=0.6).encode(x=x, y=alt.Y("outcome_low:Q"), y2="outcome_high:Q")
    shapes = alt.Shape(
        "size:O",
        scale=alt.Scale(domain=[0, 1, 2, 3, 4], range=["cross", "circle", "square", "triangle-up", "diamond"]),
        legend=alt.Legend(title="levers", orient="right", values=sorted({int(str(row["size"])) for row in rows})),
    )
    points = (
        base.mark_point(filled=True, size=110, color=BLUE, opacity=1)
        .encode(x=x, y=y, shape=shapes, tooltip=tooltip)
        .add_params(chosen)
    )
    labels = base.mark_text(align="left", dx=7, dy=-9, fontSize=12, color=AXIS).encode(x=x, y=y, text="number:N")
    return alt.layer(line, across, along, points, labels).properties(height=430)


def swing_chart(rows: Sequence[Row]) -> Chart:
    """Return, weight by weight, where the outcome's probability lies with it one spread lower and one spread higher."""
    titles = [str(row["title"]) for row in rows]
    base = alt.Chart({"values": list(rows)})
    y = alt.Y("title:N", title=None, sort=titles, axis=alt.Axis(labelLimit=430))
    tooltip = [
        alt.Tooltip("title:N", title="Weight"),
        alt.Tooltip("lower:Q", title="One spread lower", format=".1%"),
        alt.Tooltip("higher:Q", title="One spread higher", format=".1%"),
    ]
    scale = alt.Scale(zero=False, padding=20)
    x = alt.X("lower:Q", title="probability of the outcome", scale=scale, axis=alt.Axis(format=".1%"))
    rule = base.mark_rule(strokeWidth=3, color=AXIS).encode(x=x, x2="higher:Q", y=y, tooltip=tooltip)
    low = base.mark_point(filled=True, size=90, color=VERMILION, shape="triangle-left").encode(
        x=x, y=y, tooltip=tooltip
    )
    high = base.mark_point(filled=True, size=90, color=BLUE, shape="triangle-right").encode(
        x="higher:Q", y=y, tooltip=tooltip
    )
    return alt.layer(rule, low, high).properties(height=34 * len(titles) + 50)
