import json
import logging

import pytest
import structlog

from martelo.runtime.process.logs import bind_request, configure

pytestmark = pytest.mark.usefixtures("_restored_loggers")


class TestConfigure:
    def test_writes_own_and_foreign_lines_in_one_shape(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        configure("json", "info", "storefront")
        bind_request("req-12345")

        structlog.get_logger("own").info("signed-in", account="a1")
        logging.getLogger("foreign").warning("oh %s", "no")

        own, foreign = map(json.loads, capsys.readouterr().err.splitlines())
        assert own["event"] == "signed-in"
        assert own["account"] == "a1"
        assert foreign["event"] == "oh no"
        for line in (own, foreign):
            assert (line["process"], line["request_id"]) == ("storefront", "req-12345")

    def test_keeps_to_its_level(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure("console", "warning", "storefront")

        structlog.get_logger("own").info("too quiet")

        assert capsys.readouterr().err == ""

    def test_writes_no_local_variable_of_a_failed_call(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail(password: str) -> None:
            raise RuntimeError(f"{len(password)} characters")

        for style in ("json", "console"):
            configure(style, "info", "storefront")
            try:
                fail("planted-secret-password")
            except RuntimeError:
                structlog.get_logger(style).exception("failed")

        written = capsys.readouterr().err
        assert "23 characters" in written
        assert 'planted-secret-password"' not in written.replace(
            'fail("planted-secret-password")', ""
        )


class TestBindRequest:
    def test_forgets_the_previous_request(self) -> None:
        structlog.contextvars.bind_contextvars(account="a1")

        bind_request("req-2")

        assert structlog.contextvars.get_contextvars() == {"request_id": "req-2"}

    def test_names_the_lines_of_a_request(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure("json", "info", "storefront")

        bind_request("req-2", "images-api")
        structlog.get_logger("own").info("in")
        bind_request("req-3")
        structlog.get_logger("own").info("out")

        lines = map(json.loads, capsys.readouterr().err.splitlines())
        assert [line["process"] for line in lines] == ["images-api", "storefront"]
