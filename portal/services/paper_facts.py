"""What the contract and the mandate of a dossier say (CGV art. 8 and 10.2): everything a client will sign."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from portal.contract import quotation
from portal.contract.acts import Piece
from portal.contract.billing import first_month_users
from portal.contract.calendar import paris_day
from portal.contract.french import count
from portal.contract.offer import Offer
from portal.contract.quotation import Quotation
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.subscription import FIRST_NOTICE_BUSINESS_DAYS, ConditionName, must_accept_terms
from portal.documents.dossier_papers import (
    Amount,
    Client,
    Condition,
    ContractPaper,
    MandatePaper,
    OptionLine,
    Signatory,
    TermsAccepted,
    Vendor,
)
from portal.payments.mandates import mandate_reference
from portal.services.conditions import Edition
from portal.services.dossiers import BankAccount, Dossier, Facts
from portal.services.reading import Company
from portal.settings import Settings

SERVICE: Final = "EXANERGY CRM"
_NOTICE = "un mois"
_FIRST_MONTH_HOW = (
    f"Il est prélevé à l’échéance de sa facture, {FIRST_NOTICE_BUSINESS_DAYS} jours ouvrés au moins après son "
    "émission, ou réglé plus tôt par virement."
)
CONDITIONS: Final = MappingProxyType(
    {
        ConditionName.CONTRACT: "Contrat signé, reçu et accepté",
        ConditionName.MANDATE: "Mandat SEPA signé, reçu et accepté",
        ConditionName.KBIS: "Extrait K-bis de moins de trois mois, reçu et accepté",
        ConditionName.IDENTITY: "Identité validée par le service technique",
        ConditionName.FIRST_MONTH: "Premier mois réglé",
    }
)
"""The five conditions of art. 8, in the words of the contract."""
WHAT_CHANGES: Final = MappingProxyType(
    {Piece.CONTRACT: "Vos informations, nos prix ou nos conditions", Piece.MANDATE: "Vos informations"}
)
"""What may have changed since a paper was printed (see `what_is_signed`), as the client reads it."""


def contract_paper(settings: Settings, dossier: Dossier, number: str, terms: Edition) -> ContractPaper:
    """Return what the contract says, at today's grid; raises `Refusal` where something is missing."""
    facts, state = _facts(dossier), dossier.contract.state
    offer, grid = state.offer, state.offer.grid
    return ContractPaper(
        number=number,
        service=SERVICE,
        vendor=vendor(settings),
        client=_client(dossier.contract.company, facts),
        signatory=Signatory(name=facts.signatory_name, capacity=facts.signatory_capacity),
        users=dossier.users,
        minimum_users=grid.minimum_users,
        vat_hundredths=grid.vat_hundredths if offer.vat_known else None,
        user_month=_amount(offer, quotation.user_month(grid)),
        month=_amount(offer, quotation.month(grid, dossier.users)),
        year=_amount(offer, quotation.year(grid, dossier.users)),
        options=tuple(_option(offer, code, quantity) for code, quantity in sorted(facts.options.items())),
        notice=_NOTICE,
        terms=_terms(state, terms),
        conditions=tuple(Condition(words=words, met=False) for words in CONDITIONS.values()),
        first_month=_amount(offer, quotation.month(grid, first_month_users(state))),
        first_month_how=f"{whom_the_first_month_counts(dossier, first_month_users(state))} {_FIRST_MONTH_HOW}",
    )


def whom_the_first_month_counts(dossier: Dossier, counted: int) -> str:
    """Return, in sentences, why the first month counts so many users, where the contract may be for more (art. 10.1)."""
    least = dossier.contract.state.offer.grid.minimum_users
    who = f"Il compte {count(counted, 'utilisateur')} : ceux inscrits le jour de sa facture, et {least} au moins."
    others = " Les autres comptent à partir du mois où vous les inscrivez." if dossier.users > counted else ""
    return who + others


def mandate_paper(settings: Settings, dossier: Dossier, number: str, edition: int, iban: str) -> MandatePaper:
    """Return what the mandate says, for the account `iban`; raises `Refusal` where something is missing."""
    facts, account = _facts(dossier), _account(dossier)
    return MandatePaper(
        contract=number,
        reference=mandate_reference(number, edition),
        vendor=vendor(settings),
        client=_debtor(_client(dossier.contract.company, facts)),
        signatory=Signatory(name=facts.signatory_name, capacity=facts.signatory_capacity),
        holder=account.holder,
        iban=iban,
        bic=account.bic,
        bank_name=account.bank_name,
    )


