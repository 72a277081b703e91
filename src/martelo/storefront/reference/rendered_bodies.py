"""Bodies of pages that are the same for everybody, rendered once for each language."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class _Body:
    """A body, and the documents that it shows."""

    documents: list[object]
    html: SafeString


class RenderedBodies:
    """The bodies of one page; each is rendered again once a document is another."""

    def __init__(self) -> None:
        self._bodies: dict[str | None, _Body] = {}
        self._lock = threading.Lock()

    def get(self, documents: list[object], render: Callable[[], SafeString]) -> SafeString:
        """Return the body that shows exactly these documents, in the active language."""
        language = get_language()
        # Callers wait for one rendering, since each would take as long.
        with self._lock:
            body = self._bodies.get(language)
            html = body.html if body and body.documents == documents else render()
            # The documents, too: those compared next are these very objects, which costs nothing.
            self._bodies[language] = _Body(documents, html)
        return html
