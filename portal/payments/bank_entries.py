"""From an element of a bank message to its lines: an entry of an account (camt), or the status of a collection (pain.002)."""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from portal.payments.bank_lines import BankLine, LineKind

# Asked for by the debtor, within 8 weeks (MD06) or 13 months (MD01): the bank has no say in it.
REFUND_REASONS = frozenset({"MD06", "MD01"})

_REJECTED = "RJCT"
_BOOKED = "BOOK"
_DIRECT_DEBITS = "IDDT"  # ISO 20022 bank transaction code: direct debits that the account's holder issued
_NOTHING = frozenset({"", "NOTPROVIDED", "NONREF", "NONE"})
_AMOUNT = re.compile(r"\+?(\d{1,15})(?:\.(\d{0,2})0*)?")
_BACK = frozenset({LineKind.RETURNED, LineKind.REFUNDED})
# What comes back may be debited with the other bank's charges: the collection's own amount comes first.
_AMOUNTS_RECEIVED = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
_AMOUNTS_BACK = ("AmtDtls/InstdAmt/Amt", "Amt", "AmtDtls/TxAmt/Amt")
_LONGEST_ID, _LONGEST_NAME, _LONGEST_WORDING = 35, 140, 500


class NotReadable(ValueError):
    """A value of a message is not what the standard says: what it is, as written, at which line of the file."""

    def __init__(self, what: str, value: str, line: int) -> None:
        super().__init__(what)
        self.what, self.value, self.line = what, value, line


class Texts:
    """All that an element says: the texts at each path below it, paths written without the namespace."""

    __slots__ = ("_found", "line")

    def __init__(self, element: etree._Element, namespace: str) -> None:
        self.line = element.sourceline or 0
        self._found: dict[str, list[str]] = {}
        self._collect(element, "", len(namespace))

    def _collect(self, element: etree._Element, before: str, cut: int) -> None:
        for child in element:
            path = before + str(child.tag)[cut:]
            if len(child):
                self._collect(child, f"{path}/", cut)
            elif child.text and (text := child.text.strip()):
                self._found.setdefault(path, []).append(text)
                if currency := child.get("Ccy"):
                    self._found.setdefault(f"{path}@Ccy", []).append(currency)

    def text(self, *paths: str) -> str:
        """Return the first text at the first of these paths that has one, "" where none has."""
        for path in paths:
            if found := self._found.get(path):
                return found[0]
        return ""

    def all(self, path: str) -> list[str]:
        return self._found.get(path, [])

    def day(self, *paths: str) -> date | None:
        """Return the day at one of these paths, alone or with an hour; None where there is none."""
        text = self.text(*paths)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise NotReadable("la date", text, self.line) from None

    def euros(self, *paths: str) -> int | None:
        """Return the first of these amounts that is in euros, in cents."""
        path = next((one for one in paths if self.text(f"{one}@Ccy") == "EUR"), None)
        return self.cents(path) if path else None

    def cents(self, path: str) -> int | None:
        text = self.text(path)
        if not text:
            return None
        found = _AMOUNT.fullmatch(text)
        if not found:
            raise NotReadable("le montant", text, self.line)
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))

    def name(self, *paths: str) -> str:
        """Return what something is called at one of these paths; "" where the bank writes that it does not know."""
        text = self.text(*paths)
        return "" if text.upper() in _NOTHING else text[:_LONGEST_ID]


# --- an account's entries (camt.053, camt.054) ---------------------------------------------------


