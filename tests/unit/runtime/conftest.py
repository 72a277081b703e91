"""What tests of the runtime share."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def _restored_loggers() -> Iterator[None]:
    """Put back the logs of this process after a test that configures them."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
