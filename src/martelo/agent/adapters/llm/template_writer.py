"""The writer that needs no model."""

from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.writing import TextSource, Written


class TemplateWriter:
    """Writes by template."""

    def __init__(self, metrics: WritingMetrics) -> None:
        self._metrics = metrics

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the template's text."""
        text = render_template(kind, clean(facts))
        written = Written(text, TextSource.TEMPLATE, facts.house.language, provider="template")
        self._metrics.count(kind, written)
        return written
