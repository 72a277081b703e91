"""One PostgreSQL and one images API for all tests of images."""

from collections.abc import Iterator

import pytest

from engines.images import Images, prepare_images
from engines.postgresql import PostgresqlServer, start_postgresql
from fakes.neighbours import Neighbours


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("images") / "postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def neighbours() -> Iterator[Neighbours]:
    with Neighbours().answering() as answering:
        yield answering


@pytest.fixture(scope="session")
def images(
    postgresql: PostgresqlServer, neighbours: Neighbours, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Images]:
    images = prepare_images(postgresql, neighbours, tmp_path_factory.mktemp("images-api"))
    try:
        images.start()
        yield images
    finally:
        images.stop()
