"""What the bank sends back: ISO 20022 pain.002 (refused before they were booked), camt.053 and camt.054 (booked).

Every version is read, since names kept their place from one to the next. A file is read as it comes, entry by
entry, and to its end before anything of it counts: one that is cut, or that speaks of another account, is
refused whole. What concerns neither collections nor money received (fees, salaries) is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO

from lxml import etree

from portal.contract.calendar import paris_day
from portal.contract.french import NBSP
from portal.contract.refusal import Refusal
from portal.payments.accounts import masked
from portal.payments.bank_entries import NotReadable, Texts, entry_line, group_lines, status_lines
from portal.payments.bank_lines import BankLine, LineKind, line_key

_CLAUSE = "10.2"


class MessageKind(StrEnum):
    """The messages that are read, by the name banks give them."""

    STATUS = "pain.002"
    STATEMENT = "camt.053"
    NOTIFICATION = "camt.054"


@dataclass(frozen=True, slots=True)
class BankMessage:
    """A message, read to its end: its own name, its day, and its lines, each with what it is recognised by."""

    kind: MessageKind
    message_id: str
    created_on: date
    lines: tuple[tuple[str, BankLine], ...]


_KINDS = {
    "CstmrPmtStsRpt": MessageKind.STATUS,
    "BkToCstmrStmt": MessageKind.STATEMENT,
    "BkToCstmrDbtCdtNtfctn": MessageKind.NOTIFICATION,
}
_WANTED = "un message pain.002, camt.053 ou camt.054"
_ACCOUNTS_OF = frozenset({"Stmt", "Ntfctn"})
_FORGOTTEN = ("TxDtls", "Ntry", "TxInfAndSts", "OrgnlPmtInfAndSts")  # once read
_READ = ("GrpHdr", "Acct", "OrgnlGrpInfAndSts", *_FORGOTTEN)


def read_message(content: bytes, *, iban: str, creditor_identifier: str) -> BankMessage:
    """Return what a bank's file says of the account `iban` and of the collections of that creditor (ICS).

    Raises `Refusal`, and nothing of the file counts: `bank_file_empty`, `bank_file_not_xml`, `bank_file_doctype`,
    `bank_file_damaged` (cut, or broken on its way), `bank_file_kind`, `bank_file_unreadable` (a value),
    `bank_file_account`, `bank_file_creditor`.
    """
    if not content.strip():
        raise _refused(
            "bank_file_empty", "Ce fichier est vide. Téléchargez-le de nouveau depuis votre banque."
        )
    kind, namespace = _opened(content)
    reader = _Reader(kind, namespace, iban, creditor_identifier)
    try:
        for element in _elements(content, namespace):
            reader.take(element)
    except etree.XMLSyntaxError as error:
        raise _damaged(error) from None
    except NotReadable as error:
        raise _refused(
            "bank_file_unreadable",
            f"Ligne {error.line} du fichier : {error.what} « {error.value[:40]} » ne se lit pas. Rien n’a été pris "
            "en compte : demandez à votre banque un fichier conforme à la norme ISO 20022.",
        ) from None
    return reader.message()


class _Reader:
    """What was read of a message so far."""

    def __init__(self, kind: MessageKind, namespace: str, iban: str, creditor_identifier: str) -> None:
        self._kind = kind
        self._namespace = namespace
        self._iban = iban
        self._identifier = creditor_identifier
        self._message_id = ""
        self._created_on: date | None = None
        self._account = ""
        self._other_accounts: list[str] = []
        self._is_ours = kind is MessageKind.STATUS
        self._entry: Texts | None = None
        self._of_entry: list[BankLine | None] = []
        self._seen: Counter[str] = Counter()
        self._lines: list[tuple[str, BankLine]] = []

    def take(self, element: etree._Element) -> None:
        match etree.QName(element).localname:
            case "GrpHdr":
                self._take_header(self._texts(element))
            case "Acct":
                self._take_account(element)
            case "TxDtls" if self._account == self._iban:
                self._take_detail(element)
            case "Ntry" if self._account == self._iban:
                self._take_entry(element)
            case "TxInfAndSts":
                self._take_status(element)
            case "OrgnlPmtInfAndSts":
                self._add(group_lines(self._texts(element), self._day(element)))
            case "OrgnlGrpInfAndSts":
                group = self._texts(element)
                _must_be_about_collections(group)
                self._add(group_lines(group, self._day(element)))
            case _:
                pass

    def message(self) -> BankMessage:
        if self._created_on is None:
            raise _refused(
                "bank_file_damaged",
                "Ce message n’a pas d’en-tête (GrpHdr) : il est coupé, ou abîmé. Téléchargez-le de nouveau.",
            )
        if not self._is_ours:
            others = " et ".join(dict.fromkeys(self._other_accounts)) or "sans numéro"
            raise _refused(
                "bank_file_account",
                f"Ce fichier est celui d’un autre compte ({others}) : le compte attendu est {masked(self._iban)}. "
                "Choisissez le fichier de ce compte, ou corrigez le compte du prestataire (PORTAL_VENDOR_IBAN).",
            )
        return BankMessage(self._kind, self._message_id, self._created_on, tuple(self._lines))

    def _texts(self, element: etree._Element) -> Texts:
        return Texts(element, self._namespace)

    def _day(self, element: etree._Element) -> date:
        if self._created_on is None:
            raise NotReadable("ce qui précède l’en-tête (GrpHdr)", "", element.sourceline or 0)
        return self._created_on

    def _add(self, lines: Iterable[BankLine | None]) -> None:
        for line in lines:
            if line is not None:
                once = line_key(line, self._message_id, 0)
                self._seen[once] += 1
                nth = self._seen[once]
                self._lines.append((once if nth == 1 else line_key(line, self._message_id, nth), line))

    def _take_header(self, header: Texts) -> None:
        text = header.text("CreDtTm")
        try:
            created = datetime.fromisoformat(text)
        except ValueError:
            raise NotReadable("la date du message", text, header.line) from None
        self._message_id = header.text("MsgId")
        self._created_on = created.date() if created.tzinfo is None else paris_day(created)

    def _take_account(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is None or etree.QName(parent).localname not in _ACCOUNTS_OF:
            return
        self._account = _compact(self._texts(element).text("Id/IBAN"))
        if self._account == self._iban:
            self._is_ours = True
        elif self._account:
            self._other_accounts.append(masked(self._account))

    def _take_detail(self, element: etree._Element) -> None:
        if self._entry is None:
            # All that the standard puts before the details of an entry is there already.
            [entry] = element.iterancestors(f"{self._namespace}Ntry")
            self._entry = self._texts(entry)
        self._of_entry.append(entry_line(self._entry, self._texts(element), self._day(element)))

    def _take_entry(self, element: etree._Element) -> None:
        entry = self._entry or self._texts(element)
        match self._of_entry:
            case []:
                lines: list[BankLine | None] = [entry_line(entry, None, self._day(element))]
            case [BankLine(amount_cents=None) as line]:
                lines = [replace(line, amount_cents=entry.euros("Amt"))]
            case several:
                lines = several
        self._add(_unknown_without_amount(line) for line in lines)
        self._entry, self._of_entry = None, []

    def _take_status(self, element: etree._Element) -> None:
        status = self._texts(element)
        identifier = _compact(status.text("OrgnlTxRef/CdtrSchmeId/Id/PrvtId/Othr/Id"))
        if identifier and identifier != self._identifier:
            raise _refused(
                "bank_file_creditor",
                f"Ce fichier parle des prélèvements d’un autre créancier (ICS {identifier[:35]}) : le nôtre est "
                f"{self._identifier}. Choisissez le fichier de ce créancier.",
            )
        account = _compact(status.text("OrgnlTxRef/CdtrAcct/Id/IBAN"))
        if account and account != self._iban:
            self._is_ours = False
            self._other_accounts.append(masked(account))
        group = element.getparent()
        around = status if group is None else self._texts(group)
        self._add(status_lines(status, around, self._day(element)))


def _must_be_about_collections(group: Texts) -> None:
    named = group.text("OrgnlMsgNmId")
    if named and not named.lower().startswith("pain.008"):
        raise _refused(
            "bank_file_kind",
            f"Ce compte rendu répond à un fichier « {named[:35]} », qui n’est pas de prélèvements. Choisissez celui "
            "qui répond à nos fichiers pain.008.",
        )


def _unknown_without_amount(line: BankLine | None) -> BankLine | None:
    if line is None or line.amount_cents is not None:
        return line
    return replace(line, kind=LineKind.UNKNOWN)


def _compact(text: str) -> str:
    return text.replace(" ", "").upper()


# --- the file ------------------------------------------------------------------------------------


def _opened(content: bytes) -> tuple[MessageKind, str]:
    """Return which message it is and its namespace, in braces: from its first two elements, whatever follows."""
    started = etree.iterparse(BytesIO(content), events=("start",), resolve_entities=False, no_network=True)
    try:
        _, root = next(started)
        if root.getroottree().docinfo.internalDTD is not None:
            raise _refused(
                "bank_file_doctype",
                "Ce fichier contient une déclaration DOCTYPE, qu’aucune banque n’écrit : il n’est pas lu. Téléchargez-le "
                "de nouveau depuis le site de votre banque.",
            )
        _, message = next(started)
    except (etree.XMLSyntaxError, StopIteration) as error:
        if started.root is not None:
            raise _damaged(error) from None
        raise _refused(
            "bank_file_not_xml",
            f"Ce fichier n’est pas du XML. Demandez à votre banque {_WANTED} (ISO 20022), et non un relevé "
            "PDF, CSV ou CFONB.",
        ) from None
    named = etree.QName(message)
    kind = _KINDS.get(named.localname)
    if etree.QName(root).localname != "Document" or kind is None:
        raise _refused(
            "bank_file_kind",
            f"Ce fichier contient « {named.localname[:40]} », que le portail ne lit pas : il attend {_WANTED}.",
        )
    return kind, f"{{{named.namespace}}}" if named.namespace else ""


def _elements(content: bytes, namespace: str) -> Iterator[etree._Element]:
    """Yield each element of interest once it is whole; what was yielded is forgotten: memory stays small."""
    tags = [f"{namespace}{name}" for name in _READ]
    parsed = etree.iterparse(
        BytesIO(content),
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    forgotten = {f"{namespace}{name}" for name in _FORGOTTEN}
    for _, element in parsed:
        yield element
        if element.tag in forgotten:
            parent = element.getparent()
            element.clear()
            if parent is not None:
                parent.remove(element)


def _damaged(error: Exception) -> Refusal:
    line = getattr(error, "lineno", None)
    where = f" à la ligne{NBSP}{line}" if line else ""
    return _refused(
        "bank_file_damaged",
        f"Ce fichier est coupé ou abîmé{where} : rien n’en a été pris en compte. Téléchargez-le de nouveau depuis "
        "votre banque, en entier.",
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal(code, clause=_CLAUSE, message=message)