def what_is_signed(paper: ContractPaper | MandatePaper) -> tuple[object, ...]:
    """Return what a client's signature is under: who she is, what she orders, at which prices and on which terms.

    Prices are excluding tax. Not the printing's number; nor the tax, which the law decides; nor the first month,
    which is of whoever is registered on its day.
    """
    if isinstance(paper, MandatePaper):
        return (_debtor(paper.client), paper.signatory, paper.holder, paper.iban, paper.bic)
    ordered = tuple((one.label, one.every, one.quantity, one.amount.excl_vat_cents) for one in paper.options)
    price = paper.user_month.excl_vat_cents
    terms = paper.terms.version
    return (paper.client, paper.signatory, paper.users, paper.minimum_users, price, ordered, terms)


def signs_the_same(
    said: ContractPaper | MandatePaper, now: ContractPaper | MandatePaper, wished_users: int
) -> bool:
    """Tell whether a signature under `said` is one under `now`.

    Registrations are not signed for: a number of users that they alone have raised since is no difference.
    """
    if isinstance(said, ContractPaper) and isinstance(now, ContractPaper):
        is_raised = wished_users <= said.users < now.users
        said = replace(said, users=now.users) if is_raised else said
    return what_is_signed(said) == what_is_signed(now)


def vendor(settings: Settings) -> Vendor:
    """Return the vendor as papers name it."""
    return Vendor(
        name=settings.vendor_name,
        siren=settings.vendor_siren,
        address=tuple(line.strip() for line in settings.vendor_address.split(",")),
        creditor_id=settings.vendor_creditor_id,
    )


def _facts(dossier: Dossier) -> Facts:
    if dossier.facts is None:
        raise Refusal(
            "facts_missing",
            clause="8",
            message="Dites d’abord quelle entreprise souscrit et qui signe : le contrat et le mandat les nomment.",
        )
    return dossier.facts


def _account(dossier: Dossier) -> BankAccount:
    if dossier.account is None:
        raise Refusal(
            "account_missing",
            clause="10.2",
            message="Indiquez d’abord le compte à prélever : le mandat porte son IBAN.",
        )
    return dossier.account


def _terms(state: State, terms: Edition) -> TermsAccepted:
    if state.acceptance is None or must_accept_terms(state):
        raise terms_to_accept()
    return TermsAccepted(
        title=terms.read().title,
        version=terms.version,
        sha256=terms.sha256,
        accepted_on=paris_day(state.acceptance.at),
    )


def terms_to_accept() -> Refusal:
    """Return the refusal to print a contract before the terms that it would cite are accepted."""
    return Refusal(
        "terms_not_accepted",
        clause="3",
        message="Lisez et acceptez les CGV en vigueur avant d’imprimer votre contrat : il les cite.",
    )


def _client(company: Company, facts: Facts) -> Client:
    return Client(
        legal_name=company.legal_name,
        legal_form=company.legal_form,
        siren=company.siren,
        address=(company.street, f"{company.postcode} {company.city}"),
        capital=facts.capital,
        rcs_city=facts.rcs_city,
        vat_number=facts.vat_number,
    )


def _debtor(client: Client) -> Client:
    """Return a client as a mandate names her: it says neither her capital, nor her registry, nor her VAT number."""
    return replace(client, capital="", rcs_city="", vat_number="")


def _option(offer: Offer, code: str, quantity: int) -> OptionLine:
    ordered = offer.grid.option(code)
    if ordered is None:
        raise Refusal(
            "option_unknown",
            clause="5.2",
            message="Une option que vous aviez choisie n’est plus dans la grille tarifaire. Choisissez de nouveau vos options.",
        )
    return OptionLine(
        label=ordered.label,
        quantity=quantity,
        every="month" if ordered.monthly else "once",
        amount=_amount(offer, quotation.option(offer.grid, ordered, quantity)),
    )


def _amount(offer: Offer, quoted: Quotation) -> Amount:
    return Amount(
        excl_vat_cents=quoted.net.cents,
        vat_cents=quoted.vat.cents if offer.vat_known else None,
        incl_vat_cents=quoted.gross.cents if offer.vat_known else None,
    )
