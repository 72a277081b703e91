"""`password-link EMAIL`: print a link with which a person chooses a new password."""

import sys
import uuid
from datetime import UTC, datetime

import structlog

from martelo.accounts.tokens.secrets import LinkKind, LinkTokens
from martelo.runtime.process.commands import Command, give_up
from martelo.storefront import django_setup
from martelo.storefront.settings import LinkSettings

log = structlog.get_logger(__name__)


def run(settings: LinkSettings, email: str) -> None:
    """Print a link that is good once, for 30 minutes; that it was made is logged."""
    django_setup.configure_django(settings.database_url)
    from martelo.accounts.lookup import find_by_email  # noqa: PLC0415 - Django comes first
    from martelo.accounts.passwords.reset import open_link  # noqa: PLC0415 - the same
    from martelo.storefront.people.links import new_password_link  # noqa: PLC0415 - the same

    account = find_by_email(email)
    if account is None:
        give_up(f"no account has the e-mail {email}")
    link_id = uuid.uuid4()
    open_link(account, link_id, datetime.now(UTC), mailed=False)
    log.warning("password-link-made", account_id=str(account.id), link_id=str(link_id))
    tokens = LinkTokens(settings.django_secret_key.get_secret_value())
    token = tokens.make(LinkKind.PASSWORD, link_id)
    sys.stdout.write(f"{new_password_link(settings.public_url, token)}\n")


COMMAND = Command(
    name="storefront-password-link", settings=LinkSettings, run=run, arguments={"email": None}
)
