"""What `/espace/souscrire` says: the five conditions, what is done, what is missing, until when, and what it costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.contract import quotation
from portal.contract.acts import FIRST, Piece
from portal.contract.billing import first_month_users
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.french import count, euros, full_date, in_thousands, short_date, typeset
from portal.contract.offer import Offer, Option
from portal.contract.quotation import Quotation
from portal.contract.state import Examination, Relationship
from portal.contract.subscription import (
    BEFORE_VALIDATION,
    Condition,
    ConditionName,
    Progress,
)
from portal.contract.term import notice_end, term_last_day
from portal.services.dossier_forms import OPTION, vat_number_of
from portal.services.dossiers import Dossier, may_change
from portal.services.first_month import FirstMonth, Way, waits_for_its_invoice
from portal.services.paper_facts import CONDITIONS, WHAT_CHANGES, whom_the_first_month_counts
from portal.services.papers import PRINTED
from portal.web.client.subscribe_next import (
    SUBSCRIBED,
    Limit,
    NextStep,
    headline,
    limit_of,
    must_accept,
    next_step_of,
    step_of,
)
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import when, why_of, why_of_amount

_VAT_TO_COME = "TVA à préciser d’après votre adresse"
_STEPS = {
    2: ("Le compte à prélever", "S’ouvre quand l’étape 1 est gardée."),
    3: ("Le contrat et le mandat, à signer", "S’impriment remplis, dès que le compte est indiqué."),
    4: ("Vos trois pièces", "Se déposent une fois le contrat et le mandat signés."),
    5: ("Le premier mois", "Est facturé quand vos pièces et l’identité sont validées."),
}


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One of the five conditions; `tone` is that of its badge."""

    name: str = ""
    words: str = ""
    state: str = ""
    since: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option of the grid, as its field asks for it."""

    name: str = ""
    label: str = ""
    price: str = ""
    kept: str = "0"
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper to sign, and how it stands."""

    title: str = ""
    href: str = ""
    printed: str = ""


@dataclass(frozen=True, slots=True)
class LaterStep:
    """A step whose turn has not come, and when it comes."""

    number: int = 0
    title: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class SubscribeView:
    """Everything the page shows; strings are ready to be read. `step` is the first that is not done, 1 to 6.

    `must_accept`: the terms in force, `terms`, are to be accepted before anything is signed; `accepted` is the
    version that was before, "" for none. `is_closed`
    once what she gave does not change here any more.
    """

    company: str = ""
    number: str = ""
    headline: str = ""
    lead: str = ""
    is_open: bool = False
    is_closed: bool = False
    must_accept: bool = False
    accepted: str = ""
    terms: str = ""
    is_in_force: bool = False
    met: int = 0
    conditions: list[ConditionLine] = field(default_factory=list)
    limit: Limit = field(default_factory=Limit)
    step: int = 1
    next_step: NextStep = field(default_factory=NextStep)
    later: list[LaterStep] = field(default_factory=list)
    siren: str = ""
    minimum: int = 1
    may_edit_facts: bool = True
    may_edit_account: bool = True
    facts: list[Figure] = field(default_factory=list)
    prices: list[Figure] = field(default_factory=list)
    options: list[OptionLine] = field(default_factory=list)
    account: list[Figure] = field(default_factory=list)
    papers: list[PaperLine] = field(default_factory=list)
    papers_are_accepted: bool = False
    first_month: list[Figure] = field(default_factory=list)
    transfer: list[Figure] = field(default_factory=list)
    is_with_the_bank: bool = False
    in_force: list[Figure] = field(default_factory=list)


