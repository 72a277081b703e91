"""What the e-mails about accounts say."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from martelo.accounts.mail import outbox
from martelo.accounts.mail.sending import MailText
from martelo.storefront.people.links import new_password_link


@dataclass(frozen=True)
class MailTexts:
    """Writes e-mails about accounts; `public_url` is where their links lead."""

    public_url: str

    def write(self, kind: str, language: str, house_name: str, token: str) -> MailText:
        """Return an e-mail in a language; `token` is the secret of its link."""
        with translation.override(language):
            if kind == outbox.PASSWORD_LINK:
                return self._password_link(house_name, token)
            return self._password_changed(house_name)

    def _password_link(self, house_name: str, token: str) -> MailText:
        return MailText(
            gettext("%(house)s: choose a new password") % {"house": house_name},
            (
                gettext(
                    "To choose a new password, open this link within 30 minutes. It works once."
                ),
                gettext("If you did not ask for it, ignore this e-mail: nothing has changed."),
            ),
            new_password_link(self.public_url, token),
        )

    def _password_changed(self, house_name: str) -> MailText:
        return MailText(
            gettext("%(house)s: your password was changed") % {"house": house_name},
            (
                gettext(
                    "The password of your account was changed, and you were signed out everywhere "
                    "else. If this was you, there is nothing to do."
                ),
                gettext(
                    "If it was not, choose a new password now: open the sign-in page and follow "
                    "“Forgot your password?”. Check that nobody else reads your e-mail."
                ),
            ),
        )
