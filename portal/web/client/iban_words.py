"""What is said of an IBAN while it is typed."""

from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.payments.accounts import read_account
from portal.services.forms import clean

_SHORTEST = 15


def said_of_iban(typed: object) -> tuple[str, bool]:
    """Return what is right or wrong with it, and whether it is right; a beginning is not yet wrong."""
    if len(clean(typed).replace(" ", "")) < _SHORTEST:
        return "", False
    try:
        account = read_account(clean(typed))
    except Refusal as refusal:
        return typeset(refusal.message), False
    bank = " · ".join(part for part in (account.bank_name, account.bic) if part)
    return typeset(f"IBAN valable{f' : {bank}' if bank else ''}."), True
