"""The images context, asked over HTTP whose pictures are."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
import structlog

from martelo.auctions.ports import ImagesUnavailable
from martelo.kernel.ids import AccountId
from martelo.runtime.http import Http, HttpFailed

log = structlog.get_logger(__name__)


class _Owned(msgspec.Struct, frozen=True):
    id: str
    owner_id: str


class _Answer(msgspec.Struct, frozen=True):
    items: list[_Owned]


class HttpPictures:
    """`Pictures` over HTTP; without a service key nothing can be told."""

    def __init__(self, url: str, http: Http, *, service_key: str | None) -> None:
        self._url = f"{url.rstrip('/')}/internal/images"
        self._http = http
        self._headers = {} if service_key is None else {"X-API-Key": service_key}

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        """Return whose each picture is; absent where there is no such picture.

        Raises:
            ImagesUnavailable: The context does not answer, or refuses this process.
        """
        asked = f"{self._url}?ids={','.join(image_ids)}"
        try:
            answer = self._http.send("GET", asked, headers=self._headers)
        except HttpFailed as error:
            raise ImagesUnavailable from error
        if answer.status != HTTPStatus.OK:
            log.warning("pictures-refused", status=answer.status)
            raise ImagesUnavailable
        try:
            found = msgspec.json.decode(answer.body, type=_Answer)
        except msgspec.MsgspecError as error:
            log.warning("pictures-unreadable", reason=str(error))
            raise ImagesUnavailable from error
        return {each.id: AccountId(each.owner_id) for each in found.items}