def subscribe_view(
    dossier: Dossier,
    first_month: FirstMonth | None,
    outdated: frozenset[Piece],
    to_print: frozenset[Piece],
    *,
    support_email: str,
) -> SubscribeView:
    """Return the page of a dossier as it stands; `outdated` are the papers to sign again, `to_print` those to print."""
    contract, state = dossier.contract, dossier.contract.state
    step = step_of(dossier)
    title, lead = headline(dossier)
    asks_terms = must_accept(dossier, outdated)
    is_awaited = state.relationship in BEFORE_VALIDATION
    again = {ConditionName(one.value) for one in outdated} if is_awaited else set()
    is_open = is_awaited and not asks_terms and not dossier.is_too_late
    is_over = state.validated_at is not None or state.relationship is Relationship.LAPSED
    return SubscribeView(
        company=contract.company.legal_name,
        number=dossier.number,
        headline=title,
        lead=lead,
        is_open=is_open,
        is_closed=dossier.facts is not None and (is_over or dossier.is_too_late),
        must_accept=asks_terms,
        accepted=state.acceptance.version if state.acceptance else "",
        terms=state.offer.terms_version,
        is_in_force=state.relationship in SUBSCRIBED,
        met=sum(one.progress is Progress.MET and one.name not in again for one in dossier.conditions),
        conditions=[condition_line(one, is_outdated=one.name in again) for one in dossier.conditions],
        limit=limit_of(dossier),
        step=step,
        next_step=next_step_of(dossier, first_month, outdated, support_email),
        later=_later(step) if is_open else [],
        siren=in_groups(contract.company.siren),
        minimum=first_month_users(state),
        may_edit_facts=may_change(state, Piece.CONTRACT),
        may_edit_account=may_change(state, Piece.MANDATE),
        facts=list(_facts(dossier)),
        prices=prices(state.offer, dossier.users, dossier.facts.options if dossier.facts else {}),
        options=[_option(dossier, one) for one in state.offer.grid.options],
        account=list(_account(dossier)),
        papers=[_paper(dossier, one, outdated, to_print) for one in PRINTED],
        papers_are_accepted=all(_accepted_at(dossier, one) and one not in outdated for one in PRINTED),
        first_month=list(_first_month(dossier, first_month)),
        transfer=list(_transfer(first_month)),
        is_with_the_bank=first_month is not None and first_month.way is Way.WITH_THE_BANK,
        in_force=list(_in_force(dossier)),
    )


def _later(step: int) -> list[LaterStep]:
    """Return the steps whose turn has not come; the papers and the pieces come together."""
    shown = 4 if step >= 3 else step  # noqa: PLR2004 -- the steps' numbers
    return [LaterStep(number, title, opens) for number, (title, opens) in _STEPS.items() if number > shown]


def typed_of(dossier: Dossier) -> dict[str, str]:
    """Return what the first two forms show before anything is typed."""
    company, facts, account = dossier.contract.company, dossier.facts, dossier.account
    admin = next((one.name for one in dossier.contract.users if one.is_admin), "")
    options = facts.options if facts else {}
    return {
        "legal_name": company.legal_name,
        "legal_form": company.legal_form,
        "street": company.street,
        "postcode": company.postcode,
        "city": company.city,
        "capital": facts.capital if facts else "",
        "rcs_city": facts.rcs_city if facts else "",
        "vat_number": facts.vat_number if facts else vat_number_of(company.siren),
        "signatory_name": facts.signatory_name if facts else admin,
        "signatory_capacity": facts.signatory_capacity if facts else "",
        "users": str(dossier.users),
        "holder": account.holder if account else company.legal_name,
        # Another account is given whole: the BIC of one is not that of the next.
        "iban": "",
        "bic": "",
        **{
            f"{OPTION}{one.code}": str(options.get(one.code, 0))
            for one in dossier.contract.state.offer.grid.options
        },
    }


def prices(offer: Offer, users: int, options: Mapping[str, int]) -> list[Figure]:
    """Return what so many users and options cost, a month, a year and once; `options` go from a code to how many."""
    grid = offer.grid
    who = count(quotation.invoiced_users(grid, users), "utilisateur")
    ordered = [(one, options[one.code]) for one in grid.options if options.get(one.code)]
    found = [
        _quoted(offer, "Un utilisateur, par mois", quotation.user_month(grid)),
        _quoted(offer, f"{who}, par mois", quotation.month(grid, users)),
        _quoted(offer, f"{who}, par an", quotation.year(grid, users)),
    ]
    if any(one.monthly for one, _ in ordered):
        found.append(_quoted(offer, "Avec les options, par mois", quotation.month(grid, users, ordered)))
        found.append(_quoted(offer, "Avec les options, par an", quotation.year(grid, users, ordered)))
    if any(not one.monthly for one, _ in ordered):
        found.append(_quoted(offer, "Options, une fois", quotation.once(grid, ordered)))
    return found


