"""What people type, read into values that may be kept, or into French words that say how to mend it.

Nothing is trusted and nothing typed is lost: what is wrong comes back beside what was typed, cut to a
length a page can bear, without passwords. Names are text: emoji, any alphabet and any sign may stand in
them. Only what no one can see is taken out: control characters, direction overrides (they would turn
the rest of a line around), and halves of characters, which no database keeps.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from portal.contract.company import read_siren
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services.named_persons import NewUser

KEPT = 200
_SECRET = frozenset({"password", "current", "code", "jeton"})
_OVERRIDES = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_INVISIBLE = frozenset({"Cc", "Cs"})
# Past this nothing is right anyway, and going through a megabyte letter by letter keeps others waiting.
_LOOKED_AT = 20_000
_POSTCODE = re.compile(r"[0-9]{5}")
_LONGEST_EMAIL = 254


class FormProblems(Exception):
    """Something typed cannot be taken: by field, what to do; and what was typed, to be shown again."""

    def __init__(self, kept: dict[str, str], errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.kept = kept
        self.errors = errors


def clean(typed: object) -> str:
    """Return one line of text without what cannot be seen, spaces made single; "" for what is not text."""
    if not isinstance(typed, str):
        return ""
    words = " ".join(typed[:_LOOKED_AT].split())
    visible = "".join(
        one for one in words if one not in _OVERRIDES and unicodedata.category(one) not in _INVISIBLE
    )
    return unicodedata.normalize("NFC", visible.strip())


def kept(form: Mapping[str, object], fields: tuple[str, ...]) -> dict[str, str]:
    """Return what may be shown again of a form: its known fields, short, without secrets."""
    return {name: clean(form.get(name))[:KEPT] for name in fields if name not in _SECRET}


# --- fields --------------------------------------------------------------------------------------


def problem(message: str) -> PydanticCustomError:
    """Return what a validator raises: the sentence that a person reads."""
    # The message is not a template: braces that someone typed are braces.
    return PydanticCustomError("french", "{message}", {"message": typeset(message)})


def text_of(missing: str, name: str, longest: int) -> Callable[[str], str]:
    """Return the validator of a line of text; one that may be left empty has nothing `missing`."""

    def read(typed: str) -> str:
        text = clean(typed)
        if missing and not text:
            raise problem(missing)
        if len(text) > longest:
            raise problem(f"{name} dépasse {longest}\u00a0caractères : abrégez.")
        return text

    return read


def _siren(typed: str) -> str:
    try:
        return read_siren(clean(typed))
    except Refusal as refusal:
        raise problem(refusal.message) from refusal


def _postcode(typed: str) -> str:
    digits = clean(typed).replace(" ", "")
    if not _POSTCODE.fullmatch(digits):
        raise problem("Un code postal compte cinq chiffres, par exemple 75011.")
    return digits


def _email(typed: str) -> str:
    """Return the address in small letters: nobody's mailbox differs by capitals, people do."""
    text = clean(typed)
    if not text:
        raise problem("Indiquez votre adresse e-mail.")
    if len(text) > _LONGEST_EMAIL:
        raise problem(f"Une adresse e-mail ne dépasse pas {_LONGEST_EMAIL}\u00a0caractères.")
    try:
        read = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise problem(_why_not_an_email(text)) from error
    return (read.ascii_email or read.normalized).lower()


def _why_not_an_email(text: str) -> str:
    if "@" not in text:
        return "Il manque un « @ » à cette adresse, comme dans prenom.nom@exemple.fr."
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        return (
            "Une adresse avec des accents avant le « @ » n’est pas acceptée partout : indiquez-en une autre."
        )
    if "." not in domain:
        return f"L’adresse s’arrête trop tôt : après « @{domain[:60]} », il manque par exemple « .fr »."
    return "Cette adresse n’est pas complète ou contient un signe de trop. Exemple : prenom.nom@exemple.fr."


Siren = Annotated[str, AfterValidator(_siren)]
LegalName = Annotated[
    str, AfterValidator(text_of("Indiquez la dénomination de votre entreprise.", "La dénomination", 100))
]
LegalForm = Annotated[
    str,
    AfterValidator(
        text_of("Indiquez la forme juridique, par exemple SAS ou SARL.", "La forme juridique", 100)
    ),
]
Street = Annotated[
    str, AfterValidator(text_of("Indiquez le numéro et la voie de votre siège.", "L’adresse", 200))
]
Postcode = Annotated[str, AfterValidator(_postcode)]
City = Annotated[str, AfterValidator(text_of("Indiquez la ville de votre siège.", "La ville", 100))]
FirstName = Annotated[str, AfterValidator(text_of("Indiquez le prénom.", "Le prénom", 100))]
LastName = Annotated[str, AfterValidator(text_of("Indiquez le nom.", "Le nom", 100))]
Email = Annotated[str, AfterValidator(_email)]


class Form(BaseModel):
    model_config = ConfigDict(frozen=True)


class CompanyForm(Form):
    """The company, first step of the sign-up (six fields)."""

    siren: Siren
    legal_name: LegalName
    legal_form: LegalForm
    street: Street
    postcode: Postcode
    city: City


class PersonForm(Form):
    """The person, second step of the sign-up, and the first member of the staff (four fields).

    The password is as typed; whether it is good enough depends on the rest, so `passwords` judges it.
    """

    first_name: FirstName
    last_name: LastName
    email: Email
    password: str


class UserForm(Form):
    """A user of the trial."""

    first_name: FirstName
    last_name: LastName
    email: Email


class AddressForm(Form):
    """An e-mail address alone."""

    email: Email


Read = TypeVar("Read", bound=Form)


def read(model: type[Read], form: Mapping[str, object], context: object = None) -> Read:
    """Return a form as its model; raises `FormProblems` with one sentence for each wrong field.

    `context` is what validators must know beside what was typed.
    """
    fields = tuple(model.model_fields)
    typed: dict[str, Any] = {name: _as_text(form.get(name)) for name in fields}
    try:
        return model.model_validate(typed, context=context)
    except ValidationError as error:
        # In the order of the form, so that the first is the first a person comes to.
        found = {str(one["loc"][0]): one["msg"] for one in error.errors(include_url=False)}
        errors = {name: found[name] for name in fields if name in found}
        raise FormProblems(kept(form, fields), errors) from error


def read_new_user(form: Mapping[str, object]) -> NewUser:
    """Return a user to be registered; raises `FormProblems`."""
    user = read(UserForm, form)
    return NewUser(user.first_name, user.last_name, user.email)


def _as_text(value: object) -> str:
    """Return text that UTF-8 can carry: an event from the browser may hold anything, half a character too."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
