"""From a matplotlib Figure to an SVG inside a page: its colours, its letters, no inline style."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pytest_accept.reports.html.visible_text import visible

# A figure is drawn in colours that stand for the page's own, which differ by theme.
INK, MUTED, GRID = "#010101", "#010102", "#010103"
ACCENT, SURFACE = "#010104", "#010105"
STATUS = {"accepted": "#010106", "rejected": "#010107", "inconclusive": "#010108"}
SOFT = {"accepted": "#010109", "rejected": "#01010a", "inconclusive": "#01010b"}
_VARIABLES = {
    INK: "--ink", MUTED: "--muted", GRID: "--grid", ACCENT: "--accent", SURFACE: "--surface",
    **{colour: f"--{status}" for status, colour in STATUS.items()},
    **{colour: f"--{status}-soft" for status, colour in SOFT.items()},
}  # fmt: skip

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pytest-model-acceptance",
    "text.usetex": False,
    "text.parse_math": False,
    "text.color": INK,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.solid_capstyle": "butt",
    "path.simplify": True,
}
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_GEOMETRY = {"d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "transform", "points"}


def draw(
    name: str, title: str, size: tuple[float, float], paint: Callable[[Figure], None]
) -> Markup:
    """Return what `paint` puts on a figure of `size` (in points, 72 an inch) as an inline SVG.

    `name` is unlike that of every other figure of the page: all ids begin with it. `title` is
    read out in the place of the figure. The same arguments give the same SVG, byte for byte.
    """
    # Our style alone, whatever a user's matplotlibrc says, and no word on letters that the font
    # which matplotlib measures with does not have: the browser's will.
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure = Figure(figsize=(size[0] / 72, size[1] / 72))
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        paint(figure)
        file = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", dpi=72, transparent=True, metadata=nothing)
    return _inlined(file.getvalue(), name, title)


def again(svg: Markup, name: str, other: str) -> Markup:
    """Return the figure drawn as `name` under another name: drawing takes longer."""
    text = str(svg)  # Markup would escape what is replaced
    return Markup(text.replace(f'"{name}-', f'"{other}-').replace(f"#{name}-", f"#{other}-"))


def axes(
    figure: Figure,
    *,
    left: float = 44,
    right: float = 10,
    top: float = 10,
    bottom: float = 34,
) -> Axes:
    """Return axes with margins in points, which leave room for their labels."""
    width, height = (72 * inches for inches in figure.get_size_inches())
    inner = (width - left - right) / width, (height - top - bottom) / height
    made = figure.add_axes((left / width, bottom / height, *inner))
    made.patch.set_visible(False)
    made.tick_params(left=False, bottom=False)
    return made


def dot(plot: Axes, x: float, y: float, size: float, colour: str) -> None:
    """Put a dot of `size` points on axes: as the round end of no line it takes little room."""
    plot.plot([x, x], [y, y], linewidth=size, color=colour, solid_capstyle="round", zorder=3)


def label(text: str, width: int = 40) -> str:
    """Return a text of unknown origin as a label: on one line, cut, without unseen characters."""
    return visible(" ".join(text.split()), width)


def _inlined(svg: str, name: str, title: str) -> Markup:
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            # Its style sheet would hold for the whole page.
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    # Ids that nothing refers to are dropped, the others begin with the name of the figure.
    used = dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    ids = {old: f"{name}-{number}" for number, old in enumerate(used)}
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.tail = None
        if element.tag != "text":
            element.text = None
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in ids:
                element.set("id", ids[old])
        if _HREF in element.attrib:
            element.set("href", f"#{ids[element.attrib.pop(_HREF)[1:]]}")
        if "clip-path" in element.attrib:
            element.set("clip-path", f"url(#{ids[element.attrib['clip-path'][5:-1]]})")
        for attribute in _GEOMETRY & element.attrib.keys():
            element.set(attribute, _shorter(element.attrib[attribute]))
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        _style_as_attributes(element)
    _flatten(root)
    _merge_lines(root)
    heading = ElementTree.Element("title", id=f"{name}-title")
    heading.text = visible(title)
    root.insert(0, heading)
    box = root.get("viewBox", "")
    root.attrib.clear()
    root.attrib |= {
        "viewBox": box,
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    _say_once(root, ("font-size", "text-anchor"))
    return Markup(ElementTree.tostring(root, encoding="unicode").replace(" />", "/>"))


def _flatten(element: ElementTree.Element) -> None:
    """Take away groups that only hold others, and what is empty."""
    children = []
    for child in list(element):
        _flatten(child)
        bare = child.tag in ("g", "defs") and not child.attrib
        if bare and (child.tag == "g" or not len(child)):
            children += list(child)
        else:
            children.append(child)
    element[:] = children


def _say_once(root: ElementTree.Element, names: tuple[str, ...]) -> None:
    """Say of all texts together what they have in common."""
    texts = list(root.iter("text"))
    for name in names:
        values = {text.get(name) for text in texts}
        if len(values) == 1 and (value := values.pop()) is not None:
            root.set(name, value)
            for text in texts:
                del text.attrib[name]


def _merge_lines(root: ElementTree.Element) -> None:
    """Draw lines that look alike, as those of a grid, as one path: pages hold many figures."""
    first: dict[tuple[tuple[str, str], ...], ElementTree.Element] = {}
    for path in list(root.iterfind("path")):
        if path.get("fill") != "none":
            continue
        look = tuple(sorted((key, value) for key, value in path.items() if key != "d"))
        if look in first:
            first[look].set("d", f"{first[look].get('d')} {path.get('d')}")
            root.remove(path)
        else:
            first[look] = path


def _style_as_attributes(element: ElementTree.Element) -> None:
    """Say a style as attributes: the page's policy allows no inline style."""
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if not key or key == "font-family":
            continue
        if key == "font":
            size = re.search(r"[\d.]+px", value)
            if size:
                element.set("font-size", size[0])
            if "bold" in value or re.search(r"\b[6-9]00\b", value):
                element.set("font-weight", "600")
            continue
        variable = _VARIABLES.get(value)
        element.set(key, f"var({variable})" if variable else value)
    # Black would be said by saying nothing.
    if element.tag == "text" and "fill" not in element.attrib:
        element.set("fill", "var(--ink)")


def _shorter(value: str) -> str:
    flat = " ".join(value.split())
    return _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), flat)
