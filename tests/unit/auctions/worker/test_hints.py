from martelo.auctions.worker.hints import Hints
from martelo.kernel.ids import AuctionId

A, B = AuctionId("00-a"), AuctionId("00-b")


class TestHints:
    def test_are_taken_once(self) -> None:
        hints = Hints()
        hints.add([A, B, A])

        assert set(hints.take()) == {A, B}
        assert hints.take() == {}
        assert hints.age_s() == 0

    def test_put_back_keep_their_age_and_the_older_one(self) -> None:
        hints = Hints()
        hints.add([A])
        taken = hints.take()
        hints.add([A, B])

        hints.put_back(taken)

        again = hints.take()
        assert set(again) == {A, B}
        assert again[A] == taken[A]
