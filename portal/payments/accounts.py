"""The account that invoices are collected from (CGV art. 10.2): its IBAN and BIC, checked before they are kept.

An IBAN with right check digits may still be wrong: in France and Monaco the RIB key (clé RIB) is a second
check, and a bank outside of SEPA collects nothing.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from babel import Locale
from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)

from portal.contract.french import NBSP, count
from portal.contract.refusal import Refusal

_CLAUSE = "10.2"
_SEPARATORS = re.compile(r"[\s.\-–:\u200b\ufeff]")
_ISSUED_WITH = re.compile(r"\AIBAN(?=[A-Z]{2}[0-9O]|\Z)")
_WITH_RIB_KEY = frozenset({"FR", "MC"})
_RIB_LENGTH = 23
_LONGEST = 200  # characters typed: no IBAN, with its spaces, comes near it

# The EPC took them in in 2024 and 2025; schwifty does not know it yet.
_IN_SEPA_SINCE = frozenset({"AL", "MD", "ME", "MK", "RS"})

# Where banks share their country's IBAN and not its two letters in the BIC (ISO 9362).
_BIC_COUNTRIES = MappingProxyType(
    {
        "FR": frozenset(["FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"]),
        "GB": frozenset(["GB", "GG", "IM", "JE"]),
    }
)

_COUNTRIES = Locale("fr").territories


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account, its numbers without spaces; `bic` and `bank_name` are empty where nobody knows them.

    `country` is the one of the IBAN, in two letters.
    """

    iban: str
    bic: str
    bank_name: str
    country: str


def read_account(text: str) -> Account:
    """Return the account whose IBAN somebody typed, with its bank where that is known; refuses as `read_iban`."""
    iban = IBAN(read_iban(text))
    return Account(
        iban=str(iban), bic=str(iban.bic or ""), bank_name=iban.bank_name or "", country=iban.country_code
    )


def read_iban(text: str) -> str:
    """Return the IBAN that somebody typed, with spaces, dashes or small letters as it pleased them.

    Raises `Refusal` with what is wrong and how to mend it: `iban_missing`, `iban_characters`,
    `iban_country`, `iban_not_sepa`, `iban_length`, `iban_structure`, `iban_check_digits`,
    `iban_rib_key`. No message repeats the number.
    """
    typed = _compact(text)
    if not typed:
        raise _refused(
            "iban_missing", "Indiquez l’IBAN du compte à débiter : il est sur le RIB que donne votre banque."
        )
    _check_characters(typed)
    iban = IBAN(typed, allow_invalid=True)
    country = iban.country_code
    length = _length_in(iban, typed)
    if country not in _IN_SEPA_SINCE and not iban.in_sepa_zone:
        raise _refused(
            "iban_not_sepa",
            f"Cet IBAN ({_named(country)}) est celui d’un pays hors de la zone SEPA : "
            "le prélèvement y est impossible. Indiquez un compte tenu dans la zone SEPA.",
        )
    if len(typed) != length:
        raise _wrong_length(country, length, len(typed))
    try:
        iban.validate(validate_bban=country in _WITH_RIB_KEY)
    except InvalidChecksumDigits:
        raise _refused(
            "iban_check_digits",
            "La clé de cet IBAN est fausse : un caractère est sans doute mal recopié, ou deux sont inversés. "
            "Comparez-le groupe par groupe avec votre RIB, et copiez-le plutôt que de le saisir.",
        ) from None
    except InvalidBBANChecksum:
        raise _refused(
            "iban_rib_key",
            "La clé RIB (les deux derniers chiffres) ne correspond pas à la banque, au guichet et au compte. "
            "Copiez l’IBAN depuis le RIB de votre banque, ou demandez-le-lui de nouveau.",
        ) from None
    except SchwiftyException:
        raise _refused(
            "iban_structure",
            f"Cet IBAN n’a pas la forme de ceux du pays {country} : une lettre s’y trouve à la place d’un chiffre, "
            "ou l’inverse. Vérifiez les O et les zéros, les I et les uns.",
        ) from None
    return typed


def left_to_type(text: str) -> int:
    """Return how many characters the beginning of an IBAN lacks; 0 where it is long enough, or of no country."""
    typed = _compact(text)
    try:
        return max(_length_in(IBAN(typed, allow_invalid=True), typed) - len(typed), 0)
    except Refusal:
        return 0


