"""Metrics of the writing of texts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from martelo.agent.domain.texts import Kind
from martelo.agent.ports.writing import Written

_BUCKETS_S = (0.25, 0.5, 1, 2, 5, 10, 20, 40, 60, 120)


class WritingMetrics:
    """Metrics of written texts; one instance per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._texts = Counter(
            "martelo_agent_texts_total",
            "Texts by kind and by who wrote them.",
            ["kind", "source"],
            registry=registry,
        )
        self._seconds = Histogram(
            "martelo_agent_llm_seconds",
            "How long a model took for a text, with all calls and corrections.",
            ["kind"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._tokens = Counter(
            "martelo_agent_llm_tokens_total", "Tokens.", ["direction"], registry=registry
        )
        self._cost = Counter(
            "martelo_agent_llm_cost_usd_total",
            "What models cost, where their price is known.",
            registry=registry,
        )
        self._failures = Counter(
            "martelo_agent_llm_failures_total",
            "Texts that a template wrote because the model failed, by class of error.",
            ["error"],
            registry=registry,
        )
        self._refusals = Counter(
            "martelo_agent_refusals_total",
            "Rules that texts of models broke.",
            ["rule"],
            registry=registry,
        )
        self._circuit = Gauge(
            "martelo_agent_llm_circuit_open",
            "Whether the model is not called, after failures.",
            registry=registry,
        )

    def count(self, kind: Kind, written: Written) -> None:
        """Count a text."""
        self._texts.labels(kind, written.source).inc()
        for rule in written.refusals:
            self._refusals.labels(rule).inc()
        if written.failure is not None:
            self._failures.labels(written.failure).inc()
        if written.model is None:
            return
        self._seconds.labels(kind).observe(written.seconds)
        self._tokens.labels("input").inc(written.input_tokens)
        self._tokens.labels("output").inc(written.output_tokens)
        self._cost.inc((written.cost_micro_usd or 0) / 1_000_000)

    def show_circuit(self, *, is_open: bool) -> None:
        """Show whether the model is not called."""
        self._circuit.set(is_open)
