import pytest

from benchmarks.harness.viewers import Watched, text_frame, upgrade


class TestTextFrame:
    @pytest.mark.parametrize(
        ("length", "head"),
        [
            (0, b"\x81\x80"),
            (125, b"\x81\xfd"),
            (126, b"\x81\xfe\x00\x7e"),
            (300, b"\x81\xfe\x01\x2c"),
        ],
    )
    def test_is_final_masked_text_of_its_length(self, length: int, head: bytes) -> None:
        payload = b"x" * length

        assert text_frame(payload) == head + b"\0\0\0\0" + payload


class TestUpgrade:
    def test_asks_for_a_websocket(self) -> None:
        request = upgrade("/live")

        assert request.startswith(b"GET /live HTTP/1.1\r\n")
        assert request.endswith(b"\r\n\r\n")
        assert b"Upgrade: websocket\r\n" in request


class TestFault:
    @pytest.mark.parametrize(
        ("watched", "fault"),
        [
            (Watched(), None),
            (Watched(missing=3), "saturated: 3 deliveries missing"),
            (Watched(astray=2), "2 viewers did not end at the last event"),
            (Watched(late_s=1.5), "events were published 1.5 s late"),
        ],
    )
    def test_says_why_a_round_says_nothing(self, watched: Watched, fault: str | None) -> None:
        assert watched.fault == fault
