"""The full format: source lines, carets, further places and help, as a user meets them."""

from __future__ import annotations

from specc.diagnostics.codes import document, suspicious
from specc.diagnostics.codes.types import ShapesDiffer
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.render.excerpt import WIDTH, cells
from specc.diagnostics.render.full import render
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span


def shown(*found: Diagnostic, color: bool = False) -> str:
    """What is printed of these."""
    report = Report()
    for one in found:
        report.add(one)
    return render(report, color=color)


def underlined(text: str, column: int, end: int) -> str:
    """The text that stands over the carets of an error in a source of one line."""
    source = Source("a.yaml", text)
    lines = shown(document.BadSyntax("x", Span(source, 1, column, 1, end))).split("\n")
    line, marks = lines[3].removeprefix("1 | "), lines[4].removeprefix("  | ")
    at = 0
    over = ""
    for character in line:  # cell by cell, since a wide character stands over two
        if marks[at : at + 1] == "^":
            over += character
        at += cells(character)
    return over


def test_several_places_of_one_file_are_one_excerpt() -> None:
    """As the style page has it: lines in order, `...` between, labels beside the marks."""
    lines = ["" for _ in range(18)]
    lines[13] = "  branch:"
    lines[17] = "  sum: {from: [branch, image], layers: [Add, ReLU]}"
    source = Source("specs/tower.yaml", "\n".join(lines))
    use = Span(Source("specs/tower.yaml", "x"), 31, 9, 31, 12)
    found = ShapesDiffer(
        "Add takes tensors of one shape; these differ",
        Span(source, 18, 41, 18, 44),
        label="this is (batch, 32, 32, 3)",
        help="a 1x1 Conv2D with filters: 64 on `image` would make them equal",
        related=(Related("this is (batch, 32, 32, 64)", Span(source, 14, 3, 14, 9)),),
        chain=(Related("in block `residual`, used", use),),
    )
    assert shown(found) == (
        """\
error[S502]: Add takes tensors of one shape; these differ
  --> specs/tower.yaml:18:41
   |
14 |   branch:
   |   ------ this is (batch, 32, 32, 64)
...
18 |   sum: {from: [branch, image], layers: [Add, ReLU]}
   |                                         ^^^ this is (batch, 32, 32, 3)
   |
   = help: a 1x1 Conv2D with filters: 64 on `image` would make them equal
   = in block `residual`, used at specs/tower.yaml:31:9

1 error"""
    )


def test_places_in_other_files_have_an_excerpt_each() -> None:
    """The primary one first, and a base or an argument after it."""
    over, base = Source("over.yaml", "a: 1\n"), Source("base.yaml", "b: 2\n")
    found = document.DuplicateKey(
        "two", Span(over, 1, 1, 1, 2), related=(Related("first", Span(base, 1, 4, 1, 5)),)
    )
    assert shown(found).split("\n")[1:9] == [
        " --> over.yaml:1:1",
        "  |",
        "1 | a: 1",
        "  | ^",
        " ::: base.yaml:1:4",
        "  |",
        "1 | b: 2",
        "  |    - first",
    ]


def test_marks_stand_under_wide_and_combining_characters() -> None:
    """East Asian letters and emoji take two cells, accents none."""
    assert underlined('a: "日本😀": wrong', 11, 16) == "wrong"
    assert underlined("日本: 値", 1, 3) == "日本"
    assert underlined("e\u0301e\u0301: wrong", 7, 12) == "wrong"


def test_a_tab_is_one_blank_in_both_lines() -> None:
    """Whatever a terminal's tab stops are, the carets fit."""
    assert underlined("a:\t\twrong", 5, 10) == "wrong"


def test_control_characters_are_shown_and_counted_as_written() -> None:
    """An escape sequence in a spec does not reach the terminal."""
    assert underlined("a\x1b[31m: wrong", 9, 14) == "wrong"
    assert "\x1b" not in shown(document.BadSyntax("\x1b[31mred\x07", None))


def test_a_very_long_line_is_cut_around_each_mark() -> None:
    """On one line, marks far from one another get a part each."""
    source = Source("a.yaml", "x" * 1000 + "wrong" + "y" * 1000 + "first" + "z" * 1000)
    found = document.DuplicateKey(
        "two",
        Span(source, 1, 1001, 1, 1006),
        related=(Related("first one", Span(source, 1, 2006, 1, 2011)),),
    )
    lines = shown(found).split("\n")
    assert all(len(line) < WIDTH + 20 for line in lines)
    for text, sign in (("wrong", "^^^^^"), ("first", "-----")):
        line = next(i for i, shown_ in enumerate(lines) if text in shown_ and "|" in shown_)
        assert lines[line].index(text) == lines[line + 1].index(sign)
    assert lines[3].count("…") == 2


def test_a_place_over_several_lines_shows_the_first() -> None:
    """Underlined to its end, without the blanks after it."""
    source = Source("a.yaml", "key: {a: 1,   \n  b: 2}\n")
    lines = shown(document.BadSyntax("x", Span(source, 1, 6, 2, 8))).split("\n")
    assert lines[4] == "  |      ^^^^^^"


def test_what_has_no_lines_has_a_path() -> None:
    """A mapping that a program passed."""
    source = Source("spec")
    found = document.BadSyntax(
        "x",
        Span(source, path=("graph", "y", "layers", 0)),
        label="this is (batch, 3)",
        related=(Related("that is (batch, 4)", Span(source, path=("graph", "z"))),),
    )
    text = shown(found)
    assert " --> spec: graph.y.layers.0" in text
    assert "= this is (batch, 3)" in text
    assert "= that is (batch, 4): spec: graph.z" in text


def test_an_unquotable_source_is_not_quoted() -> None:
    """Neither its primary line nor a further one."""
    source = Source("secret", "password: hunter2\n", quotable=False)
    found = document.BadSyntax(
        "x", Span(source, 1, 1, 1, 2), related=(Related("too", Span(source, 1, 3, 1, 4)),)
    )
    assert "hunter2" not in shown(found)


def test_lines_beyond_the_end_do_no_harm() -> None:
    """An empty file, or a fault at its very end."""
    source = Source("a.yaml", "")
    assert "a.yaml:1:1" in shown(document.NotASpec("x", Span(source, 1, 1, 1, 2)))
    assert "a.yaml:9:1" in shown(document.NotASpec("x", Span(source, 9, 1, 9, 2)))


def test_colour_is_only_where_it_is_asked_for() -> None:
    """Red for errors, yellow for warnings; without it the text is the same."""
    source = Source("a.yaml", "a: 1\n")
    span = Span(source, 1, 1, 1, 2)
    found = [document.BadSyntax("x", span), suspicious.UnusedParam("y", span)]
    plain, painted = shown(*found), shown(*found, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[S102]\x1b[0m" in painted
    assert "\x1b[1;33mwarning[W404]\x1b[0m" in painted
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain
