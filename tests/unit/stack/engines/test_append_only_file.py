from pathlib import Path

import pytest

from martelo.stack.engines.append_only_file import cut_torn_end
from martelo.stack.errors import StackError

SET = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\n\r\n\0*\r\n"
MULTI = b"*1\r\n$5\r\nMULTI\r\n"
EXEC = b"*1\r\n$4\r\nexec\r\n"
ZEROS = bytes(4096)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the newest file of a log in several parts."""
    folder = tmp_path / "appendonlydir"
    folder.mkdir()
    (folder / "appendonly.aof.manifest").write_text(
        "file appendonly.aof.2.base.rdb seq 2 type b\n"
        "file appendonly.aof.1.incr.aof seq 1 type h\n"
        "file appendonly.aof.2.incr.aof seq 2 type i\n"
        "file appendonly.aof.3.incr.aof seq 3 type i startoffset 0\n"
    )
    return folder / "appendonly.aof.3.incr.aof"


CUTS = [SET[:length] for length in range(1, len(SET))]


@pytest.mark.parametrize("complete", [b"", SET * 3, SET + MULTI + SET + EXEC])
@pytest.mark.parametrize(
    "torn", [ZEROS, MULTI, MULTI + SET, MULTI + SET + ZEROS, *CUTS, *(cut + ZEROS for cut in CUTS)]
)
def test_cuts_off_what_follows_the_last_complete_command(
    log: Path, complete: bytes, torn: bytes
) -> None:
    log.write_bytes(complete + torn)

    said = cut_torn_end(log.parents[1])

    assert log.read_bytes() == complete
    [copy] = log.parents[1].glob("*.cut-off-at-*")
    assert copy.read_bytes() == torn
    assert said is not None
    assert said.endswith(str(copy))


@pytest.mark.parametrize("content", [b"", SET, SET + MULTI + SET + EXEC])
def test_leaves_a_complete_log(log: Path, content: bytes) -> None:
    log.write_bytes(content)

    assert cut_torn_end(log.parents[1]) is None

    assert log.read_bytes() == content


def test_leaves_a_folder_without_a_log(tmp_path: Path) -> None:
    assert cut_torn_end(tmp_path) is None


@pytest.mark.parametrize(
    "damaged",
    [
        SET + ZEROS + SET,
        SET + b"garbage",
        SET + b"garbage" + ZEROS,
        SET + SET[:-2] + b"xx" + SET,
        # A length that swallows the commands after it.
        SET + SET.replace(b"$4", b"$999999") + SET + SET,
    ],
)
def test_refuses_damage_before_the_end_and_says_what_to_do(log: Path, damaged: bytes) -> None:
    log.write_bytes(damaged)

    with pytest.raises(StackError, match=f"backup.*truncate -s {len(SET)} {log}"):
        cut_torn_end(log.parents[1])

    assert log.read_bytes() == damaged
    assert not list(log.parents[1].glob("*.cut-off-at-*"))