# --- where the dossier stands --------------------------------------------------------------------


def condition_line(one: Condition, *, is_outdated: bool = False) -> ConditionLine:
    """Return a condition with where it stands; `is_outdated`: what was sent for it is to be signed again."""
    states = {
        Progress.MISSING: ("à faire", "quiet"),
        Progress.RECEIVED: ("en cours", "soon"),
        Progress.REFUSED: ("à refaire", "late"),
        Progress.MET: ("fait", "done"),
    }
    said, tone = states[one.progress]
    since = f"depuis le {short_date(paris_day(one.since))}" if one.since else ""
    if one.name is ConditionName.IDENTITY and one.progress is Progress.MISSING:
        said = "notre part"
    if is_outdated and one.progress in (Progress.RECEIVED, Progress.MET):
        (said, tone), since = states[Progress.REFUSED], ""
    return ConditionLine(one.name.value, CONDITIONS[one.name], said, since, tone)


# --- the steps -----------------------------------------------------------------------------------


def _facts(dossier: Dossier) -> Iterator[Figure]:
    facts, company = dossier.facts, dossier.contract.company
    if facts is None:
        return
    yield Figure("Entreprise", f"{company.legal_name} ({company.legal_form})")
    yield Figure("SIREN", in_groups(company.siren))
    if facts.capital:
        yield Figure("Capital", facts.capital, is_fact=True)
    if facts.rcs_city:
        yield Figure("RCS", facts.rcs_city)
    yield Figure("Adresse", f"{company.street}, {company.postcode} {company.city}")
    yield Figure("Qui signe", f"{facts.signatory_name}, {facts.signatory_capacity}")
    yield Figure("Utilisateurs", in_thousands(dossier.users))
    if facts.vat_number:
        yield Figure("TVA intracommunautaire", facts.vat_number)
    for code, quantity in sorted(facts.options.items()):
        option = dossier.contract.state.offer.grid.option(code)
        yield (
            Figure(option.label, str(quantity))
            if option
            else Figure("Une option que vous aviez choisie", "n’est plus proposée")
        )


def _option(dossier: Dossier, one: Option) -> OptionLine:
    offer = dossier.contract.state.offer
    quoted = quotation.option(offer.grid, one, 1)
    each = "par mois" if one.monthly else "une fois"
    kept = dossier.facts.options.get(one.code, 0) if dossier.facts else 0
    if offer.vat_known:
        taxed, amount = f"soit {euros(quoted.gross.cents)} TTC", quoted.gross
    else:
        taxed, amount = _VAT_TO_COME, quoted.net
    price = typeset(f"{euros(quoted.net.cents)} HT {each}, {taxed}")
    return OptionLine(f"{OPTION}{one.code}", one.label, price, str(kept), why_of_amount(amount))


def _account(dossier: Dossier) -> Iterator[Figure]:
    account = dossier.account
    if account is None:
        return
    yield Figure("Titulaire", account.holder)
    yield Figure("Compte", account.hint)
    if account.bank_name or account.bic:
        yield Figure("Banque", " · ".join(part for part in (account.bank_name, account.bic) if part))


def _paper(
    dossier: Dossier, piece: Piece, outdated: frozenset[Piece], to_print: frozenset[Piece]
) -> PaperLine:
    titles = {Piece.CONTRACT: "Le contrat", Piece.MANDATE: "Le mandat de prélèvement SEPA"}
    printing = dossier.printings.get(piece)
    accepted_at = _accepted_at(dossier, piece)
    if accepted_at and piece not in outdated:
        printed = f"Signé, accepté le {full_date(paris_day(accepted_at))}"
    elif printing is None:
        printed = "Pas encore imprimé"
    elif piece in to_print:
        printed = f"{WHAT_CHANGES[piece]} ont changé : imprimez-le et signez-le de nouveau."
    else:
        day = full_date(paris_day(printing.printed_at))
        printed = f"Impression n° {printing.edition}, du {day}, {count(printing.pages, 'page')}"
        if piece in outdated:
            printed += " : signez-la et envoyez-la, ce que nous avons reçu ne vaut plus."
    return PaperLine(titles[piece], f"/espace/papiers/{piece.value}.pdf", typeset(printed))


