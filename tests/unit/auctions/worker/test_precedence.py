import threading

from martelo.auctions.worker.precedence import Precedence


class TestPrecedence:
    def test_holds_up_nobody_while_it_is_not_taken(self) -> None:
        precedence = Precedence()
        with precedence.taken():
            pass

        precedence.give_way()

    def test_lets_who_took_it_go_first(self) -> None:
        precedence, order = Precedence(), []

        def give_way() -> None:
            precedence.give_way()
            order.append("other")

        with precedence.taken():
            other = threading.Thread(target=give_way)
            other.start()
            order.append("first")
        other.join()

        assert order == ["first", "other"]

    def test_holds_up_nobody_for_ever(self) -> None:
        precedence = Precedence()

        with precedence.taken():
            precedence.give_way()
