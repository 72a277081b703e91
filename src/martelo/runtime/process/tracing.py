"""Traces, where a collector is named: OpenTelemetry over HTTP. Otherwise nothing of it is imported.

A span has ids, counts and words of ours, and nothing of people or of what they wrote: of an error
its class alone, for messages quote what they fail on. Spans are exported in batches, by a thread
of their own and not for long; where no collector takes them they are dropped without waiting.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PATH = "/v1/traces"
EXPORT_TIMEOUT_S = 2.0
BATCH_EVERY_S = 2.0
QUEUE = 512
"""How many spans wait at most; as many make a batch, so that an end waits for two at most."""

Value = str | int | float
NOTHING: Mapping[str, Value] = MappingProxyType({})


class Span(Protocol):
    """An operation that takes time."""

    def set_attribute(self, name: str, value: Value, /) -> None:
        """Add what is only known now."""


class Tracer(Protocol):
    """Makes spans; one that begins inside another is its child."""

    def span(
        self, name: str, attributes: Mapping[str, Value] = NOTHING
    ) -> AbstractContextManager[Span]:
        """Return a span for the time of a `with`; of an exception it records the class."""

    def close(self) -> None:
        """Export what is left, within twice the time-out."""


class Silence:
    """`Span` that records nothing."""

    def set_attribute(self, name: str, value: Value, /) -> None:
        """Ignore it."""


SILENCE = Silence()


class Untraced:
    """`Tracer` that makes none."""

    @contextmanager
    def span(
        self,
        name: str,  # noqa: ARG002 - the port's
        attributes: Mapping[str, Value] = NOTHING,  # noqa: ARG002 - the port's
    ) -> Iterator[Span]:
        """Make no span."""
        yield SILENCE

    def close(self) -> None:
        """Do nothing; there is nothing to export."""


UNTRACED = Untraced()


class NotInstalled(Exception):  # noqa: N818 - says what is found
    """A collector is named, and `requirements-traces.lock` is not installed."""


def open_tracer(endpoint: str | None, process: str) -> Tracer:
    """Return the tracer of a process, to the collector at `endpoint` if there is one.

    Raises:
        NotInstalled: There is one, and what speaks to it is missing.
    """
    if endpoint is None:
        return UNTRACED
    try:
        return _open_otlp(f"{endpoint.rstrip('/')}{PATH}", process)
    except ModuleNotFoundError as error:
        raise NotInstalled(f"{error}: traces need requirements-traces.lock installed") from error


def _open_otlp(url: str, process: str) -> Tracer:
    # 9 MB, which only houses with a collector pay.
    import requests  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - the same
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415 - the same

    session = requests.Session()
    session.trust_env = False
    exporter = OTLPSpanExporter(url, timeout=EXPORT_TIMEOUT_S, session=session)
    batches = BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUE,
        max_export_batch_size=QUEUE,
        schedule_delay_millis=BATCH_EVERY_S * 1000,
    )
    provider = TracerProvider(
        sampler=ALWAYS_ON,
        resource=Resource({"service.name": f"martelo-{process}"}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(batches)
    return _Otlp(provider)


class _Otlp:
    """`Tracer` of OpenTelemetry; not the process's own, lest libraries trace by themselves."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("martelo")

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Value] = NOTHING) -> Iterator[Span]:
        """Make a span for the time of a `with`."""
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()
