"""A browser without scripts: it stores cookies and fills in forms."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from martelo.runtime.http.client import Http, HttpResponse

_COOKIE = re.compile(r"(?:^|, )([\w-]+)=([^;,]*)")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Browser:
    """One person's window on the house at `url`."""

    http: Http
    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    text: str = ""
    set_cookie: str = ""

    def get(self, path: str) -> HttpResponse:
        """Open a page."""
        return self._send("GET", path)

    def post(self, path: str, **typed: str) -> HttpResponse:
        """Send a form of the page shown last."""
        token = _TOKEN.search(self.text)
        filled = {"csrfmiddlewaretoken": token[1] if token else "", **typed}
        return self._send("POST", path, urlencode(filled).encode())

    def _send(self, method: str, path: str, content: bytes | None = None) -> HttpResponse:
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        if content is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.http.send(method, self.url + path, headers=headers, content=content)
        self.set_cookie = answer.headers.get("set-cookie", "")
        # A date holds a comma of its own.
        plain = re.sub(r"expires=[^;]*", "", self.set_cookie)
        for name, text in _COOKIE.findall(plain):
            self.cookies[name] = text
            if text in {"", '""'}:
                del self.cookies[name]
        self.text = unescape(answer.body.decode(errors="replace"))
        return answer
