"""How long something stood still, as `make chaos` measures it."""

from pauses import Line


def looked(*looks):
    line = Line()
    for look in looks:
        line.look(*look)
    return line.still, line.waited


def test_nothing_stands_still_where_there_is_nothing_to_do():
    assert looked((0, 5, 5), (60, 5, 5), (61, 6, 6)) == (0.0, 0.0)


def test_it_stands_still_from_when_something_waits_until_something_is_done():
    assert looked((0, 5, 5), (10, 8, 5), (13, 9, 5), (17, 9, 6)) == (7, 7)


def test_what_still_stands_at_the_last_look_counts():
    assert looked((0, 1, 0), (4, 1, 0)) == (4, 4)


def test_each_step_ends_a_standstill_and_what_is_left_begins_another():
    assert looked((0, 9, 0), (3, 9, 1), (5, 9, 2), (9, 9, 9)) == (4, 9)


def test_a_record_may_wait_for_long_while_others_get_on():
    still, waited = looked(*((second, 100 + second, second) for second in range(50)), (150, 149, 149))
    assert still == 101
    assert waited >= 100
