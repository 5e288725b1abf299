"""The forms of the dossier: who subscribes and signs, and from which account it is collected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.fr import siren as siren_check
from stdnum.fr import tva

from portal.contract.french import NBSP, count, euros, typeset
from portal.contract.offer import Grid
from portal.contract.quotation import MOST_USERS
from portal.contract.refusal import Refusal
from portal.payments.accounts import check_bic_of, read_account, read_bic
from portal.services.forms import (
    City,
    Form,
    FormProblems,
    LegalForm,
    LegalName,
    Postcode,
    Street,
    clean,
    kept,
    problem,
    read,
    text_of,
)
from portal.services.typed_figures import amount_in

MOST_OF_AN_OPTION = 99
OPTION = "option_"
_IN_WORDS = re.compile(r"(euros?|eur)\Z", re.IGNORECASE)
_LONGEST_HOLDER = 70  # characters of a name that a bank takes (EPC, SDD Core Implementation Guidelines)


class Known(NamedTuple):
    """What a subscription is read against: `registered` users are named already."""

    siren: str
    grid: Grid
    registered: int


def whole_number(typed: object, most: int) -> int | None:
    """Return a number that somebody typed, « 10 000 » or « 007 »; one above `most` for any that is above, None for none."""
    digits = clean(typed).replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    significant = digits.lstrip("0") or "0"
    return most + 1 if len(significant) > len(str(most)) else min(int(significant), most + 1)


def vat_number_of(siren: str) -> str:
    """Return the VAT number that goes with a SIREN (« FR83404833048 »): its key is computed."""
    return f"FR{siren_check.to_tva(siren)}"


def _vat_number(typed: str, info: ValidationInfo) -> str:
    text = clean(typed)
    if not text:
        return ""
    known: Known = info.context  # type: ignore[assignment]  # read_subscription gives it
    computed = vat_number_of(known.siren)
    try:
        same = f"FR{tva.validate(text)}" == computed
    except NotANumber as error:
        raise problem(
            f"Ce numéro de TVA n’est pas valable : pour votre SIREN, c’est {computed}. Laissez vide si vous n’en avez pas."
        ) from error
    if not same:
        raise problem(
            f"Ce numéro de TVA est celui d’une autre entreprise : pour votre SIREN, c’est {computed}."
        )
    return computed


def _capital(typed: str) -> str:
    """Return « 10 000 € », as papers print it; nothing for a company that has none."""
    text = clean(typed)
    if not text:
        return ""
    cents = amount_in(_IN_WORDS.sub("€", text))
    if not cents:
        raise problem(
            "Écrivez le capital en euros et en chiffres, par exemple 10 000 ou 10 000,50. Laissez vide s’il n’y en a pas."
        )
    return euros(cents).replace(f",00{NBSP}", NBSP)


def _users(typed: object, info: ValidationInfo) -> int:
    known: Known = info.context  # type: ignore[assignment]  # read_subscription gives it
    least = max(known.grid.minimum_users, known.registered)
    users = whole_number(typed, MOST_USERS)
    if users is None:
        raise problem(f"Indiquez un nombre d’utilisateurs, {least} au moins.")
    if users > MOST_USERS:
        raise problem(
            f"Au-delà de {count(MOST_USERS, 'utilisateur')}, écrivez-nous : nous préparons une offre."
        )
    if users < least:
        why = "c’est le minimum du contrat" if least > known.registered else "ils sont déjà inscrits"
        raise problem(f"Le contrat compte {count(least, 'utilisateur')} au moins : {why}.")
    return users


def _iban(typed: str) -> str:
    try:
        return read_account(clean(typed)).iban
    except Refusal as refusal:
        raise problem(refusal.message) from refusal


def _bic(typed: str, info: ValidationInfo) -> str:
    try:
        bic = read_bic(clean(typed))
        if iban := info.data.get("iban"):
            check_bic_of(read_account(iban), bic)
    except Refusal as refusal:
        raise problem(refusal.message) from refusal
    return bic


class SubscriptionForm(Form):
    """The first step: the company, who signs, for how many users."""

    legal_name: LegalName
    legal_form: LegalForm
    street: Street
    postcode: Postcode
    city: City
    capital: Annotated[str, AfterValidator(_capital)]
    rcs_city: Annotated[str, AfterValidator(text_of("", "La ville du greffe", 100))]
    vat_number: Annotated[str, AfterValidator(_vat_number)]
    signatory_name: Annotated[
        str,
        AfterValidator(text_of("Indiquez le prénom et le nom de qui signe.", "Le nom du signataire", 200)),
    ]
    signatory_capacity: Annotated[
        str,
        AfterValidator(
            text_of("Indiquez en quelle qualité elle signe : gérante, président…", "La qualité", 100)
        ),
    ]
    users: Annotated[int, BeforeValidator(_users)]


class AccountForm(Form):
    """The second step: the account to collect from, as typed; the bank is named from the IBAN."""

    holder: Annotated[
        str,
        AfterValidator(
            text_of(
                "Indiquez le titulaire du compte, comme sur le RIB.", "Le nom du titulaire", _LONGEST_HOLDER
            )
        ),
    ]
    iban: Annotated[str, AfterValidator(_iban)]
    bic: Annotated[str, AfterValidator(_bic)]


@dataclass(frozen=True, slots=True)
class Subscription:
    """The first step, read; `options` goes from a code of the grid to how many."""

    form: SubscriptionForm
    options: Mapping[str, int]


def read_subscription(form: Mapping[str, object], known: Known) -> Subscription:
    """Return the first step; raises `FormProblems` with one sentence for each wrong field.

    Options come as `option_<code>`, how many of each.
    """
    options, errors = _options(form, known.grid)
    try:
        company = read(SubscriptionForm, form, known)
    except FormProblems as problems:
        raise FormProblems(_kept(form, known.grid), problems.errors | errors) from problems
    if errors:
        raise FormProblems(_kept(form, known.grid), errors)
    return Subscription(company, options)


def read_account_form(form: Mapping[str, object]) -> AccountForm:
    """Return the second step; raises `FormProblems`. No message repeats the account's number."""
    return read(AccountForm, form)


def _kept(form: Mapping[str, object], grid: Grid) -> dict[str, str]:
    return kept(form, (*SubscriptionForm.model_fields, *(f"{OPTION}{one.code}" for one in grid.options)))


def _options(form: Mapping[str, object], grid: Grid) -> tuple[dict[str, int], dict[str, str]]:
    options: dict[str, int] = {}
    errors: dict[str, str] = {}
    for one in grid.options:
        quantity = whole_number(clean(form.get(f"{OPTION}{one.code}")) or "0", MOST_OF_AN_OPTION)
        if quantity is None or quantity > MOST_OF_AN_OPTION:
            errors[f"{OPTION}{one.code}"] = typeset(
                f"{one.label} : indiquez un nombre de 0 à {MOST_OF_AN_OPTION}."
            )
        elif quantity:
            options[one.code] = quantity
    return options, errors
