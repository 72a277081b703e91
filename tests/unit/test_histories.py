from histories import Call, find_contradiction

PRICES = {2: 100, 3: 110, 4: 110, 5: 130}


class TestFindContradiction:
    def test_finds_none_where_calls_overlap(self) -> None:
        calls = [Call(0, 9, seq=3), Call(1, 8, seq=2), Call(2, 3, price_cents=110)]

        assert find_contradiction(calls, PRICES) is None

    def test_finds_a_place_before_one_that_was_answered(self) -> None:
        assert find_contradiction([Call(0, 1, seq=3), Call(2, 3, seq=2)], PRICES) is not None

    def test_finds_one_place_given_twice(self) -> None:
        assert find_contradiction([Call(0, 1, seq=3), Call(2, 3, seq=3)], PRICES) is not None

    def test_finds_a_price_of_the_past(self) -> None:
        calls = [Call(0, 1, seq=5), Call(2, 3, price_cents=110)]

        assert find_contradiction(calls, PRICES) is not None

    def test_finds_a_price_of_the_future(self) -> None:
        calls = [Call(0, 1, price_cents=130), Call(2, 3, seq=4)]

        assert find_contradiction(calls, PRICES) is not None

    def test_finds_a_price_that_never_was(self) -> None:
        assert find_contradiction([Call(0, 1, price_cents=120)], PRICES) is not None

    def test_takes_the_latest_price_of_equals(self) -> None:
        calls = [Call(0, 1, seq=4), Call(2, 3, price_cents=110), Call(4, 5, seq=5)]

        assert find_contradiction(calls, PRICES) is None
