# SPDX-License-Identifier: Apache-2.0
"""Rows of names and ratios as an SVG, readable on light and on dark ground."""

import math
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, ROW, TOP, FOOT = 760, 220, 130, 26, 62, 44
STYLE = """
    .ground { fill: #ffffff; } text { fill: #1f2328; font: 13px system-ui, sans-serif; }
    .title { font-size: 16px; font-weight: 600; } .note, .axis { fill: #59636e; font-size: 12px; }
    .grid { stroke: #d1d9e0; } .one { stroke: #59636e; stroke-width: 1.5; }
    .bar { fill: #0969da; } .missed { fill: #bc4c00; } .target { stroke: #1f2328; stroke-width: 2.5; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; } text { fill: #f0f6fc; } .note, .axis { fill: #9198a1; }
      .grid { stroke: #3d444d; } .one { stroke: #9198a1; } .bar { fill: #4493f8; }
      .missed { fill: #f0883e; } .target { stroke: #f0f6fc; }
    }"""


@dataclass
class Bar:
    name: str
    ratio: float
    target: float | None
    missed: bool


def steps(values):
    """1, 2, 5, 10 and so on around the values and 1."""
    series = [float(f"{digit}e{power}") for power in range(-6, 7) for digit in (1, 2, 5)]
    low = max(step for step in series if step <= min(1, *values))
    high = min(step for step in series if step >= max(2, *values))
    return [step for step in series if low <= step <= high]


def labelled(ticks):
    """All of a few steps, the powers of ten of many."""
    return ticks if len(ticks) < 9 else [tick for tick in ticks if math.log10(tick).is_integer()]


def number(value):
    return f"{value:.3g}"


def svg(title, note, bars):
    """Bars on a logarithmic axis; a short line across a bar is its target."""
    ticks = steps([bar.ratio for bar in bars] + [bar.target for bar in bars if bar.target])
    height, end = TOP + ROW * len(bars) + FOOT, WIDTH - RIGHT
    low, high = math.log10(ticks[0]), math.log10(ticks[-1])

    def x(value):
        share = (math.log10(max(value, ticks[0])) - low) / (high - low)
        return round(LEFT + share * (end - LEFT), 1)

    bottom = TOP + ROW * len(bars)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
             f' aria-label="{escape(title)}">', f"  <style>{STYLE}\n  </style>",
             f'  <rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>',
             f'  <text class="title" x="16" y="26">{escape(title)}</text>',
             f'  <text class="note" x="16" y="46">{escape(note)}</text>']
    for tick in labelled(ticks):
        kind = "one" if tick == 1 else "grid"
        lines += [f'  <line class="{kind}" x1="{x(tick)}" x2="{x(tick)}" y1="{TOP}" y2="{bottom}"/>',
                  f'  <text class="axis" x="{x(tick)}" y="{bottom + 18}" text-anchor="middle">'
                  f"{number(tick)}</text>"]
    for i, bar in enumerate(bars):
        y = TOP + ROW * i
        begin, stop = sorted((x(1), x(bar.ratio)))
        lines += [f'  <text x="{LEFT - 10}" y="{y + 17}" text-anchor="end">{escape(bar.name)}</text>',
                  f'  <rect class="{"missed" if bar.missed else "bar"}" x="{begin}" y="{y + 6}"'
                  f' width="{max(stop - begin, 2):.1f}" height="14" rx="2"/>',
                  f'  <text x="{end + 12}" y="{y + 17}">{number(bar.ratio)}'
                  f'{" (missed)" if bar.missed else ""}</text>']
        if bar.target:
            lines.append(f'  <line class="target" x1="{x(bar.target)}" x2="{x(bar.target)}"'
                         f' y1="{y + 3}" y2="{y + 23}"/>')
    lines.append(f'  <text class="note" x="16" y="{height - 10}">The axis is logarithmic. A short line'
                 " across a row is its target.</text>")
    return "\n".join([*lines, "</svg>", ""])
