"""Bank messages as banks write them, for the tests: pain.002, camt.053 and camt.054, in several versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

OUR_IBAN = "FR7630006000011234567890189"
OUR_ICS = "FR72ZZZ123456"
BOOKED_ON = date(2026, 4, 30)


@dataclass(frozen=True)
class Detail:
    """One transaction of an entry; the versions before .03 state its amount elsewhere."""

    end_to_end_id: str = ""
    cents: int = 14226
    reason: str = ""
    mandate: str = ""
    wording: str = ""
    structured: str = ""
    payer: str = ""
    bank_reference: str = ""
    group: str = ""
    instructed_cents: int | None = None
    currency: str = "EUR"
    old_amount: bool = False

    def xml(self) -> str:
        refs = (
            _tag("AcctSvcrRef", self.bank_reference)
            + _tag("PmtInfId", self.group)
            + _tag("EndToEndId", self.end_to_end_id)
            + _tag("MndtId", self.mandate)
        )
        amount = _amount("Amt", self.cents, self.currency)
        details = f"<TxAmt>{amount}</TxAmt>" if self.old_amount else ""
        if self.instructed_cents is not None:
            details = f"<InstdAmt>{_amount('Amt', self.instructed_cents)}</InstdAmt>{details}"
        remittance = _tag("Ustrd", self.wording) + (
            f"<Strd><CdtrRefInf>{_tag('Ref', self.structured)}</CdtrRefInf></Strd>" if self.structured else ""
        )
        return (
            "<TxDtls>"
            + (f"<Refs>{refs}</Refs>" if refs else "")
            + ("" if self.old_amount else amount)
            + (f"<AmtDtls>{details}</AmtDtls>" if details else "")
            + (
                f"<RltdPties><Dbtr><Pty>{_tag('Nm', self.payer)}</Pty></Dbtr></RltdPties>"
                if self.payer
                else ""
            )
            + (f"<RmtInf>{remittance}</RmtInf>" if remittance else "")
            + (f"<RtrInf><Rsn><Cd>{self.reason}</Cd></Rsn></RtrInf>" if self.reason else "")
            + "</TxDtls>"
        )


@dataclass(frozen=True)
class Entry:
    """An entry of the account: its side, its family (IDDT: our collections, RCDT: transfers received), its details."""

    details: Sequence[Detail] = ()
    side: str = "CRDT"
    family: str = "IDDT"
    cents: int | None = None
    booked_on: date = BOOKED_ON
    status: str = "<Sts><Cd>BOOK</Cd></Sts>"
    reversal: bool = False
    batch: str = ""
    batch_file: str = ""
    bank_reference: str = ""
    currency: str = "EUR"

    def xml(self) -> str:
        cents = sum(one.cents for one in self.details) if self.cents is None else self.cents
        group = _tag("MsgId", self.batch_file) + _tag("PmtInfId", self.batch)
        inside = (f"<Btch>{group}</Btch>" if group else "") + "".join(one.xml() for one in self.details)
        family = (
            f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{self.family}</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn></BkTxCd>"
            if self.family
            else "<BkTxCd><Prtry><Cd>B1</Cd></Prtry></BkTxCd>"
        )
        return (
            f"<Ntry>{_amount('Amt', cents, self.currency)}<CdtDbtInd>{self.side}</CdtDbtInd>"
            + ("<RvslInd>true</RvslInd>" if self.reversal else "")
            + self.status
            + f"<BookgDt><Dt>{self.booked_on}</Dt></BookgDt>"
            + _tag("AcctSvcrRef", self.bank_reference)
            + family
            + (f"<NtryDtls>{inside}</NtryDtls>" if inside else "")
            + "</Ntry>"
        )


def statement(
    *entries: Entry, message_id: str = "RELEVE-1", iban: str = OUR_IBAN, version: str = "camt.053.001.08"
) -> bytes:
    return _account_message("BkToCstmrStmt", "Stmt", entries, message_id, iban, version)


def notification(
    *entries: Entry, message_id: str = "AVIS-1", iban: str = OUR_IBAN, version: str = "camt.054.001.08"
) -> bytes:
    return _account_message("BkToCstmrDbtCdtNtfctn", "Ntfctn", entries, message_id, iban, version)


@dataclass(frozen=True)
class Status:
    """The status of one collection in a pain.002."""

    end_to_end_id: str
    reason: str = "AC01"
    status: str = "RJCT"
    cents: int | None = 14226
    ics: str = OUR_ICS
    iban: str = ""

    def xml(self) -> str:
        original = (
            (f"<Amt>{_amount('InstdAmt', self.cents)}</Amt>" if self.cents is not None else "")
            + (f"<CdtrSchmeId><Id><PrvtId><Othr><Id>{self.ics}</Id></Othr></PrvtId></Id></CdtrSchmeId>")
            + (f"<CdtrAcct><Id><IBAN>{self.iban}</IBAN></Id></CdtrAcct>" if self.iban else "")
        )
        return (
            f"<TxInfAndSts>{_tag('OrgnlEndToEndId', self.end_to_end_id)}<TxSts>{self.status}</TxSts>"
            f"<StsRsnInf><Rsn><Cd>{self.reason}</Cd></Rsn></StsRsnInf>"
            f"<OrgnlTxRef>{original}</OrgnlTxRef></TxInfAndSts>"
        )


@dataclass(frozen=True)
class GroupStatus:
    """The status of a group of a file in a pain.002, with those of its collections."""

    group: str
    statuses: Sequence[Status] = field(default=())
    status: str = ""
    reason: str = ""

    def xml(self) -> str:
        return (
            f"<OrgnlPmtInfAndSts>{_tag('OrgnlPmtInfId', self.group)}{_tag('PmtInfSts', self.status)}"
            + (f"<StsRsnInf><Rsn><Cd>{self.reason}</Cd></Rsn></StsRsnInf>" if self.reason else "")
            + "".join(one.xml() for one in self.statuses)
            + "</OrgnlPmtInfAndSts>"
        )


def status_report(
    *groups: GroupStatus,
    message_id: str = "CR-1",
    original: str = "PRLV-20260430-1",
    answers: str = "pain.008.001.08",
    group_status: str = "",
    reason: str = "",
    version: str = "pain.002.001.10",
) -> bytes:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        f"<CstmrPmtStsRpt>{_header(message_id)}<OrgnlGrpInfAndSts>{_tag('OrgnlMsgId', original)}"
        f"<OrgnlMsgNmId>{answers}</OrgnlMsgNmId>{_tag('GrpSts', group_status)}{why}</OrgnlGrpInfAndSts>"
        f"{''.join(one.xml() for one in groups)}</CstmrPmtStsRpt></Document>"
    ).encode()


def _account_message(
    root: str, account: str, entries: Sequence[Entry], message_id: str, iban: str, version: str
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        f"<{root}>{_header(message_id)}<{account}><Id>{message_id}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"{''.join(one.xml() for one in entries)}</{account}></{root}></Document>"
    ).encode()


def _header(message_id: str) -> str:
    return f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-05-04T06:30:00+02:00</CreDtTm></GrpHdr>"


def _amount(name: str, cents: int, currency: str = "EUR") -> str:
    return f'<{name} Ccy="{currency}">{cents // 100}.{cents % 100:02}</{name}>'


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
