"""A provider of language models that speaks the real wire formats and says what it is given."""

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
INPUT_TOKENS, OUTPUT_TOKENS = 400, 100
FINAL = "final_result"


@dataclass(frozen=True, slots=True)
class Call:
    """The model calls a tool; the output is a tool too, called `final_result`."""

    name: str = "get_auction"
    arguments: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say:
    """The model answers with text."""

    text: str
    is_cut_by_limit: bool = False


@dataclass(frozen=True, slots=True)
class Fail:
    """The provider answers with an error."""

    status: int


@dataclass(frozen=True, slots=True)
class Silence:
    """The provider takes the request and does not answer."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection breaks in the middle of an answer."""


Turn = Call | Say | Fail | Silence | Cut


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: Json

    @property
    def text(self) -> str:
        """The whole body, as text."""
        return json.dumps(self.body, ensure_ascii=False)


class LlmProvider:
    """Gemini, OpenAI, Ollama and Anthropic on one loopback port; the last turn is repeated."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.requests: list[Request] = []
        self._turns = list(turns)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                provider.answer(self, Request(self.path, headers, body))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> int:
        return len(self.requests)

    def answer(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        with self._lock:
            turn = self._turns[min(len(self.requests), len(self._turns) - 1)]
            self.requests.append(request)
        match turn:
            case Silence():
                self._ended.wait()
                handler.close_connection = True
            case Cut():
                handler.send_response(200)
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", "5000")
                handler.end_headers()
                handler.wfile.write(b'{"id": "')
                handler.close_connection = True
            case Fail(status):
                respond(handler, status, {"error": {"code": status, "message": "no"}})
            case Call() | Say():
                respond(handler, 200, written(request, turn, self.calls))

    @contextlib.contextmanager
    def answering(self) -> Iterator["LlmProvider"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def respond(handler: BaseHTTPRequestHandler, status: int, body: Json) -> None:
    content = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.send_header("retry-after-ms", "1")
    handler.end_headers()
    handler.wfile.write(content)


def written(request: Request, turn: Call | Say, number: int) -> Json:
    """Return the turn in the format of whoever was asked."""
    if request.path.startswith("/v1beta/models/"):
        return gemini(turn)
    if request.path == "/v1/messages":
        return anthropic(request, turn, number)
    return openai(request, turn, number)


def gemini(turn: Call | Say) -> Json:
    if isinstance(turn, Call):
        part: Json = {"functionCall": {"name": turn.name, "args": turn.arguments}}
    else:
        part = {"text": turn.text}
    is_cut = isinstance(turn, Say) and turn.is_cut_by_limit
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [part]},
                "finishReason": "MAX_TOKENS" if is_cut else "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": INPUT_TOKENS,
            "candidatesTokenCount": OUTPUT_TOKENS,
            "totalTokenCount": INPUT_TOKENS + OUTPUT_TOKENS,
        },
        "modelVersion": "gemini-2.5-flash",
        "responseId": "r1",
    }


def openai(request: Request, turn: Call | Say, number: int) -> Json:
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    if isinstance(turn, Call):
        function = {"name": turn.name, "arguments": json.dumps(turn.arguments)}
        message["tool_calls"] = [{"id": f"c{number}", "type": "function", "function": function}]
        reason = "tool_calls"
    else:
        message["content"] = turn.text
        reason = "length" if turn.is_cut_by_limit else "stop"
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": request.body["model"],
        "choices": [{"index": 0, "finish_reason": reason, "message": message, "logprobs": None}],
        "usage": {
            "prompt_tokens": INPUT_TOKENS,
            "completion_tokens": OUTPUT_TOKENS,
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        },
    }


def anthropic(request: Request, turn: Call | Say, number: int) -> Json:
    if isinstance(turn, Call):
        block: Json = {
            "type": "tool_use",
            "id": f"toolu_{number}",
            "name": turn.name,
            "input": turn.arguments,
        }
        reason = "tool_use"
    else:
        block = {"type": "text", "text": turn.text}
        reason = "max_tokens" if turn.is_cut_by_limit else "end_turn"
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": [block],
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS},
    }
