"""The images API, as the pages call it: one picture in, its addresses out."""

from http import HTTPStatus

from martelo.runtime.http.client import Http, HttpFailed
from martelo.storefront.clients.auctions import OUTCOME_UNKNOWN, ApiResponse, read_answer

MAX_PICTURE_BYTES = 15 * 1024 * 1024


class ImagesClient:
    """Calls images-api on behalf of a person; `http` states the deadlines."""

    def __init__(self, url: str, http: Http) -> None:
        self._url = url.rstrip("/")
        self._http = http

    def upload(self, picture: bytes, content_type: str, token: str, key: str) -> ApiResponse:
        """Store a picture and return its `image_id`, `url` and `thumbnail_url`, or a problem."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": content_type,
            "Idempotency-Key": key,
        }
        address = f"{self._url}/api/images"
        try:
            return read_answer(self._http.send("POST", address, headers=headers, content=picture))
        except HttpFailed:
            problem = {"type": f"/problems/{OUTCOME_UNKNOWN}"}
            return ApiResponse(HTTPStatus.SERVICE_UNAVAILABLE, problem)

    def download(self, address: str) -> bytes | None:
        """Return a stored picture by the address that `upload` returned; `None` if unavailable."""
        try:
            answer = self._http.send("GET", f"{self._url}{address}")
        except HttpFailed:
            return None
        return answer.body if answer.status == HTTPStatus.OK else None
