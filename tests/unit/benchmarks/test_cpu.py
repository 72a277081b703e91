from benchmarks.harness.cpu import TICKS_PER_S, ProcessTimes, parse_stat, tree_of


def times(pid: int, parent: int, session: int) -> ProcessTimes:
    return ProcessTimes(pid, parent, session, own_s=0.0, reaped_s=0.0)


class TestTreeOf:
    def test_takes_children_and_their_children(self) -> None:
        table = [times(1, 0, 1), times(10, 1, 1), times(11, 10, 1), times(12, 11, 1)]

        assert [each.pid for each in tree_of([10], table)] == [10, 11, 12]

    def test_takes_who_lost_its_parent_and_stayed_in_the_session(self) -> None:
        table = [times(10, 1, 10), times(11, 1, 10)]

        assert [each.pid for each in tree_of([10], table)] == [10, 11]

    def test_leaves_others_alone(self) -> None:
        table = [times(10, 1, 10), times(20, 1, 20), times(21, 20, 20)]

        assert [each.pid for each in tree_of([10], table)] == [10]


class TestParseStat:
    LINE = "42 (a (strange) name) S 7 42 41 0 -1 4194560 5 6 0 0 300 100 20 30 20 0 3 0 99"

    def test_reads_past_a_name_with_brackets(self) -> None:
        found = parse_stat(self.LINE, None)

        assert (found.pid, found.parent, found.session) == (42, 7, 41)

    def test_tells_own_time_from_that_of_children_who_ended(self) -> None:
        found = parse_stat(self.LINE, None)

        assert (found.own_s, found.reaped_s) == (400 / TICKS_PER_S, 50 / TICKS_PER_S)

    def test_prefers_the_exact_time(self) -> None:
        assert parse_stat(self.LINE, 3.999).own_s == 3.999
