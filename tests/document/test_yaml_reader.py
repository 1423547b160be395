"""YAML: what is read, what is refused, and where exactly each fault is."""

from __future__ import annotations

import pytest

from .reading import HEAD, TAIL, fault, place, tree, value


def test_every_key_and_value_knows_its_place() -> None:
    """Lines and columns count from 1 and ends are exclusive, for keys and for values."""
    root, found = tree("specc: 1\ninputs:\n  x: {shape: [4]}\n")
    assert found == []
    assert root is not None
    key = root.key_at(("inputs", "x"))
    assert (key.line, key.column, key.end_line, key.end_column) == (3, 3, 3, 4)
    four = root.at(("inputs", "x", "shape", 0))
    assert (four.line, four.column, four.end_line, four.end_column) == (3, 15, 3, 16)
    shape = root.at(("inputs", "x", "shape"))
    assert (shape.line, shape.column, shape.end_line, shape.end_column) == (3, 14, 3, 17)


def test_a_block_ends_where_its_last_value_does() -> None:
    """And not at the next line's key, where libyaml ends it."""
    root, _ = tree("specc: 1\ninputs:\n  x:\n    shape: [4]\n\ngraph: {}\n")
    assert root is not None
    inputs = root.at(("inputs",))
    assert (inputs.end_line, inputs.end_column) == (4, 15)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_as_one_line(end: str) -> None:
    """Files from any editor give the same places."""
    text = f"{HEAD}params: {{a: *no}}\n{TAIL}".replace("\n", end)
    assert place(fault(text)) == (3, 13, 3, 16)


def test_columns_count_characters_and_not_bytes() -> None:
    """As editors count them, whatever the script."""
    text = f'{HEAD}description: "日本 é 😀"\nparams: {{"😀😀": *no}}\n{TAIL}'
    assert place(fault(text)) == (4, 16, 4, 19)


def test_a_byte_order_mark_is_no_text() -> None:
    """Some editors begin a file with one; the columns do not count it."""
    root, found = tree("\ufeff" + HEAD + TAIL)
    assert found == []
    assert root is not None
    assert root.key_at(("specc",)).column == 1


def test_document_marks_are_allowed_around_one_document() -> None:
    """`---` may begin the document, `...` end it, and a %YAML directive stand before."""
    _, found = tree(f"%YAML 1.2\n---\n{HEAD}{TAIL}...\n# the end\n")
    assert found == []


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (HEAD + TAIL + "---\na: 1\n", "S112", (5, 1)),
        (HEAD + TAIL + "...\na: 1\n", "S112", (6, 1)),
        (HEAD + TAIL + "...\n---\na: 1\n", "S112", (6, 1)),
        ("", "S113", (1, 1)),
        ("\n# only a comment\n", "S113", (1, 1)),
        ("null\n", "S113", (1, 1)),
        ("- specc\n", "S113", (1, 1)),
        ("specc", "S113", (1, 1)),
        ("{a: 1}", "S113", (1, 1)),
        (HEAD + "params: {a: !!float 1}\n" + TAIL, "S106", (3, 13)),
        (HEAD + "params: {a: !x [1]}\n" + TAIL, "S106", (3, 13)),
        (HEAD + "params: {a: !!python/object/apply:os.system [ls]}\n", "S106", (3, 13)),
        ("%TAG !e! tag:e.com,2000:\n---\n" + HEAD + TAIL, "S106", (1, 1)),
        (HEAD + "params: {c: &c {u: 1}, d: {<<: *c}}\n" + TAIL, "S107", (3, 28)),
        (HEAD + "params: {a: 1, a: 2}\n" + TAIL, "S104", (3, 16)),
        (HEAD + "params: {1: 2}\n" + TAIL, "S105", (3, 10)),
        (HEAD + "params: {true: 2}\n" + TAIL, "S105", (3, 10)),
        (HEAD + "params: {~: 2}\n" + TAIL, "S105", (3, 10)),
        (HEAD + "params: {[a]: 2}\n" + TAIL, "S105", (3, 10)),
        (HEAD + "params: {? {a: 1} : 2}\n" + TAIL, "S105", (3, 12)),
        (HEAD + "params: {a: *no}\n" + TAIL, "S114", (3, 13)),
        (HEAD + "params: {a: &a [1, *a]}\n" + TAIL, "S114", (3, 20)),
        (HEAD + "params: &a {a: {b: *a}}\n" + TAIL, "S114", (3, 20)),
        (HEAD + "params:\n\ta: 1\n" + TAIL, "S102", (4, 1)),
        (HEAD + "params: {a: 1\n" + TAIL, "S102", (4, 6)),
        (HEAD + "params:\n  a: 1\n   b: 2\n" + TAIL, "S102", (5, 5)),
        (HEAD + "params: {a: @x}\n" + TAIL, "S102", (3, 13)),
        (HEAD + "description: 'x\n", "S102", (4, 1)),
        (HEAD + "description: a\x07b\n" + TAIL, "S102", (3, 15)),
        (HEAD + "description: é\x00b\n" + TAIL, "S102", (3, 15)),
        (HEAD + "description: a\x85b\n" + TAIL, "S102", (3, 15)),
        (HEAD + "description: a\u2028b\n" + TAIL, "S102", (3, 15)),
        (HEAD + 'description: "\\ud83d"\n' + TAIL, "S102", (3, 17)),
        (HEAD + "description: \ud83d\n" + TAIL, "S101", (3, 1)),
    ],
)
def test_what_is_no_document_is_refused_at_its_place(
    text: str, code: str, where: tuple[int, int]
) -> None:
    """One fault, with its code, its line and its column."""
    found = fault(text)
    assert found.code == code
    assert place(found)[:2] == where


