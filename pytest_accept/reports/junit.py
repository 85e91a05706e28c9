"""The Record as JUnit XML, one test case a criterion, and as properties of pytest's own JUnit XML.

Both are valid `xunit2` (the schema junit-10.xsd of Jenkins' xunit plugin), where a suite may have
properties and a test case may not.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from pytest_accept.explanation import explain, headline
from pytest_accept.records import Criterion, Record
from pytest_accept.reports.decision import decide, is_expected_miss
from pytest_accept.whole_files import write_whole

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(record: Record, path: Path) -> None:
    """Write a suite with a test case for each criterion.

    A rejected one is a failure, and so is an inconclusive one, unless the settings tolerate it or
    its test is expected to fail: it is skipped then. A test that broke before it could judge is an
    error.
    """
    cases = [
        *map(_case, record.criteria, _names(record)),
        *(_broken(test) for test in record.not_judged),
    ]
    counts = Counter(child.tag for case in cases for child in case)
    suite = ET.Element(
        "testsuite",
        name="acceptance",
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{record.seconds:.3f}",
        timestamp=_legal(record.started),
    )
    listed = ET.SubElement(suite, "properties")
    for name, value in run_properties(record):
        ET.SubElement(listed, "property", name=name, value=value)
    suite.extend(cases)
    whole = ET.Element("testsuites")
    whole.append(suite)
    ET.indent(whole)
    write_whole(path, ET.tostring(whole, encoding="utf-8", xml_declaration=True) + b"\n")


def properties(record: Record) -> list[tuple[str, str]]:
    """Return names and values for a suite's properties: of the run, then of each criterion.

    Names stay the same from run to run. A criterion's are `accept.criterion[NAME].FIELD`.
    """
    found = run_properties(record)
    for criterion, name in zip(record.criteria, _names(record), strict=True):
        verdict, estimate = criterion.verdict, criterion.verdict.estimate
        fields = {
            "status": verdict.status,
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "confidence": estimate.confidence,
            "direction": verdict.direction,
            "bar": verdict.bar,
            "n": estimate.n,
        }
        prefix = f"accept.criterion[{criterion.test}: {name}]"
        found += [(_legal(f"{prefix}.{key}"), _legal(str(value))) for key, value in fields.items()]
    return found


def run_properties(record: Record) -> list[tuple[str, str]]:
    """Return what the whole run comes to, and which models and data it is about."""
    statuses = Counter(each.verdict.status for each in record.criteria)
    found: dict[str, object] = {
        "accept.decision": decide(record).answer,
        "accept.accepted": statuses["accepted"],
        "accept.rejected": statuses["rejected"],
        "accept.inconclusive": statuses["inconclusive"],
        "accept.not_judged": len(record.not_judged),
        "accept.confidence": record.settings.get("confidence"),
    }
    for n, model in enumerate(record.models, 1):
        found[f"accept.model.{n}.name"] = model.name
        found[f"accept.model.{n}.fingerprint"] = model.fingerprint
    for n, data in enumerate(record.data, 1):
        found[f"accept.data.{n}.name"] = data.name
        found[f"accept.data.{n}.fingerprint"] = data.fingerprint
    return [(key, _legal(str(value))) for key, value in found.items() if value is not None]


def _names(record: Record) -> list[str]:
    """Return what names each criterion within its test, in every run the same."""
    seen: Counter[tuple[str, str]] = Counter()
    names = []
    for criterion in record.criteria:
        verdict = criterion.verdict
        name = f"{verdict.estimate.name} on {verdict.population}"
        if len(record.models) > 1:
            name += f" of {record.models[criterion.model].name}"
        seen[criterion.test, name] += 1
        again = seen[criterion.test, name]
        names.append(name if again == 1 else f"{name} #{again}")
    return names


def _case(criterion: Criterion, name: str) -> ET.Element:
    verdict = criterion.verdict
    case = ET.Element(
        "testcase",
        classname=_dotted(criterion.test),
        name=_legal(name),
        time=f"{criterion.seconds:.3f}",
    )
    told = _legal(explain(verdict))
    if verdict.status == "accepted":
        ET.SubElement(case, "system-out").text = told
        return case
    tag, message = "failure", headline(verdict)
    if is_expected_miss(criterion):
        tag, message = "skipped", f"expected to fail: {message}"
    elif verdict.status == "inconclusive" and verdict.tolerated:
        tag, message = "skipped", f"tolerated: {message}"
    outcome = ET.SubElement(case, tag, type=verdict.status, message=_legal(message))
    outcome.text = told
    return case


def _broken(test: str) -> ET.Element:
    case = ET.Element("testcase", classname=_dotted(test), name="not judged", time="0.000")
    message = "the test failed for another reason than a criterion: what it asks is open"
    ET.SubElement(case, "error", type="not judged", message=message)
    return case


def _dotted(test: str) -> str:
    """Return a node id as CI systems group by: "acceptance.test_reviews.test_good_enough"."""
    file, _, inside = test.partition("::")
    module = file.removesuffix(".py").replace("/", ".")
    return _legal(".".join(filter(None, [module, *inside.split("::")])))


def _legal(text: str) -> str:
    """Return the text with what XML 1.0 forbids written as its code point."""
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
