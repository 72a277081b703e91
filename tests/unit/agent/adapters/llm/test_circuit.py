from martelo.agent.adapters.llm.circuit import Circuit


class TestCircuit:
    def test_opens_after_five_failures_in_a_row(self) -> None:
        circuit = Circuit(lambda: 0.0)
        for _ in range(4):
            circuit.fail()
        circuit.succeed()
        for _ in range(4):
            circuit.fail()

        assert not circuit.is_open

        circuit.fail()

        assert circuit.is_open

    def test_closes_after_a_minute_and_opens_again_at_once(self) -> None:
        now_s = [0.0]
        circuit = Circuit(lambda: now_s[0])
        for _ in range(5):
            circuit.fail()

        now_s[0] = 60.0
        assert not circuit.is_open

        circuit.fail()
        assert circuit.is_open
