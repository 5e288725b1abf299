"""The two papers a client signs: the contract (conditions particulières) and the SEPA mandate.

Every page carries its code (`page_codes`), at the same place, and the paper says where one signs, so that
a scan is matched to its dossier and looked at for a signature. Amounts arrive reckoned; nothing is
computed here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from portal.contract.calendar import PARIS
from portal.contract.company import in_groups
from portal.contract.french import NBSP, count, euros, long_date, typeset
from portal.documents.page_codes import CODE_MM, DARK_MM, as_svg
from portal.documents.signature_box import SignatureBox
from portal.documents.typesetting import Template

_CONTRACT = Template("contract")
_MANDATE = Template("mandate")

# Where the code is drawn, from the page's upper left corner: low, so that the signature is near it. What
# is near the code is found on a photograph; what is far is guessed.
_CODE_LEFT_MM: Final = 163.0
_CODE_TOP_MM: Final = 259.0
_WHITE_MM: Final = (CODE_MM - DARK_MM) / 2

Codes = Callable[[int], Sequence[str]]
"""Mints the code of every page, once told how many pages there are."""


# --- what goes in ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """The vendor (Prestataire); `creditor_id` is its SEPA identifier (ICS), `address` line by line."""

    name: str
    siren: str
    address: tuple[str, ...]
    creditor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The client's company; what is not known (capital, RCS city, VAT number) is empty and not printed."""

    legal_name: str
    legal_form: str
    siren: str
    address: tuple[str, ...]
    capital: str = ""
    rcs_city: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs, and in what capacity (« gérante », « président »)."""

    name: str
    capacity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Euro cents: excluding VAT (HT), the VAT, all included (TTC); None while the VAT is still to be decided."""

    excl_vat_cents: int
    vat_cents: int | None
    incl_vat_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """An option ordered: its amount for the `quantity`, once or each month."""

    label: str
    quantity: int
    every: Literal["month", "once"]
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of entry into force (art. 8), in words, and whether it is met."""

    words: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted:
    """The terms (CGV) accepted; `sha256` is that of the exact text."""

    title: str
    version: str
    sha256: str
    accepted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPaper:
    """All that the contract's paper says.

    `month` and `year` are the subscription of all `users`, options left out; `vat_hundredths` 2000 is
    20 %, None a rate still to be decided; `notice` is a delay in words (« un mois »); `first_month` what is paid first, and
    `first_month_how` the sentence that says when and how.
    """

    number: str
    service: str
    vendor: Vendor
    client: Client
    signatory: Signatory
    users: int
    minimum_users: int
    vat_hundredths: int | None
    user_month: Amount
    month: Amount
    year: Amount
    options: tuple[OptionLine, ...]
    notice: str
    terms: TermsAccepted
    conditions: tuple[Condition, ...]
    first_month: Amount
    first_month_how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatePaper:
    """All that the SEPA Core mandate says.

    `reference` is its UMR (RUM), `holder` the name of the account's holder, `bic` and `bank_name` are empty
    where unknown; the days are the business days of pre-notification before the first collection and
    before the others (art. 10.3).
    """

    contract: str
    reference: str
    vendor: Vendor
    client: Client
    signatory: Signatory
    holder: str
    iban: str
    bic: str
    bank_name: str
    first_notice_days: int = 5
    next_notice_days: int = 2


# --- what comes out ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to sign: a tagged PDF (PDF/UA-1)."""

    pdf: bytes
    pages: int
    signature: SignatureBox


