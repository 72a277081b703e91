import asyncio
import subprocess
import sys

from prometheus_client import CollectorRegistry

from fakes.ended_auctions import sold
from martelo.agent.adapters.llm.building import build_writer
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.adapters.llm.template_writer import TemplateWriter
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.writing import TextSource

LOADED_LIBRARIES = """
import sys
from prometheus_client import CollectorRegistry
from martelo.agent.adapters.llm.building import build_writer
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.adapters.llm.metrics import WritingMetrics
build_writer(LlmSettings.model_validate({}), WritingMetrics(CollectorRegistry()))
heavy = {"pydantic_ai", "openai", "anthropic", "google.genai", "genai_prices"}
sys.exit(" ".join(heavy & set(sys.modules)) or 0)
"""


class TestBuildWriter:
    def test_writes_by_template_without_a_provider(self) -> None:
        writer = build_writer(LlmSettings.model_validate({}), WritingMetrics(CollectorRegistry()))
        written = asyncio.run(writer.write(Kind.DISCORD, sold()))

        assert isinstance(writer, TemplateWriter)
        assert written.source is TextSource.TEMPLATE
        assert written.model is None

    def test_loads_no_model_library_without_a_provider(self) -> None:
        run = subprocess.run(
            [sys.executable, "-c", LOADED_LIBRARIES],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONPATH": ":".join(sys.path)},
        )

        assert (run.returncode, run.stderr) == (0, "")
