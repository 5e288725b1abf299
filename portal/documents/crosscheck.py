"""What five papers say of one client, side by side (CGV art. 8): a difference never passes as the same.

The client's account is the reference; the contract and the mandate say what their printing said, the K-bis
what was read of it, the public register what it publishes. Nothing is decided here: staff look and decide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from portal.contract.company import in_groups
from portal.contract.french import NBSP, typeset
from portal.documents.kbis import Extract
from portal.documents.kbis_directors import director_in
from portal.documents.names_alike import (
    addresses_alike,
    companies_alike,
    form_of,
    legal_forms_alike,
    sirens_alike,
)
from portal.documents.persons_alike import persons_alike
from portal.documents.words_alike import Degree, Likeness, close, one_line

_LONGEST_SHOWN = 200
_SIREN_LENGTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source says of the client; empty where it does not say it.

    `sure` says that it was not guessed from a scan, `typed` what its sender says that it says. `text` is all that an
    extract says: whoever directs the company is looked for in it.
    """

    siren: str = ""
    name: str = ""
    legal_form: str = ""
    address: str = ""
    signatory: str = ""
    holder: str = ""
    sure: bool = True
    typed: "frozenset[What]" = frozenset()
    text: str = ""


class Source(StrEnum):
    ACCOUNT = "account"
    CONTRACT = "contract"
    MANDATE = "mandate"
    KBIS = "kbis"
    REGISTER = "register"

    @property
    def label(self) -> str:
        return _SOURCES[self]


class What(StrEnum):
    """What is compared; `PAYER` is the account's holder beside the client: whose account is it?"""

    SIREN = "siren"
    NAME = "name"
    LEGAL_FORM = "legal_form"
    ADDRESS = "address"
    SIGNATORY = "signatory"
    HOLDER = "holder"
    PAYER = "payer"

    @property
    def label(self) -> str:
        return _LABELS[self]


class Agreement(StrEnum):
    """How a source agrees with the account; UNSAID where it does not say it, or could not be read."""

    REFERENCE = "reference"
    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"
    UNSAID = "unsaid"

    @property
    def label(self) -> str:
        return _AGREEMENTS[self]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source says, on one line of 200 characters at most; `remark` says what differs, in French.

    What was `typed` by the client is not sure: the source itself may not say it.
    """

    source: Source
    value: str
    agreement: Agreement
    sure: bool
    remark: str = ""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    what: What
    cells: tuple[Cell, ...]


def cross_check(
    account: Said, contract: Said | None, mandate: Said | None, kbis: Said | None, register: Said | None
) -> tuple[Row, ...]:
    """Return the rows of `What` in their order; a source that can never say a thing has no cell there.

    A source that is None has cells that are UNSAID. Where the account itself says nothing, what another source
    says is DIFFERENT.
    """
    sources = {
        Source.CONTRACT: contract,
        Source.MANDATE: mandate,
        Source.KBIS: kbis,
        Source.REGISTER: register,
    }
    rows = tuple(
        Row(
            what,
            (
                _reference(account, what),
                *(_cell(what, source, account, sources[source]) for source in _CAN_SAY[what]),
            ),
        )
        for what in _CAN_SAY
    )
    return (*rows, Row(What.PAYER, (_payer(account),)))


def said_by_extract(extract: Extract, text: str) -> Said:
    """Return what an extract says; the company's directors are looked for in its whole `text`."""
    return Said(
        siren=extract.siren or "",
        name=extract.name or "",
        legal_form=extract.legal_form or "",
        address=extract.address or "",
        sure=extract.sure,
        text=text,
    )


# --- one source beside the account ---------------------------------------------------------------


def _reference(account: Said, what: What) -> Cell:
    value = _value(account, what)
    return Cell(Source.ACCOUNT, _shown(what, value), Agreement.REFERENCE, sure=account.sure and bool(value))


def _cell(what: What, source: Source, account: Said, said: Said | None) -> Cell:
    reference = _value(account, what)
    if said is None:
        return _unsaid(source)
    if what is What.SIGNATORY and said.text and not _value(said, what):
        director = director_in(said.text, reference, company=said.name)
        if director is None:
            return _unsaid(source)
        value, likeness = director.value, director.likeness
    else:
        value = _value(said, what)
        if not value:
            return _unsaid(source)
        likeness = _likeness(what, account, said)
    agreement = Agreement(likeness.degree.value)
    return Cell(
        source,
        _shown(what, value),
        agreement,
        _is_sure(said, what, source, agreement),
        _remark(what, source, reference, value, likeness),
        typed=what in said.typed,
    )


def _likeness(what: What, account: Said, said: Said) -> Likeness:
    reference, value = _value(account, what), _value(said, what)
    likeness = _COMPARED[what](reference, value)
    if what is What.NAME and likeness.degree is Degree.DIFFERENT and _is_sole_trader(account):
        return persons_alike(reference, value)
    return likeness


def _is_sole_trader(account: Said) -> bool:
    return form_of(account.legal_form) == "ei"


def _unsaid(source: Source) -> Cell:
    return Cell(source, "", Agreement.UNSAID, sure=False)


def _is_sure(said: Said, what: What, source: Source, agreement: Agreement) -> bool:
    # A reader is sure of an extract's number only. Its other words are sure where they are the account's:
    # a misread name does not happen to be the right one.
    words = source is Source.KBIS and what is not What.SIREN
    return said.sure and what not in said.typed and not (words and agreement is Agreement.DIFFERENT)


