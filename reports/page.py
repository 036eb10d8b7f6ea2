"""Sections under each other on one page, each with a title and a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from ..images.colour import to_rgb
from ..images.resize import resize
from .contact_sheet import FAINT, INK, MARGIN, PAPER, font

HEADING, NOTE, TITLE, GAP = 24, 13, 15, 26
BORDER = (205, 206, 206)
# Pages much wider than this are hard to look at.
PAGE_WIDTH = 1000
LABEL = 18  # what a cell's label takes above it


@dataclass(frozen=True)
class Section:
    """A title, fainter what to know of it, and a picture."""

    title: str
    picture: np.ndarray
    note: str = ""


def stacked(heading: str, note: str, sections: Sequence[Section]) -> np.ndarray:
    """Put sections under each other.

    Parameters
    ----------
    heading, note : str
    sections : sequence of Section
        Pictures (H, W) or (H, W, 3) uint8, shown as they are.

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    top = MARGIN + HEADING + (NOTE + 10 if note else 4) + GAP // 2
    heights = [_above(one) + one.picture.shape[0] + GAP for one in sections]
    width = 2 * MARGIN + max(
        [_width(heading, HEADING), _width(note, NOTE)]
        + [max(_width(_line(one), TITLE), one.picture.shape[1]) for one in sections]
    )
    page = Image.new("RGB", (width, top + sum(heights) - GAP + MARGIN), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, MARGIN - 6), heading, INK, font(HEADING))
    draw.text((MARGIN, MARGIN + HEADING + 4), note, FAINT, font(NOTE))
    for one, height in zip(sections, heights, strict=True):
        draw.text((MARGIN, top), one.title, INK, font(TITLE))
        left = MARGIN + (_width(one.title, TITLE) + 12 if one.title else 0)
        draw.text((left, top + 2), one.note, FAINT, font(NOTE))
        page.paste(Image.fromarray(to_rgb(one.picture)), (MARGIN, top + _above(one)))
        top += height
    return np.array(page)


def _above(section: Section) -> int:
    return TITLE + 10 if section.title or section.note else 0


def _line(section: Section) -> str:
    return f"{section.title}   {section.note}"


def _width(text: str, size: int) -> int:
    return int(font(size).getlength(text)) + 1


def grid(
    pictures: Sequence[np.ndarray],
    *,
    columns: int,
    gap: int = 6,
    labels: Sequence[str] | None = None,
    framed: bool = True,
) -> np.ndarray:
    """Lay pictures of one size out in rows, with labels above them.

    Parameters
    ----------
    pictures : sequence of ndarray, (H, W) or (H, W, 3) uint8
    columns, gap : int
        Pictures in a row, and pixels between them.
    labels : sequence of str, optional
    framed : bool
        Whether each gets a thin line around it, over its outermost pixels.

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    height, width = pictures[0].shape[:2]
    above = LABEL if labels else 0
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    down, right = height + above + gap, width + gap
    page = Image.new("RGB", (columns * right - gap, rows * down - gap), PAPER)
    draw = ImageDraw.Draw(page)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        left, top = column * right, row * down
        if labels:
            draw.text((left, top), labels[number], FAINT, font(12))
        page.paste(Image.fromarray(to_rgb(picture)), (left, top + above))
        if framed:
            # White pictures would run into the paper.
            corner = (left + width - 1, top + above + height - 1)
            draw.rectangle(((left, top + above), corner), outline=BORDER)
    return np.array(page)


def enlarged(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a small picture pixel by pixel, its longer side about `side`; a large one shrunk."""
    longer = max(picture.shape[:2])
    if longer > side:
        rows, columns = (max(1, n * side // longer) for n in picture.shape[:2])
        return resize(picture, (rows, columns))
    times = max(1, round(side / longer))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def around_zero(values: np.ndarray, most: float) -> np.ndarray:
    """Return numbers as uint8: -most black, 0 gray, +most white."""
    return np.clip(np.rint(128 + 127 * _shares(values, most)), 0, 255).astype(np.uint8)


def from_zero(values: np.ndarray, most: float) -> np.ndarray:
    """Return numbers as uint8: 0 black, most white."""
    return np.clip(np.rint(255 * _shares(values, most)), 0, 255).astype(np.uint8)


def _shares(values: np.ndarray, most: float) -> np.ndarray:
    """Return numbers as shares of the greatest; what is no number is drawn as 0."""
    if not most > 0:
        return np.zeros_like(values)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.nan_to_num(values / most, nan=0, posinf=1, neginf=-1)
