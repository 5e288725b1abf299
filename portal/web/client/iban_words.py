"""What is said of an IBAN while it is typed, and once its field is left."""

from dataclasses import dataclass

from portal.contract.french import count, typeset
from portal.contract.refusal import Refusal
from portal.payments.accounts import left_to_type, read_account
from portal.services.forms import clean

TYPED, LEFT = "typed", "left"
"""The moments at which an IBAN is looked at: while it is typed, and once its field is left."""

_SHORTEST = 15


@dataclass(frozen=True, slots=True)
class SaidOfIban:
    """The words, and how they are to be taken: « right », « wrong », or quietly, « soft »."""

    words: str = ""
    tone: str = "soft"


def said_of_iban(typed: object, *, is_left: bool) -> SaidOfIban:
    """Return what is right or wrong with it; what is merely too short is not wrong before the field `is_left`."""
    text = clean(typed)
    if not text or (not is_left and len(text.replace(" ", "")) < _SHORTEST):
        return SaidOfIban()
    try:
        account = read_account(text)
    except Refusal as refusal:
        if not is_left and refusal.code == "iban_length" and (left := left_to_type(text)):
            return SaidOfIban(f"Encore {count(left, 'caractère')}.")
        return SaidOfIban(typeset(refusal.message), "wrong")
    bank = " · ".join(part for part in (account.bank_name, account.bic) if part)
    return SaidOfIban(typeset(f"IBAN valable{f' : {bank}' if bank else ''}."), "right")
