"""OpenAPI documents against the running processes, on their own ports and through the gateway.

No request gets a 5xx, an undocumented status, or an answer of another shape.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from visitors import Account, House

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXAMPLES = [10, pytest.param(200, marks=pytest.mark.full)]
"""The same cases every time; ten take about twenty seconds a run."""

INSIDE = ("--exclude-tag", "Health", "--exclude-tag", "Services")
"""What the gateway never routes."""

RUNS = {
    # The gateway itself refuses TRACE, and does not know which methods a path allows.
    "auctions, own port": ("auctions-api", "auctions-api", ()),
    "auctions, gateway": ("auctions-api", "gateway", INSIDE),
    "accounts, gateway": ("storefront", "gateway", ("--include-path-regex", "^/(api/auth|docs)")),
}


@pytest.mark.slow
@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("run", RUNS)
def test_holds_for_generated_requests(
    house: House, ana: Account, tmp_path: Path, run: str, examples: int
) -> None:
    document, to, words = RUNS[run]
    more = ["unsupported_method"] if to == document else []
    source = f"http://127.0.0.1:{house.ports[document]}/openapi.json"

    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", source),
            *("--url", f"http://127.0.0.1:{house.ports[to]}"),
            *("--header", f"Authorization: Bearer {ana.token}"),
            *("--checks", ",".join([*CHECKS, *more]), "--generation-deterministic"),
            *("--max-examples", str(examples), "--continue-on-failure"),
            *words,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-8_000:]
