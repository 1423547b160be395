"""The formats for other programs: their structure holds whatever a spec contains."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.codes import CODES, document, suspicious
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.render import concise, full, github, sarif
from specc.diagnostics.render import json as json_format
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span

NASTY = [
    "\x1b[31mred",
    "a\n::error::injected",
    "a\r::set-output name=x::y",
    "100%0A::error::x",
    "a,line=1::b",
    "<script>alert(1)</script>",
    "]]>",
    "\u202eevil\u2066",
    "\x00\x07\x7f\x9b31m",
    "half \ud800 pair",
    "\u2028::warning::x",
    "tab\there",
]
KEYS = ["code", "severity", "message", "help", "file", "line", "column", "end_line", "end_column",
        "related"]  # fmt: skip


def report_of(text: str, name: str = "spec.yaml") -> Report:
    """A report that holds a text wherever an author's text can stand."""
    source = Source(name, f"{text}\nb: {text}\n")
    report = Report()
    span = Span(source, 1, 2, 1, 4)
    report.add(
        document.BadSyntax(
            f"`{text}` is wrong",
            span,
            label=text,
            help=f"not {text}",
            related=(Related(f"and {text}", Span(source, 2, 1, 3, 9)),),
            chain=(Related(f"in {text}", Span(Source(text), path=(text, 0))),),
        )
    )
    report.add(suspicious.UnusedParam(text))
    return report


def one(**fields: Any) -> tuple[Diagnostic, Report]:
    """A report of one error."""
    found = document.BadSyntax("wrong", **fields)
    report = Report()
    report.add(found)
    return found, report


# --- injection ------------------------------------------------------------------------------------

CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("render", [full.render, concise.render, github.render])
def test_no_control_character_of_a_spec_is_printed(render: Any, text: str) -> None:
    """Neither escape sequences nor line breaks nor marks that turn the text around."""
    assert not CONTROL.search(render(report_of(text, name=text)))


@pytest.mark.parametrize("text", NASTY)
def test_a_spec_gives_github_no_command(text: str) -> None:
    """Every line is a command of ours: the author's text is escaped inside it."""
    lines = github.render(report_of(text, name=text)).split("\n")
    assert len(lines) == 2
    for line in lines:
        match = re.fullmatch(r"::(error|warning) ([^:]*)::(.*)", line)
        assert match is not None
        names = [part.partition("=")[0] for part in match[2].split(",")]
        assert set(names) <= {"file", "line", "col", "endLine", "endColumn", "title"}
        assert len(names) == len(set(names))


@pytest.mark.parametrize("text", NASTY)
def test_a_fault_is_one_line_in_the_concise_format(text: str) -> None:
    """What greps and editors read line by line."""
    lines = concise.render(report_of(text, name=text)).split("\n")
    assert len(lines) == 2


@given(st.text(), st.text())
def test_every_format_renders_every_text(text: str, name: str) -> None:
    """And the structured ones are read back."""
    report = report_of(text, name)
    for render in (full.render, concise.render, github.render):
        assert isinstance(render(report), str)
    assert isinstance(json.loads(json_format.render([report])), list)
    assert json.loads(sarif.render([report]))["version"] == "2.1.0"


# --- github, concise ------------------------------------------------------------------------------


def test_github_has_file_and_place() -> None:
    """As GitHub's documentation of workflow commands names the properties."""
    source = Source("specs/a,b:c.yaml", "x")
    _, report = one(span=Span(source, 3, 4, 3, 9), help="50% less")
    assert github.render(report) == (
        "::error file=specs/a%2Cb%3Ac.yaml,line=3,col=4,endLine=3,endColumn=9,title=S102"
        "::wrong%0Ahelp: 50%25 less"
    )


def test_concise_is_place_code_and_message() -> None:
    """As compilers have it."""
    _, report = one(span=Span(Source("a.yaml", "x"), 3, 4, 3, 9))
    assert concise.render(report) == "a.yaml:3:4: error[S102] wrong"


# --- json -----------------------------------------------------------------------------------------


def test_json_has_all_keys_always() -> None:
    """`null` where there is none; lines from 1; the chain is among the related places."""
    _, nowhere = one()
    _, pathed = one(span=Span(Source("spec"), path=("graph",)))
    objects = json.loads(json_format.render([nowhere, pathed, report_of("x")]))
    assert len(objects) == 4, "one list over all files"
    assert all(list(o) == KEYS for o in objects)
    assert objects[0] | {"message": "", "code": "", "severity": ""} == {
        "code": "", "severity": "", "message": "", "help": None, "file": None, "line": None,
        "column": None, "end_line": None, "end_column": None, "related": [],
    }  # fmt: skip
    assert (objects[1]["file"], objects[1]["line"]) == ("spec", None)
    whole = next(o for o in objects if o["line"])
    assert [whole[k] for k in ("line", "column", "end_line", "end_column")] == [1, 2, 1, 4]
    assert [r["message"] for r in whole["related"]] == ["and x", "in x"]
    assert all(set(r) == {*KEYS[4:9], "message"} for r in whole["related"])


def test_json_of_nothing_is_an_empty_list() -> None:
    """So that a program need not ask whether there is output."""
    assert json.loads(json_format.render([])) == []
    assert json.loads(json_format.render([Report()])) == []


# --- sarif ----------------------------------------------------------------------------------------


def check_sarif(log: Any) -> None:
    """The parts of the SARIF 2.1.0 schema that a code-scanning service reads."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert driver["name"] == "specc"
    rules = {r["id"]: r for r in driver["rules"]}
    assert len(rules) == len(driver["rules"])
    for code, rule in rules.items():
        assert code in CODES
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    for result in run["results"]:
        assert set(result) <= {"ruleId", "level", "message", "locations", "relatedLocations"}
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            physical = location["physicalLocation"]
            assert re.fullmatch(r"[A-Za-z0-9%._~/-]*", physical["artifactLocation"]["uri"])
            region = physical.get("region")
            if region is not None:
                assert all(isinstance(n, int) and n >= 1 for n in region.values())
                assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}


@pytest.mark.parametrize("text", ["x", *NASTY])
def test_sarif_has_its_structure(text: str) -> None:
    """One run, a rule for each code, and a URI for each file, whatever its name."""
    log = json.loads(sarif.render([report_of(text, name=text), report_of("y")]))
    check_sarif(log)
    assert len(log["runs"][0]["results"]) == 4


def test_sarif_of_nothing_is_a_whole_log() -> None:
    """A service wants to hear that there is nothing."""
    check_sarif(json.loads(sarif.render([Report()])))
