"""The images context, asked over HTTP whose pictures are."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
import stamina
import structlog

from martelo.catalog.ports import ImagesUnavailable
from martelo.kernel.ids import AccountId
from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

TRIES = 2
PAUSE_S = 0.05

log = structlog.get_logger(__name__)


class _Owned(msgspec.Struct, frozen=True):
    id: str
    owner_id: str


class _Owners(msgspec.Struct, frozen=True):
    items: list[_Owned]


_OWNERS = msgspec.json.Decoder(_Owners)


class HttpPictures:
    """`Pictures` over HTTP; without a service key every call fails."""

    def __init__(self, url: str, http: Http, *, service_key: str | None) -> None:
        self._url = f"{url.rstrip('/')}/internal/images"
        self._http = http
        self._headers = {} if service_key is None else {"X-API-Key": service_key}

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        """Return the owner of each picture; absent where there is no such picture.

        Raises:
            ImagesUnavailable: The context does not answer, or refuses this process.
        """
        try:
            answer = self._ask(f"{self._url}?ids={','.join(image_ids)}")
            if answer.status != HTTPStatus.OK:
                log.warning("pictures-refused", status=answer.status)
                raise ImagesUnavailable
            found = _OWNERS.decode(answer.body)
        except (HttpFailed, msgspec.MsgspecError) as error:
            raise ImagesUnavailable from error
        return {each.id: AccountId(each.owner_id) for each in found.items}

    @stamina.retry(on=HttpFailed, attempts=TRIES, wait_initial=PAUSE_S, wait_jitter=PAUSE_S)
    def _ask(self, url: str) -> HttpResponse:
        return self._http.send("GET", url, headers=self._headers)