def _accepted_at(dossier: Dossier, piece: Piece) -> datetime | None:
    document = dossier.contract.state.documents.get(piece)
    if document is None or document.examination is not Examination.ACCEPTED:
        return None
    return document.examined_at


_COLLECTED = {
    Way.TO_COME: ("Prélevé le", ""),
    Way.WITH_THE_BANK: ("Prélevé le", "Remis à votre banque : nous attendons sa réponse."),
    Way.CAME_BACK: ("Prélèvement prévu le", "Refusé par votre banque : réglez par virement."),
    Way.STOPPED: ("Prélèvement prévu le", "Votre mandat ne le permet plus : réglez par virement."),
    Way.MISSED: ("Prélèvement prévu le", "Il n’a pas eu lieu : réglez par virement."),
}


def _first_month(dossier: Dossier, first_month: FirstMonth | None) -> Iterator[Figure]:
    state = dossier.contract.state
    billed = next((one for one in state.billed if one.month == FIRST), None)
    counted = billed.quantity if billed else first_month_users(state)
    quoted = quotation.month(state.offer.grid, counted)
    taxes = f"{euros(quoted.net.cents)} HT et {euros(quoted.vat.cents)} de TVA"
    note = typeset(f"{taxes}. {whom_the_first_month_counts(dossier, counted)}")
    if first_month is None:
        if waits := waits_for_its_invoice(state):
            yield Figure("Facturé le", when(waits.instant), why=why_of(waits))
            amount = f"{euros(quoted.gross.cents)} TTC"
            yield Figure("Montant prévu", amount, note, why_of_amount(quoted.gross, quoted.vat))
        return
    amount = f"{euros(first_month.invoice.gross_cents)} TTC"
    why = why_of_amount(quoted.gross, quoted.vat)
    yield Figure(f"Facture {first_month.invoice.number}", amount, note, why)
    label, said = _COLLECTED[first_month.way]
    yield Figure(label, full_date(first_month.collection.day), typeset(said), why_of(first_month.collection))


def _transfer(first_month: FirstMonth | None) -> Iterator[Figure]:
    if first_month is None:
        return
    transfer = first_month.transfer
    yield Figure("Titulaire", transfer.holder)
    yield Figure("IBAN", transfer.iban)
    if transfer.bic:
        yield Figure("BIC", transfer.bic)
    yield Figure("Référence à rappeler", transfer.reference)


def _in_force(dossier: Dossier) -> Iterator[Figure]:
    state = dossier.contract.state
    if state.in_force_on is None or state.relationship is not Relationship.ACTIVE:
        return
    last_day, notice = term_last_day(state), notice_end(state)
    entry = next(
        (one.because for one in dossier.contract.moments if one.name.startswith("contract_in_force-")), None
    )
    on_each = typeset("Le numéro de votre contrat signé : chaque facture le porte.")
    yield Figure("Contrat", dossier.number, on_each)
    yield Figure("En vigueur depuis le", full_date(state.in_force_on), why=why_of(entry) if entry else Why())
    yield Figure("Dernier jour de la période", full_date(last_day.day), why=why_of(last_day))
    yield Figure(
        "Dernier moment pour dénoncer",
        when(notice.instant),
        notice.advice_words,
        why_of(notice, *notice.advised),
    )


def _quoted(offer: Offer, label: str, quoted: Quotation) -> Figure:
    net = typeset(f"{euros(quoted.net.cents)} HT")
    if not offer.vat_known:
        return Figure(label, net, _VAT_TO_COME, why_of_amount(quoted.net))
    return Figure(
        label,
        net,
        typeset(f"{euros(quoted.gross.cents)} TTC, dont {euros(quoted.vat.cents)} de TVA"),
        why_of_amount(quoted.net, quoted.vat, quoted.gross),
    )
