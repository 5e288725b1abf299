"""The SEPA mandate's own numbers (CGV art. 10.2): its reference (RUM) and the vendor's identifier (ICS)."""

import re

from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from portal.contract.refusal import Refusal

# EPC, SDD Core Implementation Guidelines: the Latin set, without spaces in a reference; a slash neither
# begins nor ends it, and two do not follow each other.
_REFERENCE = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+]{1,35}(?<!/)")


def mandate_reference(contract_number: str, edition: int) -> str:
    """Return the mandate's unique reference (RUM, UMR): « CT-2026-0042-M1 » for the first mandate of the contract.

    `edition` counts the contract's mandates from 1: another account is another mandate. Raises
    `ValueError` where the two make no reference that a bank takes.
    """
    if edition < 1:
        raise ValueError(f"mandates are counted from 1, not {edition}")
    reference = f"{contract_number}-M{edition}"
    if not contract_number or not is_mandate_reference(reference):
        raise ValueError(f"{reference!r} is no mandate reference")
    return reference


def is_mandate_reference(text: str) -> bool:
    """Tell whether a bank takes this as a mandate's reference."""
    return _REFERENCE.fullmatch(text) is not None


def check_creditor_identifier(text: str) -> str:
    """Return the vendor's SEPA identifier (ICS), without spaces, in capitals.

    Raises `Refusal` `creditor_identifier_invalid`; the check digits leave out the three letters of the
    creditor's own business code.
    """
    typed = text.strip().upper()
    try:
        identifier = at_02.validate(typed)
    except ValidationError:
        identifier = ""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", identifier):
        raise Refusal(
            "creditor_identifier_invalid",
            clause="10.2",
            message="Cet identifiant créancier SEPA (ICS) n’est pas valable : sa clé ou sa forme est fausse. "
            "Recopiez-le depuis la lettre de votre banque : « FR », deux chiffres, trois caractères, puis le numéro national.",
        )
    return str(identifier)
