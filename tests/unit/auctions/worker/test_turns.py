from martelo.auctions.worker.turns import TURNS_IN_A_ROW, Turns


class TestTurns:
    def test_come_in_order_and_end(self) -> None:
        turns = Turns([4, 5, 6])

        assert [turns.take(2), turns.take(2), turns.take(2)] == [[4, 5], [6], []]

    def test_keep_what_has_more_work_at_hand(self) -> None:
        turns = Turns([4, 5, 6])
        turns.take(2)

        turns.keep(5)
        turns.keep(4)

        assert turns.take(3) == [4, 5, 6]

    def test_go_round_where_the_work_does_not_end(self) -> None:
        turns = Turns([4, 5])

        order = []
        for _ in range(2 * TURNS_IN_A_ROW):
            (partition,) = turns.take(1)
            order.append(partition)
            turns.keep(partition)

        assert order == [4] * TURNS_IN_A_ROW + [5] * TURNS_IN_A_ROW
