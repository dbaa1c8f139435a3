"""Changeovers: which entry of the matrix counts, what may be stored, and reading worksheets."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.changeover import Change, Entry, check, lookup, plan
from sop_bridge.core.changeover_sheet import Place, Words, number, read

WHITE, BLACK, RED = 1, 2, 3
MATRIX = {
    (WHITE, BLACK): (15.0, 5.0),
    (None, WHITE): (90.0, 40.0),
    (BLACK, None): (60.0, 30.0),
    (None, None): (45.0, 20.0),
}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (WHITE, BLACK, (15.0, 5.0)),  # the pair itself
        (BLACK, WHITE, (90.0, 40.0)),  # to white before from black
        (RED, WHITE, (90.0, 40.0)),
        (BLACK, RED, (60.0, 30.0)),
        (RED, BLACK, (45.0, 20.0)),  # the default of the work centre
        (None, WHITE, (90.0, 40.0)),  # nobody knows what ran before
        (BLACK, None, (60.0, 30.0)),
        (RED, None, (45.0, 20.0)),
        (WHITE, WHITE, (0.0, 0.0)),
        (None, None, (0.0, 0.0)),
    ],
)
def test_most_exact_entry_counts(source, target, expected):
    assert lookup(MATRIX, source, target) == expected


def test_nothing_agreed_takes_no_time():
    assert lookup({}, WHITE, BLACK) == (0.0, 0.0)
    assert lookup({(WHITE, BLACK): (0.0, 0.0), (None, None): (45, 0)}, WHITE, BLACK) == (0, 0)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry(WHITE, WHITE, 10.0), "same"),
        (Entry(WHITE, 99, 10.0), "unknown"),
        (Entry("white", BLACK, 10.0), "unknown"),
        (Entry(WHITE, BLACK, -0.01), "negative"),
        (Entry(WHITE, BLACK, 10.0, -1), "negative"),
        (Entry(WHITE, BLACK, 1000.01), "minutes"),
        (Entry(WHITE, BLACK, 10**400), "minutes"),
        (Entry(WHITE, BLACK, 10.0, 5001), "cost"),
        (Entry(WHITE, BLACK, nan), "number"),
        (Entry(WHITE, BLACK, inf), "number"),
        (Entry(WHITE, BLACK, "10"), "number"),
        (Entry(WHITE, BLACK, True), "number"),
    ],
)
def test_what_cannot_be_stored(entry, code):
    problems = check([entry], {WHITE, BLACK}, 1000, 5000)
    assert [(problem.code, problem.entry) for problem in problems] == [(code, entry)]


def test_what_can_be_stored():
    entries = [Entry(None, None, 0), Entry(None, WHITE, 1000.0, 5000), Entry(WHITE, BLACK)]
    assert check(entries, {WHITE, BLACK}, 1000, 5000) == []
    twice = check([Entry(WHITE, BLACK, 1), Entry(WHITE, BLACK, 1)], {WHITE, BLACK}, 1000, 5000)
    assert [problem.code for problem in twice] == ["twice"]


def test_changes_of_a_matrix():
    entries = [
        Entry(WHITE, BLACK, 15.001, 5),  # no change at two digits
        Entry(RED, WHITE, 30),  # keeps the cost that the default gave it
        Entry(BLACK, None, cost=0),
        Entry(None, WHITE),  # removed
        Entry(RED, BLACK),  # has nothing that could be removed
    ]
    assert plan(MATRIX, entries) == [
        Change(RED, WHITE, None, (30.0, 40.0)),
        Change(BLACK, None, (60.0, 30.0), (60.0, 0.0)),
        Change(None, WHITE, (90.0, 40.0), None),
    ]


def test_replacing_removes_what_is_not_named():
    changes = plan(MATRIX, [Entry(WHITE, BLACK, 15, 5)], keep={(None, None)})
    assert changes == [
        Change(None, WHITE, (90.0, 40.0), None),
        Change(BLACK, None, (60.0, 30.0), None),
    ]


FAMILIES = st.sampled_from([None, WHITE, BLACK, RED])
PAIRS = st.tuples(FAMILIES, FAMILIES)
HUNDREDTHS = st.integers(0, 10_000).map(lambda value: value / 100)
VALUES = st.tuples(HUNDREDTHS, HUNDREDTHS)
MATRICES = st.dictionaries(PAIRS, VALUES, max_size=12)


@given(MATRICES, MATRICES)
def test_replacing_gives_exactly_what_was_named(before, wanted):
    result = dict(before)
    for change in plan(before, [Entry(*pair, *value) for pair, value in wanted.items()], keep=()):
        assert result.get((change.source, change.target)) == change.before
        result[change.source, change.target] = change.after
    assert {pair: value for pair, value in result.items() if value} == wanted


@given(MATRICES, PAIRS)
def test_lookup_is_an_entry_or_nothing(matrix, pair):
    found = lookup(matrix, *pair)
    assert found == (0.0, 0.0) or found in matrix.values()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", 30),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1 200", 1200),
        ("1’200", 1200),
        ("1.200,5", 1200.5),
        ("1,200.5", 1200.5),
        ("0,125", 0.125),
        ("1e-05", 0.00001),
        ("-3", -3),
        ("", None),
        ("  ", None),
        ("–", None),
        ("X", None),
    ],
)
def test_numbers_as_people_write_them(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,200", "thousands"),
        ("30 min", "text"),
        ("True", "text"),
        ("1.2.3", "text"),
        ("nan", "text"),
        ("=A1", "text"),
        ("2031-01-13", "text"),
    ],
)
def test_what_is_no_number(text, code):
    with pytest.raises(ValueError, match=code):
        number(text)


WORDS = Words(
    source=frozenset({"from"}),
    target=frozenset({"to"}),
    minutes=frozenset({"minutes"}),
    cost=frozenset({"cost"}),
    anything=frozenset({"any other family"}),
)
LABELS = {"white": [WHITE], "wht": [WHITE], "black": [BLACK], "grey": [7, 8]}


def take(*rows, kind="minutes", **more):
    sheets = [("S", kind, list(rows))]
    sheets += [(name, name, rows) for name, rows in more.items()]
    return read(sheets, WORDS, LABELS, 1000, 5000)


def faults(reading):
    return [(fault.code, fault.place.row, fault.place.column) for fault in reading.faults]


def test_matrix_layout():
    reading = take(
        ["From \\ To", "Any other  family", " WHITE", "Black"],
        ["any other family", "45", "90", ""],
        ["wht", "", "–", "15"],
        ["Black", "60", "0", ""],
        cost=[["", "Black"], ["White", "5,5"]],
    )
    assert reading.faults == []
    assert reading.entries == [
        Entry(None, None, 45),
        Entry(None, WHITE, 90),
        Entry(WHITE, BLACK, 15, 5.5),
        Entry(BLACK, None, 60),
        Entry(BLACK, WHITE, 0),
    ]


def test_list_layout_in_any_order_of_columns():
    reading = take(
        ["Remark", "To", "Cost", "From", "Minutes"],
        ["", "Black", "5", "White", "15"],
        ["later", "", "", "", ""],
        ["", "White", "", "Any other family", "90"],
        ["", "Black", "1"],
    )
    assert reading.entries == [Entry(WHITE, BLACK, 15, 5), Entry(None, WHITE, 90)]
    assert faults(reading) == [("missing", 4, 3)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], [("empty", 0, None)]),
        ([["", "White"]], [("empty", 0, None)]),
        ([["From", "Minutes"], ["White", "5"]], [("column", 0, None)]),
        ([["From", "To"], ["White", "Black"]], [("column", 0, None)]),
        ([["", "Wite", "Black"], ["White", "5", "6"]], [("family", 0, 1)]),
        ([["", "Grey"], ["White", "5"]], [("ambiguous", 0, 1)]),
        ([["", "", "Black"], ["White", "5", "6"]], [("missing", 0, 1)]),
        ([["", "Black"], ["White", "6", "7"]], [("missing", 0, 2)]),
        ([["", "Black"], ["", "6"]], [("missing", 1, 0)]),
        ([["", "White"], ["White", "5"]], [("same", 1, 1)]),
        ([["", "Black"], ["White", "abc"]], [("text", 1, 1)]),
        ([["", "Black"], ["White", "1,200"]], [("thousands", 1, 1)]),
        ([["", "Black"], ["White", "-1"]], [("negative", 1, 1)]),
        ([["", "Black"], ["White", "1e999"]], [("minutes", 1, 1)]),
        ([["", "Black"], ["White", "5"], ["wht", "6"]], [("twice", 2, 1)]),
        ([["", "Black"], ["White", "5"], ["wht", "5.0"]], []),
    ],
)
def test_faults_name_their_cell(rows, expected):
    assert faults(take(*rows)) == expected


def test_other_value_of_a_pair_names_the_first_place():
    reading = take(["", "Black"], ["White", "5"], ["wht", "6"])
    assert reading.faults[0].value == Place("S", 1, 1)


def test_too_much_cost():
    assert faults(take(["", "Black"], ["White", "5001"], kind="cost")) == [("cost", 1, 1)]


def test_ten_thousand_rows():
    rows = [["From", "To", "Minutes"]]
    rows += [[f"F{index}", f"F{index + 1}", str(index % 100)] for index in range(10_000)]
    labels = {f"f{index}": [index] for index in range(10_001)}
    reading = read([("S", "minutes", rows)], WORDS, labels, 1000, 5000)
    assert reading.faults == []
    assert len(reading.entries) == 10_000
    assert reading.entries[-1] == Entry(9999, 10_000, 99)
