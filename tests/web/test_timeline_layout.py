"""Where the labels of a timeline stand: none covers another, none is crossed by another's staff."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.web.components.shapes import Mark
from portal.web.components.timeline_layout import gathered, span_days, with_lanes


def mark(x: float, short: str = "Fin de l’essai", tone: str = "future") -> Mark:
    return Mark(key=f"m{x}", title="Titre", short_date="23 décembre", x=x, short=short, tone=tone)


def span(placed: Mark) -> tuple[float, float]:
    """The room a flag takes, a letter being about one percent of the narrowest picture."""
    width = max(len(placed.short), len(placed.short_date)) + 2.0
    return (placed.x, placed.x + width) if placed.anchor == "start" else (placed.x - width, placed.x)


def flags(marks: list[Mark]) -> list[Mark]:
    return [one for one in marks if one.short]


def test_marks_far_apart_share_the_lowest_lane() -> None:
    assert [one.lane for one in with_lanes([mark(0), mark(40), mark(100)])] == [0, 0, 0]


def test_the_last_flag_flies_back_into_the_picture() -> None:
    first, last = with_lanes([mark(0), mark(100)])
    assert (first.anchor, last.anchor) == ("start", "end")


def test_neighbours_at_the_end_are_stacked_the_last_one_highest() -> None:
    placed = with_lanes([mark(0), mark(62), mark(98), mark(100)])
    assert [one.lane for one in placed] == [0, 0, 0, 1]


def test_neighbours_at_the_beginning_are_stacked_the_first_one_highest() -> None:
    placed = with_lanes([mark(0), mark(3), mark(6), mark(90)])
    assert [one.lane for one in placed] == [2, 1, 0, 0]


def test_two_marks_at_the_same_instant_are_drawn_apart_within_the_line() -> None:
    placed = with_lanes([mark(0), mark(100), mark(100)])
    assert [one.x for one in placed] == [0, 98.2, 100]


def test_a_mark_without_a_name_has_no_flag() -> None:
    placed = with_lanes([mark(0), mark(50, short=""), mark(51)])
    assert [one.short for one in placed] == ["Fin de l’essai", "", "Fin de l’essai"]


def test_today_always_has_a_flag_by_its_title() -> None:
    (today,) = with_lanes([replace(mark(30, short="", tone="today"), title="Aujourd’hui")])
    assert today.short == "Aujourd’hui"


def test_marks_come_out_in_order_of_place() -> None:
    assert [one.x for one in with_lanes([mark(80), mark(0), mark(40)])] == [0, 40, 80]


def test_no_marks_no_line() -> None:
    assert with_lanes([]) == []
    assert span_days([]) == 0


def test_where_nothing_can_be_drawn_only_today_keeps_its_flag() -> None:
    wide = "Un nom beaucoup trop long pour tenir dans une image, de quelque côté qu’on le tourne, jamais"
    today = replace(mark(60, short="", tone="today"), title="Aujourd’hui")
    placed = with_lanes([mark(45, short=wide), today])
    assert [(one.short, one.anchor) for one in placed] == [("", "start"), ("Aujourd’hui", "start")]


def test_the_oldest_of_what_has_happened_gives_its_flag_up_first() -> None:
    """Six flags so close together would stand six lanes high: the picture leaves room for four."""
    past = [mark(40 + 2 * one, f"Évènement {one}", tone="past") for one in range(5)]
    placed = with_lanes([*past, mark(50, "Résilier", tone="handle")])
    assert [one.short for one in placed] == [
        "",
        "",
        "Évènement 2",
        "Évènement 3",
        "Évènement 4",
        "Résilier",
    ]
    assert max(one.lane for one in placed) == 3


def test_a_long_past_is_gathered_by_months_and_what_has_a_name_stays() -> None:
    months = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    past = [
        replace(mark(place, "", "past"), key=f"{month}-{day}", when_iso=f"{month}-{day}T10:00:00+01:00")
        for place, month in enumerate(months)
        for day in ("03", "20")
    ]
    renewed = replace(mark(12, "Reconduction", "past"), key="renewed", when_iso="2025-01-01T00:00:00+01:00")
    drawn = gathered([*past, renewed], most=40)
    assert len(drawn) == 37
    assert [(one.key, one.when_text, one.title, one.gathers) for one in drawn[:1]] == [
        ("2024-01-03", "janvier\u00a02024", "2\u00a0évènements", 2)
    ]
    assert "Reconduction" in [one.short for one in drawn]
    by_two = gathered([*past, renewed], most=20)
    assert by_two[0].when_text == "De janvier\u00a02024 à février\u00a02024"
    assert len(by_two) == 19


def test_what_the_picture_can_hold_is_not_gathered() -> None:
    few = [replace(mark(one, "", "past"), when_iso="2026-03-03T10:00:00+01:00") for one in range(3)]
    assert [one.gathers for one in gathered(few)] == [0, 0, 0]


def test_the_line_is_as_long_as_the_time_between_its_ends() -> None:
    dates = ["2026-03-03T10:00:00+01:00", "", "2026-04-18T00:00:00+02:00"]
    assert round(span_days([Mark(when_iso=one) for one in dates]), 3) == 45.542


@given(st.lists(st.floats(0, 100), max_size=10))
def test_no_flag_covers_another_nor_is_crossed_by_a_staff(places: list[float]) -> None:
    placed = with_lanes([mark(x) for x in places])
    drawn = flags(placed)
    for one in drawn:
        assert span(one)[0] >= 0
        assert span(one)[1] <= 100
        for other in drawn:
            if other is one:
                continue
            if other.lane >= one.lane:  # its staff reaches this flag's height
                assert not span(one)[0] <= other.x <= span(one)[1]
            if other.lane == one.lane:
                assert span(one)[1] < span(other)[0] or span(other)[1] < span(one)[0]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_the_line_keeps_the_order_and_marks_do_not_touch(places: list[float]) -> None:
    drawn = [one.x for one in with_lanes([mark(x, short="") for x in places])]
    assert max(drawn) <= 100
    assert all(after - before >= 1.79 for before, after in pairwise(drawn))