def _remark(what: What, source: Source, reference: str, value: str, likeness: Likeness) -> str:
    if likeness.degree is Degree.SAME:
        return ""
    said = f"{_capital(source.label)} dit {_quoted(what, value)}"
    if not reference:
        return f"{said}, le compte ne le dit pas."
    differs = f"{said}, le compte {_quoted(what, reference)}"
    return f"{differs}{typeset(' : ')}{likeness.but}." if likeness.but else f"{differs}."


# --- whose bank account it is --------------------------------------------------------------------

_PERSONAL: Final = close("le compte bancaire est au nom de la personne qui signe, non de l’entreprise")


def _payer(account: Said) -> Cell:
    """Compare the account's holder with the company, and with the person who signs."""
    holder, name, signatory = (one_line(each) for each in (account.holder, account.name, account.signatory))
    if not holder or not (name or signatory):
        return Cell(Source.ACCOUNT, _shown(What.PAYER, holder), Agreement.UNSAID, sure=False)
    likeness = _payer_likeness(account, holder, name, signatory)
    return Cell(
        Source.ACCOUNT,
        _shown(What.PAYER, holder),
        Agreement(likeness.degree.value),
        account.sure,
        _payer_remark(holder, name, signatory, likeness),
    )


def _payer_likeness(account: Said, holder: str, name: str, signatory: str) -> Likeness:
    sole = _is_sole_trader(account)
    company = companies_alike(holder, name)
    if sole and company.degree is Degree.DIFFERENT:
        company = persons_alike(holder, name)
    if company.degree is not Degree.DIFFERENT:
        return company
    person = persons_alike(holder, signatory)
    return _PERSONAL if not sole and person.degree is not Degree.DIFFERENT else person


def _payer_remark(holder: str, name: str, signatory: str, likeness: Likeness) -> str:
    if likeness.degree is Degree.SAME:
        return ""
    parties = [
        f"{words} {_quoted(What.PAYER, value)}"
        for words, value in (("l’entreprise s’appelle", name), ("la personne qui signe,", signatory))
        if value
    ]
    remark = (
        f"Le compte bancaire est au nom de {_quoted(What.PAYER, holder)}{typeset(' ; ')}{', '.join(parties)}"
    )
    return f"{remark}{typeset(' : ')}{likeness.but}." if likeness.but else f"{remark}."


# --- words ---------------------------------------------------------------------------------------


def _value(said: Said, what: What) -> str:
    return one_line(_SAYS[what](said))


def _shown(what: What, value: str) -> str:
    if what is What.SIREN and len(value) == _SIREN_LENGTH and value.isascii() and value.isdigit():
        return in_groups(value)
    return value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…"


def _quoted(what: What, value: str) -> str:
    return f"«{NBSP}{_shown(what, value)}{NBSP}»"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _holders_alike(one: str, other: str) -> Likeness:
    company = companies_alike(one, other)
    return company if company.degree is not Degree.DIFFERENT else persons_alike(one, other)


_SAYS: Final = MappingProxyType[What, Callable[[Said], str]](
    {
        What.SIREN: lambda said: said.siren,
        What.NAME: lambda said: said.name,
        What.LEGAL_FORM: lambda said: said.legal_form,
        What.ADDRESS: lambda said: said.address,
        What.SIGNATORY: lambda said: said.signatory,
        What.HOLDER: lambda said: said.holder,
    }
)
_COMPARED: Final = MappingProxyType[What, Callable[[str, str], Likeness]](
    {
        What.SIREN: sirens_alike,
        What.NAME: companies_alike,
        What.LEGAL_FORM: legal_forms_alike,
        What.ADDRESS: addresses_alike,
        What.SIGNATORY: persons_alike,
        What.HOLDER: _holders_alike,
    }
)
# The contract names no bank account; the register, as asked here, names no person.
_CAN_SAY: Final = MappingProxyType(
    {
        What.SIREN: (Source.CONTRACT, Source.MANDATE, Source.KBIS, Source.REGISTER),
        What.NAME: (Source.CONTRACT, Source.MANDATE, Source.KBIS, Source.REGISTER),
        What.LEGAL_FORM: (Source.CONTRACT, Source.MANDATE, Source.KBIS, Source.REGISTER),
        What.ADDRESS: (Source.CONTRACT, Source.MANDATE, Source.KBIS, Source.REGISTER),
        What.SIGNATORY: (Source.CONTRACT, Source.MANDATE, Source.KBIS),
        What.HOLDER: (Source.MANDATE,),
    }
)
_SOURCES: Final = MappingProxyType(
    {
        Source.ACCOUNT: "le compte",
        Source.CONTRACT: "le contrat",
        Source.MANDATE: "le mandat",
        Source.KBIS: "le K-bis",
        Source.REGISTER: "le registre public",
    }
)
_LABELS: Final = MappingProxyType(
    {
        What.SIREN: "SIREN",
        What.NAME: "Dénomination",
        What.LEGAL_FORM: "Forme juridique",
        What.ADDRESS: "Adresse",
        What.SIGNATORY: "Signataire",
        What.HOLDER: "Titulaire du compte bancaire",
        What.PAYER: "Titulaire, à côté de l’entreprise et du signataire",
    }
)
_AGREEMENTS: Final = MappingProxyType(
    {
        Agreement.REFERENCE: "référence",
        Agreement.SAME: "identique",
        Agreement.CLOSE: "proche",
        Agreement.DIFFERENT: "différent",
        Agreement.UNSAID: "non lu",
    }
)