def contract_pdf(paper: ContractPaper, codes: Codes, *, at: datetime) -> Paper:
    """Return the contract as printed `at` that instant: the same arguments give the same bytes."""
    values = {
        "number": paper.number,
        "service": paper.service,
        "vendor": _vendor(paper.vendor),
        "client": _client(paper.client),
        "signatory": {"name": paper.signatory.name, "capacity": paper.signatory.capacity},
        "users": count(paper.users, "utilisateur nommé", "utilisateurs nommés"),
        "minimum": count(paper.minimum_users, "utilisateur"),
        "vat": _rate(paper.vat_hundredths),
        "prices": [
            _priced("Un utilisateur, un mois", paper.user_month),
            _priced(f"Abonnement, {count(paper.users, 'utilisateur')}, un mois", paper.month),
            _priced(f"Abonnement, {count(paper.users, 'utilisateur')}, un an", paper.year),
        ],
        "options": [
            _priced(
                f"{line.label}{f' × {line.quantity}' if line.quantity > 1 else ''}, "
                f"{'chaque mois' if line.every == 'month' else 'une fois'}",
                line.amount,
            )
            for line in paper.options
        ],
        "notice": paper.notice,
        "terms": {
            "title": paper.terms.title,
            "version": paper.terms.version,
            "sha256": [paper.terms.sha256[:32], paper.terms.sha256[32:]],
            "accepted_on": long_date(paper.terms.accepted_on),
        },
        "conditions": [{"words": one.words, "met": one.met} for one in paper.conditions],
        "first_month": {
            "amount": _euros(paper.first_month.incl_vat_cents),
            "excl_vat": euros(paper.first_month.excl_vat_cents),
            "how": typeset(paper.first_month_how),
        },
    }
    return _set(_CONTRACT, values, codes, at)


def mandate_pdf(paper: MandatePaper, codes: Codes, *, at: datetime) -> Paper:
    """Return the mandate as printed `at` that instant: the same arguments give the same bytes."""
    values = {
        "number": paper.contract,
        "reference": paper.reference,
        "vendor": _vendor(paper.vendor),
        "client": _client(paper.client),
        "signatory": {"name": paper.signatory.name, "capacity": paper.signatory.capacity},
        "holder": paper.holder,
        "iban": _in_fours(paper.iban),
        "bic": paper.bic,
        "bank": paper.bank_name,
        "first_notice": count(paper.first_notice_days, "jour ouvré", "jours ouvrés"),
        "next_notice": count(paper.next_notice_days, "jour ouvré", "jours ouvrés"),
    }
    return _set(_MANDATE, values, codes, at)


def _set(template: Template, words: Mapping[str, object], codes: Codes, at: datetime) -> Paper:
    values: dict[str, object] = {
        **words,
        "code_left": _CODE_LEFT_MM,
        "code_top": _CODE_TOP_MM,
        "code_side": CODE_MM,
        "printed_on": long_date(at.astimezone(PARIS).date()),
    }
    # Twice: the codes say how many pages there are. They stand outside the text, and change no page's end.
    _, layout = template.pdf_with_note(values | {"codes": []}, at=at, note="layout")
    pages = int(layout["pages"])
    texts = codes(pages)
    if len(texts) != pages:
        raise ValueError(f"{len(texts)} codes for {pages} pages")
    drawn = [{"text": text, "svg": as_svg(text)} for text in texts]
    pdf, layout = template.pdf_with_note(values | {"codes": drawn}, at=at, note="layout")
    return Paper(
        pdf=pdf,
        pages=pages,
        signature=SignatureBox(
            page=int(layout["page"]),
            left_mm=layout["left"] - _CODE_LEFT_MM - _WHITE_MM,
            top_mm=layout["top"] - _CODE_TOP_MM - _WHITE_MM,
            width_mm=layout["width"],
            height_mm=layout["height"],
        ),
    )


def _vendor(vendor: Vendor) -> dict[str, object]:
    return {
        "name": vendor.name,
        "siren": in_groups(vendor.siren),
        "address": list(vendor.address),
        "creditor_id": vendor.creditor_id,
    }


def _client(client: Client) -> dict[str, object]:
    return {
        "name": client.legal_name,
        "form": client.legal_form,
        "capital": client.capital,
        "siren": in_groups(client.siren),
        "rcs": client.rcs_city,
        "address": list(client.address),
        "vat_number": client.vat_number,
    }


def _rate(hundredths: int | None) -> str:
    """Return the rate as the table of prices is headed, "" while it is still to be decided."""
    if hundredths is None:
        return ""
    return f"TVA {f'{hundredths / 100:.10g}'.replace('.', ',')}{NBSP}%"


def _priced(label: str, amount: Amount) -> list[str]:
    return [
        label,
        euros(amount.excl_vat_cents),
        _euros(amount.vat_cents),
        _euros(amount.incl_vat_cents),
    ]


def _euros(cents: int | None) -> str:
    return "" if cents is None else euros(cents)


def _in_fours(iban: str) -> str:
    return NBSP.join(iban[start : start + 4] for start in range(0, len(iban), 4))