def test_scanners_words_come_with_help() -> None:
    """What libyaml says alone seldom helps; the usual slips have a hint of their own."""
    assert "tab" in (fault(f"{HEAD}params:\n\ta: 1\n").help or "")
    assert "quotes" in (fault(f"{HEAD}description: a: b\n").help or "")
    unclosed = fault(f"{HEAD}params: {{a: 1\n{TAIL}")
    assert "not closed" in (unclosed.help or "")
    (begun,) = unclosed.related
    assert (begun.span.line, begun.span.column) == (3, 9), "it shows the bracket that is open"


def test_duplicate_keys_show_the_first_one() -> None:
    """So that the author need not search for it, in flow style and in block style."""
    (first,) = fault(f"{HEAD}params:\n  a: 1\n  b: 2\n  a: 3\n{TAIL}").related
    assert (first.span.line, first.span.column) == (4, 3)


def test_refused_keys_do_not_hide_other_faults() -> None:
    """Every fault at once: reading goes on after a key that is refused."""
    text = f"{HEAD}params: {{a: 1, a: 2, 3: 4, <<: 5}}\ntrain: {{seed: 1, seed: 2}}\n{TAIL}"
    root, found = tree(text)
    assert [f.code for f in found] == ["S104", "S105", "S107", "S104"]
    assert root is not None
    assert root.plain()["params"] == {"a": 1}


@pytest.mark.parametrize(
    "line",
    [
        "params: {a: 1, b: $(min(a, b))}",
        "params: {a: [1], b: $(a[0])}",
        "params: {a: [1], b: [$(a[0])]}",
        "params: {a: 1, b: $([a, a])}",
        "params: {a: 1, b: x_$(a[0])}",
        "params: {a: [1], b: $a[0], c: 1}",
        "params: {a: [1], b: [$a, $a[0]]}",
        "params: {b: $(a if a else {a})}",
        "params:\n  b: $(a # b)",
        "params:\n  b: $(a == 'x: y')",
    ],
)
def test_an_expression_that_yaml_cuts_is_to_be_quoted(line: str) -> None:
    """Where YAML stops in an expression, the error is not what the scanner thought."""
    found = fault(f"{HEAD}{line}\n{TAIL}")
    assert found.code == "S103"
    assert found.message.startswith("quote the expression")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$([a, a])", "$([a, a])"),
        ("$(min(a, b))", "$(min(a, b))"),
        ("\"$('(')\"", "$('(')"),
        ("$('(')", "$('(')"),
        ("a_$(index)", "a_$(index)"),
        ("cost $$(5", None),
    ],
)
def test_an_expression_that_yaml_leaves_whole_is_read(written: str, meant: str | None) -> None:
    """In block style no comma or bracket ends a text, so there is nothing to quote."""
    if meant is not None:
        assert value(written) == meant


def test_aliases_repeat_a_value() -> None:
    """Anchors and aliases are allowed, keys included."""
    root, found = tree(f"{HEAD}params: {{a: &a [1, 2], b: *a, c: &k d, *k : 3}}\n{TAIL}")
    assert found == []
    assert root is not None
    assert root.plain()["params"] == {"a": [1, 2], "b": [1, 2], "c": "d", "d": 3}
