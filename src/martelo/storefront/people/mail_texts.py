"""What the e-mails about accounts say."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from martelo.accounts.mail import outbox
from martelo.accounts.mail.sending import MailText
from martelo.storefront.people.links import confirmation_link, new_password_link


@dataclass(frozen=True)
class MailTexts:
    """Writes e-mails about accounts; `public_url` is where their links lead."""

    public_url: str

    def write(self, kind: str, language: str, house_name: str, token: str) -> MailText:
        """Return an e-mail in a language; `token` is the secret of its link."""
        with translation.override(language):
            match kind:
                case outbox.PASSWORD_LINK:
                    return self._password_link(house_name, token)
                case outbox.ACCOUNT_EXISTS:
                    return self._account_exists(house_name, token)
                case outbox.EMAIL_LINK:
                    return self._email_link(house_name, token)
                case outbox.EMAIL_CHANGE:
                    return self._email_change(house_name)
                case _:
                    return self._password_changed(house_name)

    def _email_link(self, house_name: str, token: str) -> MailText:
        return MailText(
            gettext("%(house)s: confirm your e-mail address") % {"house": house_name},
            (
                gettext(
                    "To confirm that this is your address, open this link within 24 hours and "
                    "press “Confirm”."
                ),
                gettext("If you did not ask for it, ignore this e-mail: nothing happens."),
            ),
            confirmation_link(self.public_url, token),
        )

    def _account_exists(self, house_name: str, token: str) -> MailText:
        return MailText(
            gettext("%(house)s: you have an account already") % {"house": house_name},
            (
                gettext(
                    "Somebody, probably you, wanted to register with this address, which has an "
                    "account already. Sign in with your password or, within 30 minutes, choose a "
                    "new one by this link. It works once."
                ),
                gettext("If it was not you, ignore this e-mail: nothing has changed."),
            ),
            new_password_link(self.public_url, token),
        )

    def _email_change(self, house_name: str) -> MailText:
        return MailText(
            gettext("%(house)s: your e-mail address is being changed") % {"house": house_name},
            (
                gettext(
                    "Somebody who knows your password asked to use another e-mail address for "
                    "your account. If this was you, there is nothing to do here."
                ),
                gettext(
                    "If it was not, choose a new password now: open the sign-in page and follow "
                    "“Forgot your password?”. That also cancels the change."
                ),
            ),
        )

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
