from martelo.runtime.process.memory import give_back_large_blocks


class TestGiveBackLargeBlocks:
    def test_does_no_harm_whatever_the_c_library(self) -> None:
        give_back_large_blocks()
