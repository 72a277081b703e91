import subprocess
import sys
from pathlib import Path

import pytest

from engines.images import ANA, Images

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)

EXAMPLES = [("somebody", 25), ("nobody", 5), pytest.param("somebody", 200, marks=pytest.mark.full)]
"""Of each operation; nobody is refused before anything else is looked at."""


class TestContract:
    @pytest.mark.slow
    @pytest.mark.parametrize(("who", "examples"), EXAMPLES)
    def test_is_kept_whatever_is_sent(
        self, images: Images, tmp_path: Path, who: str, examples: int
    ) -> None:
        token = images.neighbours.token(ANA, "Ana") if who == "somebody" else "forged"

        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{images.url}/openapi.json"),
                *("--header", f"Authorization: Bearer {token}"),
                *("--checks", ",".join(CHECKS), "--max-examples", str(examples)),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=3_600,
            check=False,
        )

        assert run.returncode == 0, run.stdout[-6000:]
