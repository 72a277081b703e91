"""Logs: structlog and the standard library's loggers, in one shape on standard error."""

import logging
import sys
from typing import Literal

import structlog

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

_QUIET = ("httpx2", "httpcore2", "asyncio", "alembic.runtime.plugins")
"""Libraries that report every call at `info`; their warnings still come through."""


def configure(format: LogFormat, level: LogLevel, process: str) -> None:  # noqa: A002 - the word
    """Write every log line of this process to standard error, named `process`.

    What `bind_request` binds is in each line of that request. Called once, when a process starts.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(process),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(format),
            ],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def bind_request(request_id: str, process: str = "") -> None:
    """Forget what the last request of this thread or task bound, and bind this one's id.

    Its lines are named `process`, where one process of the system serves several of ours.
    """
    structlog.contextvars.clear_contextvars()
    named = {"process": process} if process else {}
    structlog.contextvars.bind_contextvars(request_id=request_id, **named)


def _named(process: str) -> structlog.typing.Processor:
    def add(
        _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event.setdefault("process", process)
        return event

    return add


def _renderers(format: LogFormat) -> list[structlog.typing.Processor]:  # noqa: A002 - the word
    if format == "json":
        # Local variables would put passwords and tokens into the logs.
        trace = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(trace),
            structlog.processors.JSONRenderer(),
        ]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