def entry_line(entry: Texts, detail: Texts | None, otherwise_on: date) -> BankLine | None:
    """Return what an entry, or one `detail` of it, says of a collection or of money received.

    None of one that is not booked yet, and of a debit that returns no collection. `otherwise_on` is its day
    where it states none. The amount is None, and the line unknown, where it is not stated in euros.
    """
    if entry.text("Sts/Cd", "Sts") != _BOOKED:
        return None
    of = entry if detail is None else detail
    end_to_end_id = of.name("Refs/EndToEndId")
    batch = of.name("Refs/PmtInfId") or entry.name("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
    reason = of.name("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    kind = _kind(entry, of, reason, is_of_collections=bool(batch or of.name("Refs/MndtId")))
    if kind is None:
        return None
    booked_on = entry.day("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    return BankLine(
        kind=kind,
        end_to_end_id=end_to_end_id,
        batch="" if end_to_end_id else batch,
        amount_cents=of.euros(*(_AMOUNTS_BACK if kind in _BACK else _AMOUNTS_RECEIVED)),
        booked_on=booked_on or otherwise_on,
        reason=reason,
        wording=_wording(of),
        party=of.text("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm")[:_LONGEST_NAME],
        bank_reference=of.name("Refs/AcctSvcrRef", "Refs/TxId") or entry.name("AcctSvcrRef"),
    )


def _kind(entry: Texts, of: Texts, reason: str, *, is_of_collections: bool) -> LineKind | None:
    family = of.text("BkTxCd/Domn/Fmly/Cd") or entry.text("BkTxCd/Domn/Fmly/Cd")
    comes_back = bool(reason) or entry.text("RvslInd") in {"true", "1"}
    match of.text("CdtDbtInd") or entry.text("CdtDbtInd"):
        case "CRDT" if comes_back:
            return LineKind.UNKNOWN
        case "CRDT":
            is_settled = is_of_collections or family == _DIRECT_DEBITS
            return LineKind.SETTLED if is_settled else LineKind.TRANSFER
        case "DBIT" if comes_back or family == _DIRECT_DEBITS:
            return LineKind.REFUNDED if reason in REFUND_REASONS else LineKind.RETURNED
        case "DBIT":
            return None
        case side:
            raise NotReadable("le sens (crédit ou débit)", side, entry.line)


def _wording(detail: Texts) -> str:
    """Return what the payer wrote, in parts or in one, and the payment's own name: any may hold an invoice's number."""
    written = (*detail.all("RmtInf/Ustrd"), *detail.all("RmtInf/Strd/CdtrRefInf/Ref"))
    return " ".join((*written, detail.name("Refs/EndToEndId"))).strip()[:_LONGEST_WORDING]


# --- the status of collections (pain.002) --------------------------------------------------------


def status_lines(status: Texts, group: Texts, on: date) -> Iterator[BankLine]:
    """Yield the rejection of one collection; nothing of one that goes its way. `group` is the one it is in."""
    if status.text("TxSts") == _REJECTED:
        yield _rejection(
            status,
            on,
            end_to_end_id=status.name("OrgnlEndToEndId"),
            batch="",
            amount_cents=status.euros("OrgnlTxRef/Amt/InstdAmt"),
            bank_reference=group.name("OrgnlPmtInfId"),
        )


def group_lines(group: Texts, on: date) -> Iterator[BankLine]:
    """Yield the rejection of a whole group of collections, or of the whole file, where the bank states it."""
    if group.text("PmtInfSts", "GrpSts") == _REJECTED:
        batch = group.name("OrgnlPmtInfId", "OrgnlMsgId")
        amount_cents = group.cents("OrgnlCtrlSum")
        yield _rejection(
            group, on, end_to_end_id="", batch=batch, amount_cents=amount_cents, bank_reference=batch
        )


def _rejection(
    said: Texts, on: date, *, end_to_end_id: str, batch: str, amount_cents: int | None, bank_reference: str
) -> BankLine:
    return BankLine(
        kind=LineKind.REJECTED,
        end_to_end_id=end_to_end_id,
        batch=batch,
        amount_cents=amount_cents,
        booked_on=on,
        reason=said.name("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"),
        wording=said.text("StsRsnInf/AddtlInf")[:_LONGEST_WORDING],
        party="",
        bank_reference=bank_reference,
    )
