"""A line of a bank message: what became of one collection, or a transfer received, and what tells it from others."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LineKind(StrEnum):
    """What a line says. The four of a collection are not synonyms (EPC: R-transactions).

    `REJECTED` before it was booked, `RETURNED` by the debtor's bank once it was, `REFUNDED` at the debtor's wish.
    """

    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    REFUNDED = "refunded"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One thing that the bank says.

    `end_to_end_id` is the collection's own name, "" where the bank gives none; `batch` names a group of a file,
    or a file, where the line is about all its collections. `amount_cents` is None where no amount in euros is
    stated. `wording` is the payer's reference, `party` the payer's name; `bank_reference` is the bank's own.
    """

    kind: LineKind
    end_to_end_id: str
    batch: str
    amount_cents: int | None
    booked_on: date
    reason: str
    wording: str
    party: str
    bank_reference: str


def line_key(line: BankLine, message_id: str, nth: int) -> str:
    """Return what a line is recognised by, in whatever message it comes again, as 64 hexadecimal digits.

    A statement repeats what a notification said: the bank's own reference, the same in both, tells that it is
    one movement. Where the bank gives none, the message's name stands in: a transfer read twice is looked at
    by a person, and never lost. `nth` counts equal lines of one message.
    """
    content = [
        line.kind,
        line.end_to_end_id,
        line.batch,
        line.amount_cents,
        line.booked_on.isoformat(),
        line.reason,
        line.wording,
        line.bank_reference or f"message {message_id}",
        nth,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
