import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.auctions.live.websocket.frames import (
    MAX_MESSAGE_BYTES,
    BrokenFraming,
    Close,
    FrameReader,
    Message,
    Opcode,
    close_frame,
    control_frame,
    read_close,
    text_frame,
)

MASK = b"\x37\xfa\x21\x3d"


def client_frame(
    payload: bytes, opcode: int = Opcode.TEXT, *, fin: bool = True, mask: bytes = MASK
) -> bytes:
    size = len(payload)
    head = bytes(((0x80 if fin else 0) | opcode,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 65_536:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def code_of(data: bytes) -> int:
    with pytest.raises(BrokenFraming) as broken:
        FrameReader().feed(data)
    return broken.value.code


class TestFeed:
    def test_reads_the_example_of_the_standard(self) -> None:
        # RFC 6455, section 5.7: a single-frame masked text message.
        hello = bytes.fromhex("818537fa213d7f9f4d5158")

        assert FrameReader().feed(hello) == [Message(Opcode.TEXT, b"Hello")]

    @pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, MAX_MESSAGE_BYTES])
    def test_reads_every_size_there_is(self, size: int) -> None:
        text = b"x" * size

        assert FrameReader().feed(client_frame(text)) == [Message(Opcode.TEXT, text)]

    @given(
        texts=st.lists(st.text(max_size=300), max_size=5),
        cuts=st.lists(st.integers(0, 2_000), max_size=6),
        mask=st.binary(min_size=4, max_size=4),
    )
    def test_does_not_care_how_the_bytes_come(
        self, texts: list[str], cuts: list[int], mask: bytes
    ) -> None:
        data = b"".join(client_frame(text.encode(), mask=mask) for text in texts)
        reader, read, start = FrameReader(), [], 0
        for cut in [*sorted(cuts), len(data)]:
            read += reader.feed(data[start:cut])
            start = max(start, cut)

        assert [message.payload.decode() for message in read] == texts

    def test_joins_fragments_round_control_frames(self) -> None:
        data = (
            client_frame("ção".encode()[:2], fin=False)
            + client_frame(b"!", Opcode.PING)
            + client_frame("ção".encode()[2:], Opcode.CONTINUATION, fin=False)
            + client_frame(b"", Opcode.CONTINUATION)
            + client_frame(b"next")
        )

        assert FrameReader().feed(data) == [
            Message(Opcode.PING, b"!"),
            Message(Opcode.TEXT, "ção".encode()),
            Message(Opcode.TEXT, b"next"),
        ]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            pytest.param(b"\x81\x05Hello", Close.PROTOCOL_ERROR, id="not masked"),
            pytest.param(b"\xc1\x85" + MASK, Close.PROTOCOL_ERROR, id="compressed"),
            pytest.param(b"\xa1\x85" + MASK, Close.PROTOCOL_ERROR, id="reserved bit"),
            pytest.param(client_frame(b"x", 0x3), Close.PROTOCOL_ERROR, id="unknown opcode"),
            pytest.param(client_frame(b"x", 0xB), Close.PROTOCOL_ERROR, id="unknown control"),
            pytest.param(client_frame(b"x", Opcode.BINARY), Close.NOT_ACCEPTED, id="binary"),
            pytest.param(
                client_frame(b"x", Opcode.BINARY, fin=False), Close.NOT_ACCEPTED, id="binary part"
            ),
            pytest.param(
                client_frame(b"x", Opcode.CONTINUATION), Close.PROTOCOL_ERROR, id="goes on nothing"
            ),
            pytest.param(
                client_frame(b"x", fin=False) + client_frame(b"x"),
                Close.PROTOCOL_ERROR,
                id="another text in between",
            ),
            pytest.param(
                client_frame(b"x", Opcode.PING, fin=False),
                Close.PROTOCOL_ERROR,
                id="part of a ping",
            ),
            pytest.param(
                client_frame(b"x" * 126, Opcode.PING), Close.PROTOCOL_ERROR, id="a long ping"
            ),
            pytest.param(client_frame(b"\xff"), Close.NOT_UTF8, id="no text"),
            pytest.param(client_frame(b"\xed\xa0\x80"), Close.NOT_UTF8, id="half a surrogate"),
            pytest.param(
                client_frame(b"x" * (MAX_MESSAGE_BYTES + 1)), Close.TOO_BIG, id="a byte too many"
            ),
            pytest.param(b"\x81\xff" + b"\xff" * 8 + MASK, Close.TOO_BIG, id="2^64 bytes"),
            pytest.param(
                client_frame(b"x" * 40_000, fin=False)
                + client_frame(b"x" * 40_000, Opcode.CONTINUATION),
                Close.TOO_BIG,
                id="too big in parts",
            ),
            pytest.param(
                client_frame(b"", fin=False)
                + client_frame(b"", Opcode.CONTINUATION, fin=False) * MAX_MESSAGE_BYTES,
                Close.TOO_BIG,
                id="in endless nothings",
            ),
            pytest.param(
                b"\x81\xfe\x00\x05" + MASK, Close.PROTOCOL_ERROR, id="5 written in two bytes"
            ),
            pytest.param(
                b"\x81\xff" + (5).to_bytes(8, "big") + MASK,
                Close.PROTOCOL_ERROR,
                id="5 written in eight bytes",
            ),
        ],
    )
    def test_refuses_what_breaks_the_protocol(self, data: bytes, code: int) -> None:
        assert code_of(data) == code

    def test_does_not_wait_for_what_it_will_not_take(self) -> None:
        assert code_of(b"\x81\xff" + (1 << 20).to_bytes(8, "big")) == Close.TOO_BIG


class TestTextFrame:
    @pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
    def test_says_the_size_as_the_standard_does(self, size: int) -> None:
        frame = text_frame(b"x" * size)

        assert frame[0] == 0x81
        assert frame.endswith(b"x" * size)
        if size < 126:
            assert frame[1] == size
        elif size < 65_536:
            assert frame[1:4] == b"\x7e" + size.to_bytes(2, "big")
        else:
            assert frame[1:10] == b"\x7f" + size.to_bytes(8, "big")


class TestControlFrame:
    def test_is_short_and_whole(self) -> None:
        assert control_frame(Opcode.PING) == b"\x89\x00"
        assert control_frame(Opcode.PONG, b"abc") == b"\x8a\x03abc"
        assert close_frame(1008, "no") == b"\x88\x04\x03\xf0no"


class TestReadClose:
    @pytest.mark.parametrize(
        ("payload", "code"),
        [(b"", 1000), (b"\x03\xe8", 1000), (b"\x03\xe9bye", 1001), (b"\x0b\xb8", 3000)],
    )
    def test_says_why_the_client_left(self, payload: bytes, code: int) -> None:
        assert read_close(payload) == code

    @pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
    def test_refuses_codes_that_may_not_be_sent(self, code: int) -> None:
        with pytest.raises(BrokenFraming) as broken:
            read_close(code.to_bytes(2, "big"))
        assert broken.value.code == Close.PROTOCOL_ERROR

    def test_refuses_half_a_code_and_a_reason_that_is_no_text(self) -> None:
        with pytest.raises(BrokenFraming) as half:
            read_close(b"\x03")
        with pytest.raises(BrokenFraming) as garbled:
            read_close(b"\x03\xe8\xff")

        assert half.value.code == Close.PROTOCOL_ERROR
        assert garbled.value.code == Close.NOT_UTF8