def in_fours(iban: str) -> str:
    """Return « FR14 2004 1010 … », as a RIB shows it, with no-break spaces."""
    return NBSP.join(iban[start : start + 4] for start in range(0, len(iban), 4))


def masked(iban: str) -> str:
    """Return « FR76 •••• •••• 1234 »: enough to know one's own account, of no use to others."""
    return NBSP.join((iban[:4], "••••", "••••", iban[-4:]))


def read_bic(text: str) -> str:
    """Return the BIC that somebody typed, in capitals without spaces; empty where none was: the IBAN is enough.

    Raises `Refusal` `bic_invalid`.
    """
    typed = _SEPARATORS.sub("", text[:_LONGEST]).upper()
    if not typed:
        return ""
    try:
        return str(BIC(typed))
    except InvalidLength:
        message = f"Un BIC compte 8 ou 11{NBSP}caractères ; vous en avez saisi {len(typed)}."
    except InvalidCountryCode:
        message = (
            "Le pays de ce BIC (ses 5e et 6e caractères) n’existe pas : « FR » pour une banque française."
        )
    except SchwiftyException:
        message = "Un BIC commence par quatre lettres pour la banque et deux pour son pays (ISO 9362)."
    raise _refused("bic_invalid", f"{message} Corrigez-le d’après votre RIB, ou laissez ce champ vide.")


def check_bic_of(account: Account, bic: str) -> None:
    """Check that a BIC somebody typed, read already, is that of the account's bank; an empty one is.

    Raises `Refusal`: `bic_other_country`, `bic_other_bank` where the IBAN tells which bank.
    """
    if not bic:
        return
    country = BIC(bic).country_code
    if country not in _BIC_COUNTRIES.get(account.country, {account.country}):
        raise _refused(
            "bic_other_country",
            f"Ce BIC est d’un autre pays ({_named(country)}) que l’IBAN ({_named(account.country)}). Corrigez-le d’après "
            "votre RIB, ou laissez ce champ vide : l’IBAN suffit.",
        )
    if account.bic and BIC(bic).bank_code != BIC(account.bic).bank_code:
        raise _refused(
            "bic_other_bank",
            f"Ce BIC n’est pas celui de la banque de cet IBAN ({account.bank_name or account.bic}). Laissez ce champ "
            "vide : nous le déduisons de l’IBAN.",
        )


def _named(country: str) -> str:
    return f"{country}, {_COUNTRIES.get(country, country)}"


def _compact(text: str) -> str:
    return _ISSUED_WITH.sub("", _SEPARATORS.sub("", text[:_LONGEST]).upper())


def _check_characters(typed: str) -> None:
    strange = next((one for one in typed if not (one.isascii() and one.isalnum())), "")
    if strange:
        shown = f"« {strange} »" if strange.isprintable() else "invisible"
        raise _refused(
            "iban_characters",
            f"Un IBAN ne contient que des lettres sans accent et des chiffres : retirez le caractère {shown}.",
        )
    if not typed[:2].isalpha():
        if len(typed) == _RIB_LENGTH:
            raise _refused(
                "iban_country",
                "C’est sans doute un RIB (23 caractères). L’IBAN est ce même numéro précédé de « FR » "
                "et de deux chiffres : il est imprimé sur le RIB.",
            )
        raise _refused(
            "iban_country",
            "Un IBAN commence par les deux lettres d’un pays, « FR » pour une banque française.",
        )


def _length_in(iban: IBAN, typed: str) -> int:
    try:
        return iban.spec.iban_length
    except InvalidCountryCode:
        raise _refused(
            "iban_country",
            f"Un IBAN commence par les deux lettres d’un pays ; « {typed[:2]} » n’en désigne aucun qui ait des IBAN. "
            "Celui d’une banque française commence par « FR ».",
        ) from None


def _wrong_length(country: str, wanted: int, typed: int) -> Refusal:
    missing = wanted - typed
    mend = f"il en manque {missing}" if missing > 0 else f"{count(-missing, 'caractère')} de trop"
    return _refused(
        "iban_length",
        f"Un IBAN de ce pays ({_named(country)}) compte {wanted}{NBSP}caractères ; "
        f"vous en avez saisi {typed}, {mend}. Copiez-le en entier depuis votre RIB.",
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal(code, clause=_CLAUSE, message=message)
