"""Forms of accounts: signing in, registering, and one's own name and password."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from martelo.accounts.details import clean_email, email_faults
from martelo.accounts.passwords.rules import MIN_PASSWORD_LENGTH, clean_password, password_faults
from martelo.accounts.tokens.key_rules import SCOPES
from martelo.accounts.tokens.keys import KeyOrder
from martelo.kernel.email_addresses import MAX_EMAIL_LENGTH
from martelo.storefront.web.forms import ChoiceField, Form, NameField, refuse_faults

if TYPE_CHECKING:
    from martelo.storefront.web.forms import LazyText


class EmailField(forms.CharField):
    """The e-mail address of an account."""

    def __init__(self) -> None:
        invalid = gettext_lazy("Write an e-mail address, such as ana@example.com.")
        super().__init__(
            label=gettext_lazy("E-mail"),
            max_length=MAX_EMAIL_LENGTH,
            error_messages={"required": invalid, "max_length": invalid},
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        )


class NewEmailField(EmailField):
    """The e-mail address that an account shall have, by the rule of accounts."""

    def validate(self, value: str) -> None:
        """Refuse what accounts would."""
        refuse_faults("email", email_faults(clean_email(value)))


class CurrentPasswordField(forms.CharField):
    """The password that an account has."""

    def __init__(self, label: "LazyText") -> None:
        super().__init__(
            label=label,
            strip=False,
            error_messages={"required": gettext_lazy("This is not your current password.")},
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )


class NewPasswordField(forms.CharField):
    """A password that an account shall have, by the rule of accounts."""

    def __init__(self, label: "LazyText") -> None:
        super().__init__(
            label=label,
            help_text=gettext_lazy(
                "At least 10 characters; a few words in a row are easy to remember."
            ),
            strip=False,
            min_length=MIN_PASSWORD_LENGTH,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )

    def to_python(self, value: object) -> str:
        """Return the password as accounts read it."""
        return clean_password(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse what accounts would, as far as the person need not be known."""
        refuse_faults("password", password_faults("password", value, ()))


class SignInForm(Form):
    """Who signs in, and with what."""

    email = EmailField()
    password = CurrentPasswordField(gettext_lazy("Password"))


class RegisterForm(Form):
    """Whom to make an account for."""

    name = NameField(
        label=gettext_lazy("Your name"),
        api_name="name",
        help_text=gettext_lazy("Others see it masked while they bid against you, as in “A***a”."),
        autocomplete="name",
    )
    email = NewEmailField()
    password = NewPasswordField(gettext_lazy("Password"))


class RenameForm(Form):
    """One's own name."""

    name = NameField(label=gettext_lazy("Your name"), api_name="name", autocomplete="name")


class RevokeKeysField(forms.BooleanField):
    """Whether API keys end with the password."""

    def __init__(self) -> None:
        label = gettext_lazy("Revoke my API keys too")
        super().__init__(label=label, required=False, initial=True)


class ChangePasswordForm(Form):
    """One's own password."""

    current_password = CurrentPasswordField(gettext_lazy("Current password"))
    password = NewPasswordField(gettext_lazy("New password"))
    revoke_keys = RevokeKeysField()


class ChangeEmailForm(Form):
    """One's own e-mail address."""

    email = NewEmailField()
    current_password = CurrentPasswordField(gettext_lazy("Current password"))


class ForgottenPasswordForm(Form):
    """Whose password is forgotten."""

    email = NewEmailField()


class KeyForm(Form):
    """A new API key."""

    name = NameField(label=gettext_lazy("What the key is for"), api_name="key_name")
    read = forms.BooleanField(label=gettext_lazy("Read my account"), required=False, initial=True)
    bid = forms.BooleanField(label=gettext_lazy("Bid"), required=False)
    buy = forms.BooleanField(label=gettext_lazy("Buy"), required=False)
    sell = forms.BooleanField(label=gettext_lazy("Sell"), required=False)
    expires = ChoiceField(
        label=gettext_lazy("Expires"),
        initial="90",
        choices=(
            ("30", gettext_lazy("after 30 days")),
            ("90", gettext_lazy("after 90 days")),
            ("365", gettext_lazy("after a year")),
            ("never", gettext_lazy("never")),
        ),
    )

    def clean(self) -> dict[str, object]:
        """Refuse a key that may do nothing."""
        if not any(self.cleaned_data.get(scope) for scope in SCOPES):
            self.add_error("read", gettext_lazy("Choose at least one."))
        return self.cleaned_data

    def order(self) -> KeyOrder:
        """Return the key that the form asks for."""
        expires = self.cleaned_data["expires"]
        return KeyOrder(
            self.cleaned_data["name"],
            [scope for scope in SCOPES if self.cleaned_data[scope]],
            None if expires == "never" else int(expires),
        )


def scope_texts() -> "Mapping[str, LazyText]":
    """Return what each scope lets a key do, in words."""
    return {scope: KeyForm.base_fields[scope].label or scope for scope in SCOPES}


class NewPasswordForm(Form):
    """A new password in place of a forgotten one."""

    password = NewPasswordField(gettext_lazy("New password"))
    revoke_keys = RevokeKeysField()
