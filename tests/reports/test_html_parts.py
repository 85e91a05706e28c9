"""What the page is made of: marked texts, figures, colours."""

import math
import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from pytest_accept.records import Curve, Edited, ReliabilityBin, TextEdit, Threshold, TokenScore
from pytest_accept.reports.html.figures.drawing import again
from pytest_accept.reports.html.figures.intervals import Strip, common_scale, strip
from pytest_accept.reports.html.figures.precision_recall import precision_recall_curve
from pytest_accept.reports.html.figures.reliability import reliability_diagram
from pytest_accept.reports.html.segments import Segment, texts
from tests.reports.rich_records import example

SVG = "{http://www.w3.org/2000/svg}"


def drawn(low: float, high: float, bar: float | None = 0.5, direction: str = "above") -> str:
    shown = Strip(value=0.6, low=low, high=high, bar=bar, direction=direction)  # type: ignore[arg-type]
    return strip("s", "title", shown, (0.0, 1.0))


def at(number: float) -> float:
    """Return where a number from 0 to 1 stands on a strip."""
    return 16 + number * (360 - 2 * 16)


def boxes(svg: str) -> list[tuple[float, float]]:
    """Return from where to where the shaded boxes reach."""
    found = re.findall(r'd="([^"]+)" fill="var\(--accepted-soft\)"', svg)
    sides = [[float(x) for x in re.findall(r"[ML] ([\d.]+) ", path)] for path in found]
    return [(min(side), max(side)) for side in sides]


def test_a_strip_is_drawn_to_scale() -> None:
    svg = drawn(0.4, 0.8)
    lines = re.findall(r'd="M ([\d.]+) 12 L ([\d.]+) 12" fill="none" stroke="var\(--accent\)"', svg)
    interval, value = ([float(end) for end in line] for line in lines)
    assert interval == pytest.approx([at(0.4), at(0.8)], abs=0.1)
    assert value == pytest.approx([at(0.6)] * 2, abs=0.1)
    assert [f">{tick}</text>" in svg for tick in ("0.0", "0.5", "1.0")] == [True] * 3


@pytest.mark.parametrize(("direction", "side"), [("above", (0.5, 1.0)), ("below", (0.0, 0.5))])
def test_the_side_that_is_asked_for_is_shaded(direction: str, side: tuple[float, float]) -> None:
    (shaded,) = boxes(drawn(0.4, 0.8, direction=direction))
    assert shaded == pytest.approx((at(side[0]), at(side[1])), abs=0.1)
    assert not boxes(drawn(0.4, 0.8, bar=None))


def test_rows_of_a_metric_share_a_scale_on_which_all_fit() -> None:
    one = Strip(value=0.7, low=0.6, high=math.inf, bar=0.9)
    two = Strip(value=0.2, low=0.1, high=0.3, bar=0.5)
    low, high = common_scale([one, two])
    assert -0.1 < low < 0.1
    assert 0.9 < high < 1.1, "an infinite bound makes no infinite axis"
    assert common_scale([Strip(value=0.0, low=0.0, high=0.0, bar=0.0)]) == (-0.05, 0.05)
    assert common_scale([]) == (0.0, 1.0)


def test_a_bound_beyond_the_axis_ends_in_an_arrow() -> None:
    assert "M 344 15.5 L 344 12 L 344 8.5" in drawn(0.4, 1.0)
    assert "M 340 15.5 L 344 12 L 340 8.5" in drawn(0.4, math.inf)
    assert "M 20 15.5 L 16 12 L 20 8.5" in drawn(-math.inf, 0.8)
    assert "15.5" not in drawn(0.6, 0.6), "a value without an interval has no ends"


def test_an_svg_is_fit_for_a_page_with_others() -> None:
    svg = drawn(0.4, 0.8)
    root = ElementTree.fromstring(svg)
    assert root.find("title") is not None
    assert root.attrib["role"] == "img"
    assert "style" not in svg, "the page's policy forbids inline styles"
    assert not re.findall(r"#[0-9a-f]{6}", svg), "colours are those of the theme"
    ids = re.findall(r' id="([^"]+)"', svg)
    assert ids
    assert all(each.startswith("s-") for each in ids)
    other = again(drawn(0.4, 0.8), "s", "t")
    assert re.findall(r' id="([^"]+)"', other) == [f"t{each[1:]}" for each in ids]
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', other)) <= {f"t{e[1:]}" for e in ids}


def test_figures_of_degenerate_values_are_drawn() -> None:
    nothing = Threshold(
        score=0.0, true_positives=0, false_positives=0, true_negatives=5, false_negatives=0
    )
    assert "<svg" in precision_recall_curve("c", Curve(label="$x^2$", thresholds=(nothing,)))
    assert "<svg" in reliability_diagram("r", [ReliabilityBin(n=1, confidence=1.0, accuracy=0.0)])


def test_labels_are_text_and_no_formula() -> None:
    some = Threshold(
        score=0.5, true_positives=3, false_positives=1, true_negatives=5, false_negatives=1
    )
    label = "$\\frac{x}$ \u65e5 \u202e <b>"
    svg = precision_recall_curve("c", Curve(label=label, thresholds=(some,)))
    assert "recall of $\\frac{x}$ \u65e5 \\u202e &lt;b&gt;</text>" in svg


def plain(segments: list[Segment]) -> str:
    return "".join(f"[{each.text}]" if each.kind != "plain" else each.text for each in segments)


def test_long_texts_keep_what_is_near_to_a_mark() -> None:
    text = "a" * 3000 + "MARK" + "b" * 3000
    edit = TextEdit(start=3000, stop=3004, replacement="new", kind="word")
    edited = Edited(text="", edits=(edit,), predicted="pos", probability=0.5)
    (shown,) = texts(example(text=text, edited=edited))
    assert plain(shown) == (
        f"[2,760 characters]{'a' * 240}[MARK][new]{'b' * 240}[2,760 characters]"
    )
    (whole,) = texts(example(text="c" * 5000))
    assert plain(whole) == f"{'c' * 720}[4,280 characters]"
    assert texts(example(text="")) == [[]]


def test_marks_that_overlap_or_lie_outside_break_nothing() -> None:
    edits = (
        TextEdit(start=0, stop=5, replacement="x", kind="one"),
        TextEdit(start=3, stop=9, replacement="y", kind="two"),
        TextEdit(start=90, stop=99, replacement="", kind="three"),
    )
    edited = Edited(text="", edits=edits, predicted="pos", probability=0.5)
    (shown,) = texts(example(text="0123456789", edited=edited))
    assert plain(shown) == "[01234][x]56789"


def test_scores_without_a_size_mark_nothing() -> None:
    for score in (0.0, math.inf):
        (shown,) = texts(example(attributions=(TokenScore(start=0, stop=1, score=score),)))
        assert [each.kind for each in shown] == ["plain"]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(theme: int) -> None:
    style = files("pytest_accept.reports.html").joinpath("templates", "style.css").read_text()
    pairs = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);", style)
    colours = {name: (light, dark)[theme] for name, light, dark in pairs}
    grounds = [name for name in colours if name.endswith("-soft")] + ["paper", "surface", "sunken"]
    assert len(grounds) == 7
    for text in ("ink", "muted", "accent", "accepted", "rejected", "inconclusive"):
        for ground in grounds:
            one, other = sorted(_luminance(colours[each]) for each in (text, ground))
            assert (other + 0.05) / (one + 0.05) >= 4.5, (text, ground)
