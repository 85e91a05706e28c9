"""JUnit XML with a test case for each criterion, valid as xunit2."""

import functools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema

from pytest_accept.records import Record
from pytest_accept.reports.junit import properties, write
from tests.reports.small_records import criterion, hostile_record, record


@functools.cache
def schema(family: str = "xunit2") -> xmlschema.XMLSchema:
    """Return the schema of a family; in xunit1 a test case also says its file and line."""
    text = Path(__file__).with_name("xunit2.xsd").read_text(encoding="utf-8")
    if family == "xunit1":
        case = '<xs:attribute name="classname" type="xs:string"/>'
        more = "".join(f'<xs:attribute name="{n}" type="xs:string"/>' for n in ("file", "line"))
        assert case in text
        text = text.replace(case, case + more)
    return xmlschema.XMLSchema(text)


def suite_of(of: Record, folder: Path) -> ET.Element:
    """Write, validate and read the file."""
    write(of, folder / "accept.xml")
    schema().validate(folder / "accept.xml")
    (suite,) = ET.parse(folder / "accept.xml").getroot()
    return suite


def test_a_test_case_for_each_criterion_with_its_outcome(tmp_path: Path) -> None:
    suite = suite_of(
        record(
            criterion(),
            criterion("rejected", population="tweets"),
            criterion("inconclusive", metric="f1"),
            criterion("inconclusive", metric="recall", tolerated=True),
            criterion("rejected", metric="precision", outcome="skipped"),
            not_judged=("acceptance/test_words.py::TestAll::test_broken[a/b]",),
        ),
        tmp_path,
    )
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "2", "errors": "1", "skipped": "2"}
    cases = [
        (case.get("name"), case[0].tag, case[0].get("type")) for case in suite.iter("testcase")
    ]
    assert cases == [
        ("accuracy on reviews", "system-out", None),
        ("accuracy on tweets", "failure", "rejected"),
        ("f1 on reviews", "failure", "inconclusive"),
        ("recall on reviews", "skipped", "inconclusive"),
        ("precision on reviews", "skipped", "rejected"),
        ("not judged", "error", "not judged"),
    ]
    classes = [case.get("classname") for case in suite.iter("testcase")]
    assert classes[0] == "acceptance.test_words.test_it"
    assert classes[-1] == "acceptance.test_words.TestAll.test_broken[a/b]"
    failure = next(suite.iter("failure"))
    assert (failure.get("message") or "").startswith("accuracy on tweets: rejected, measured 0.700")
    assert "the measured value is 0.200 below the bar" in (failure.text or "")
    assert [each.get("message", "").split(":")[0] for each in suite.iter("skipped")] == [
        "tolerated",
        "expected to fail",
    ]


def test_properties_of_the_run_and_of_each_criterion() -> None:
    found = dict(
        properties(
            record(
                criterion(),
                criterion("rejected"),
                criterion("inconclusive", model=1),
                models=("words", "large"),
            )
        )
    )
    assert {name: value for name, value in found.items() if "[" not in name} == {
        "accept.decision": "no",
        "accept.accepted": "1",
        "accept.rejected": "1",
        "accept.inconclusive": "1",
        "accept.not_judged": "0",
        "accept.confidence": "0.95",
        "accept.model.1.name": "words",
        "accept.model.1.fingerprint": "ab12cd34ef567890",
        "accept.model.2.name": "large",
        "accept.model.2.fingerprint": "ab12cd34ef567890",
        "accept.data.1.name": "reviews",
        "accept.data.1.fingerprint": "cd34",
    }
    test = "acceptance/test_words.py::test_it"
    assert found[f"accept.criterion[{test}: accuracy on reviews of words].status"] == "accepted"
    assert found[f"accept.criterion[{test}: accuracy on reviews of words #2].status"] == "rejected"
    assert found[f"accept.criterion[{test}: accuracy on reviews of large].bar"] == "0.9"


def test_hostile_text_leaves_it_valid(tmp_path: Path) -> None:
    suite = suite_of(hostile_record(), tmp_path)
    assert suite.get("tests") == "4"
    text = (tmp_path / "accept.xml").read_text(encoding="utf-8")
    for forbidden in ("\x1b", "\x00", "\ufffe", "<script", "<img"):
        assert forbidden not in text
    read = "".join(suite.itertext())
    assert "<script>alert(2)</script>" in read
    assert r"\u001b[31m \u0000" in read


def test_the_schema_refuses_what_is_not_xunit2(tmp_path: Path) -> None:
    write(record(criterion()), tmp_path / "accept.xml")
    text = (tmp_path / "accept.xml").read_text(encoding="utf-8")
    case_property = "<properties><property name='a' value='b'/></properties><system-out>"
    for wrong in (
        text.replace("<system-out>", case_property),
        text.replace("<testcase ", "<testcase file='a.py' "),
    ):
        assert wrong != text
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            schema().validate(wrong)
