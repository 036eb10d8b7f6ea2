"""A page of HTML that needs nothing else: no network, no script, no other file."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np

# Whatever a name may smuggle in, the page loads nothing and runs nothing.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = """
:root { color-scheme: light dark; --paper: #fafaf8; --ink: #1c1e22; --faint: #62666c;
  --line: #dcdcd8; --cell: 47, 93, 138; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17191c; --ink: #e6e6e2; --faint: #9a9ea4; --line: #34383d;
    --cell: 96, 150, 205; } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p, figcaption { color: var(--faint); } .big { font-size: 1.3rem; color: var(--ink); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td:first-child { text-align: left; }
th:first-child, .words td, .words th, .noted td:last-child { text-align: left;
  overflow-wrap: anywhere; }
th:first-child { min-width: 5.5rem; }
.words td:first-child { white-space: nowrap; }
pre { overflow-x: auto; background: color-mix(in srgb, var(--ink) 7%, transparent);
  padding: .6rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; }
.plot { width: 19rem; } .thumb { width: 7.5rem; font-size: .8rem; }
.thumb img { width: 7rem; height: 7rem; object-fit: contain; image-rendering: pixelated;
  border: 1px solid var(--line); } .thumb figcaption { overflow-wrap: anywhere; }
.pair td, .pair th { padding: .15rem .35rem; }
.pair th:first-child { overflow-wrap: normal; white-space: nowrap; }
.pair figure { flex: 1 1 26rem; min-width: 0; font-size: .85rem; }
.learned img { width: 100%; height: auto; }
svg { width: 100%; height: auto; } svg text { fill: var(--faint); font-size: 11px; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: var(--line); } .chance { stroke: var(--faint); stroke-dasharray: 4 3; }
polyline, .legend path { fill: none; stroke-width: 2; }
.dashed { stroke-dasharray: 5 3; }
.legend { columns: 2; column-gap: 1rem; list-style: none; margin: .3rem 0; padding: 0 .4rem;
  font-size: .75rem; line-height: 1.5; font-variant-numeric: tabular-nums; }
.legend li { break-inside: avoid; overflow-wrap: anywhere; padding-left: 1.9rem;
  text-indent: -1.9rem; }
.legend svg { width: 1.5rem; height: .5rem; margin-right: .4rem; }
"""
LINES = ("#3b78b5", "#d1622b", "#4c9a4a", "#9a66b0", "#b8912b", "#2f9c9c", "#c2527f", "#80868c")
STYLE += "".join(f".c{k} {{ stroke: {c} }} .d{k} {{ fill: {c} }} " for k, c in enumerate(LINES))


def html_page(title: str, parts: Sequence[str]) -> str:
    """Return a page; `parts` are HTML already, the title is not."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def section(title: str, *parts: str) -> str:
    """Return parts, HTML already, under a heading."""
    return f"<h2>{escape(title)}</h2>\n" + "\n".join(parts)


def table(rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """Return a table of texts whose first row is its head."""
    head, *others = ["".join(f"<td>{escape(word)}</td>" for word in row) for row in rows]
    body = "".join(f"<tr>{row}</tr>" for row in others)
    head = head.replace("<td>", "<th>").replace("</td>", "</th>")
    return f'<div class="wide"><table class="{kind}"><tr>{head}</tr>{body}</table></div>'


def figure(drawn: str, caption: str, kind: str = "plot") -> str:
    """Return something drawn, HTML already, over its caption."""
    return f'<figure class="{kind}">{drawn}<figcaption>{escape(caption)}</figcaption></figure>'


def image(picture: np.ndarray, alternative: str) -> str:
    """Return a picture, (H, W) or (H, W, 3) uint8, as part of the page itself."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    text = base64.b64encode(stream.getvalue()).decode()
    return f'<img alt="{escape(alternative)}" src="data:image/png;base64,{text}">'
