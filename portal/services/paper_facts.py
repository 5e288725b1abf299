"""What the contract and the mandate of a dossier say (CGV art. 8 and 10.2): everything a client will sign."""

from types import MappingProxyType
from typing import Final

from portal.contract import quotation
from portal.contract.calendar import paris_day
from portal.contract.offer import Grid
from portal.contract.quotation import Quotation
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.subscription import FIRST_NOTICE_BUSINESS_DAYS, ConditionName
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


def contract_paper(settings: Settings, dossier: Dossier, number: str, terms: Edition) -> ContractPaper:
    """Return what the contract says, at today's grid; raises `Refusal` where something is missing."""
    facts, state = _facts(dossier), dossier.contract.state
    grid = state.offer.grid
    registered = len(state.users)
    return ContractPaper(
        number=number,
        service=SERVICE,
        vendor=vendor(settings),
        client=_client(dossier.contract.company, facts),
        signatory=Signatory(name=facts.signatory_name, capacity=facts.signatory_capacity),
        users=quotation.invoiced_users(grid, max(facts.users, registered)),
        minimum_users=grid.minimum_users,
        vat_hundredths=grid.vat_hundredths,
        user_month=_amount(quotation.user_month(grid)),
        month=_amount(quotation.month(grid, max(facts.users, registered))),
        year=_amount(quotation.year(grid, max(facts.users, registered))),
        options=tuple(_option(grid, code, quantity) for code, quantity in sorted(facts.options.items())),
        notice=_NOTICE,
        terms=_terms(state, terms),
        conditions=tuple(Condition(words=words, met=False) for words in CONDITIONS.values()),
        first_month=_amount(quotation.month(grid, registered)),
        first_month_how=_FIRST_MONTH_HOW,
    )


def mandate_paper(settings: Settings, dossier: Dossier, number: str, edition: int, iban: str) -> MandatePaper:
    """Return what the mandate says, for the account `iban`; raises `Refusal` where something is missing."""
    facts, account = _facts(dossier), _account(dossier)
    return MandatePaper(
        contract=number,
        reference=mandate_reference(number, edition),
        vendor=vendor(settings),
        client=_client(dossier.contract.company, facts),
        signatory=Signatory(name=facts.signatory_name, capacity=facts.signatory_capacity),
        holder=account.holder,
        iban=iban,
        bic=account.bic,
        bank_name=account.bank_name,
    )


def what_is_signed(paper: ContractPaper | MandatePaper) -> tuple[object, ...]:
    """Return what a client vouches for by her signature: not the prices, which are ours, nor the printing's number."""
    if isinstance(paper, MandatePaper):
        return (paper.client, paper.signatory, paper.holder, paper.iban, paper.bic)
    ordered = tuple((one.label, one.quantity) for one in paper.options)
    return (paper.client, paper.signatory, paper.users, ordered)


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
    if state.acceptance is None:
        raise Refusal(
            "terms_not_accepted",
            clause="3",
            message="Lisez et acceptez les CGV en vigueur avant d’imprimer votre contrat : il les cite.",
        )
    return TermsAccepted(
        title=terms.read().title,
        version=terms.version,
        sha256=terms.sha256,
        accepted_on=paris_day(state.acceptance.at),
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


def _option(grid: Grid, code: str, quantity: int) -> OptionLine:
    ordered = grid.option(code)
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
        amount=_amount(quotation.option(grid, ordered, quantity)),
    )


def _amount(quoted: Quotation) -> Amount:
    return Amount(
        excl_vat_cents=quoted.net.cents, vat_cents=quoted.vat.cents, incl_vat_cents=quoted.gross.cents
    )
