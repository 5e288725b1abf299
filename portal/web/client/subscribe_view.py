"""What `/espace/souscrire` says: the five conditions, what is done, what is missing, until when, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.contract import quotation
from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.deadlines import Deadline, deadlines
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import count, euros, full_date, short_date, typeset
from portal.contract.offer import Grid, Option
from portal.contract.quotation import Quotation
from portal.contract.state import Relationship
from portal.contract.subscription import Condition, ConditionName, Progress
from portal.contract.term import notice_end, term_last_day
from portal.services.dossier_forms import OPTION, vat_number_of
from portal.services.dossiers import Dossier, may_change
from portal.services.first_month import FirstMonth, waits_for_its_invoice
from portal.services.paper_facts import CONDITIONS
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import when, why_of, why_of_amount

_LIMITS = {
    "trial_end": "Le service reste ouvert",
    "archive_end": "Pour envoyer vos pièces",
    "correction_end": "Pour renvoyer la pièce refusée",
    "destruction": "Avant la destruction de vos données",
}
_SUBSCRIBED = (Relationship.ACTIVE, Relationship.ENDED)


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


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper to sign, and how it stands."""

    title: str = ""
    href: str = ""
    printed: str = ""


@dataclass(frozen=True, slots=True)
class SubscribeView:
    """Everything the page shows; strings are ready to be read. `step` is the first that is not done, 1 to 6."""

    company: str = ""
    number: str = ""
    headline: str = ""
    lead: str = ""
    is_open: bool = False
    must_accept: bool = False
    terms: str = ""
    is_in_force: bool = False
    met: int = 0
    conditions: list[ConditionLine] = field(default_factory=list)
    limit_label: str = ""
    limit: str = ""
    limit_why: Why = field(default_factory=Why)
    step: int = 1
    step_title: str = ""
    step_text: str = ""
    step_label: str = ""
    step_href: str = ""
    siren: str = ""
    minimum: int = 1
    may_edit_facts: bool = True
    may_edit_account: bool = True
    facts: list[Figure] = field(default_factory=list)
    prices: list[Figure] = field(default_factory=list)
    options: list[OptionLine] = field(default_factory=list)
    account: list[Figure] = field(default_factory=list)
    papers: list[PaperLine] = field(default_factory=list)
    first_month: list[Figure] = field(default_factory=list)
    transfer: list[Figure] = field(default_factory=list)
    in_force: list[Figure] = field(default_factory=list)


def subscribe_view(dossier: Dossier, first_month: FirstMonth | None) -> SubscribeView:
    """Return the page of a dossier as it stands."""
    contract, state = dossier.contract, dossier.contract.state
    limit = _limit(dossier)
    step = _step(dossier)
    title, text, label, href = _next(dossier, step)
    headline, lead = _headline(dossier)
    return SubscribeView(
        company=contract.company.legal_name,
        number=dossier.number,
        headline=headline,
        lead=typeset(lead),
        is_open=state.acceptance is not None
        and state.relationship in {Relationship.PROSPECT, Relationship.TRIAL, Relationship.REFLECTION},
        must_accept=state.acceptance is None,
        terms=state.offer.terms_version,
        is_in_force=state.relationship in _SUBSCRIBED,
        met=sum(one.progress is Progress.MET for one in dossier.conditions),
        conditions=[condition_line(one) for one in dossier.conditions],
        limit_label=_LIMITS[limit.name] if limit else "",
        limit=f"Jusqu’à la {when(limit.at)}" if limit else "",
        limit_why=why_of(limit.because) if limit else Why(),
        step=step,
        step_title=title,
        step_text=typeset(text),
        step_label=label,
        step_href=href,
        siren=contract.company.siren,
        minimum=least_users(dossier),
        may_edit_facts=may_change(state, Piece.CONTRACT),
        may_edit_account=may_change(state, Piece.MANDATE),
        facts=list(_facts(dossier)),
        prices=prices(state.offer.grid, dossier.facts.users if dossier.facts else least_users(dossier)),
        options=[_option(dossier, one) for one in state.offer.grid.options],
        account=list(_account(dossier)),
        papers=[_paper(dossier, Piece.CONTRACT), _paper(dossier, Piece.MANDATE)],
        first_month=list(_first_month(dossier, first_month)),
        transfer=list(_transfer(first_month)),
        in_force=list(_in_force(dossier)),
    )


def least_users(dossier: Dossier) -> int:
    """Return the fewest users that the contract can count: its minimum, and those who are named already."""
    return quotation.invoiced_users(dossier.contract.state.offer.grid, len(dossier.contract.users))


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
        "rcs_city": facts.rcs_city if facts else company.city,
        "vat_number": facts.vat_number if facts else vat_number_of(company.siren),
        "signatory_name": facts.signatory_name if facts else admin,
        "signatory_capacity": facts.signatory_capacity if facts else "",
        "users": str(facts.users if facts else least_users(dossier)),
        "holder": account.holder if account else company.legal_name,
        "iban": "",
        "bic": account.bic if account else "",
        **{
            f"{OPTION}{one.code}": str(options.get(one.code, 0))
            for one in dossier.contract.state.offer.grid.options
        },
    }


def prices(grid: Grid, users: int) -> list[Figure]:
    """Return what so many users cost, a month and a year."""
    who = count(quotation.invoiced_users(grid, users), "utilisateur")
    return [
        _quoted("Un utilisateur, par mois", quotation.user_month(grid)),
        _quoted(f"{who}, par mois", quotation.month(grid, users)),
        _quoted(f"{who}, par an", quotation.year(grid, users)),
    ]


# --- where the dossier stands --------------------------------------------------------------------


def _headline(dossier: Dossier) -> tuple[str, str]:
    relationship = dossier.contract.state.relationship
    if relationship is Relationship.LAPSED:
        return (
            "Les données de votre essai sont détruites",
            "Votre compte demeure : écrivez-nous pour souscrire.",
        )
    if relationship is Relationship.ENDED:
        return "Votre contrat est terminé", ""
    if relationship is Relationship.ACTIVE:
        return (
            "Votre contrat est en vigueur",
            "Le service est ouvert. Voici ses dates, chacune avec sa raison.",
        )
    if relationship is Relationship.AWAITING_PAYMENT:
        return (
            "Votre dossier est validé",
            "Il ne manque que le premier mois : dès qu’il est réglé, votre contrat entre en vigueur.",
        )
    return (
        "Souscrire",
        "Cinq conditions ouvrent votre contrat. Vous pouvez vous arrêter et reprendre quand vous voulez : tout est gardé.",
    )


def _limit(dossier: Dossier) -> Deadline | None:
    found = deadlines(dossier.contract.state, dossier.contract.at)
    return next((one for one in found if one.name in _LIMITS), None)


def _step(dossier: Dossier) -> int:
    """Return the first step that is not done: company, account, papers and pieces, examination, payment, none."""
    state = dossier.contract.state
    if state.relationship in _SUBSCRIBED:
        return 6
    if state.validated_at is not None:
        return 5
    if dossier.facts is None:
        return 1
    if dossier.account is None:
        return 2
    if len(dossier.printings) < 2 and not state.documents:  # noqa: PLR2004 -- the contract and the mandate
        return 3
    return 4


def _next(dossier: Dossier, step: int) -> tuple[str, str, str, str]:
    """Return the next step: title, text, label and where it leads."""
    if dossier.contract.state.acceptance is None:
        return (
            "Accepter les conditions générales",
            "Votre contrat les cite. Vous pouvez commencer par un essai de 30 jours, ou souscrire aussitôt.",
            "Commencer par un essai",
            "/essai/conditions",
        )
    match step:
        case 1:
            return (
                "Dire qui souscrit et qui signe",
                "Trois minutes : l’entreprise, le signataire, le nombre d’utilisateurs.",
                "Remplir l’étape 1",
                "#etape-1",
            )
        case 2:
            return (
                "Indiquer le compte à prélever",
                "Votre IBAN suffit : nous en déduisons la banque et le BIC.",
                "Remplir l’étape 2",
                "#etape-2",
            )
        case 3:
            return (
                "Imprimer et signer le contrat et le mandat",
                "Ils sont remplis : il ne reste qu’à les signer.",
                "Aller à l’étape 3",
                "#etape-3",
            )
        case 4:
            return _pieces_next(dossier)
        case 5:
            return (
                "Régler le premier mois",
                "Il est prélevé à la date dite, ou réglé plus tôt par virement.",
                "Voir le premier mois",
                "#etape-5",
            )
        case _:
            return "Ouvrir votre espace", "Vos utilisateurs et vos dates y sont.", "Mon contrat", "/espace"


def _pieces_next(dossier: Dossier) -> tuple[str, str, str, str]:
    missing = [
        PIECE_NAMES[Piece(one.name.value)]
        for one in dossier.conditions[:3]
        if one.progress in {Progress.MISSING, Progress.REFUSED}
    ]
    if missing:
        return "Envoyer vos pièces", f"À envoyer : {', '.join(missing)}.", "Aller à l’étape 4", "#etape-4"
    return (
        "Attendre notre réponse",
        "Nous avons vos trois pièces et les examinons. Chaque décision vous est écrite par e-mail.",
        "Revoir vos pièces",
        "#etape-4",
    )


def condition_line(one: Condition) -> ConditionLine:
    """Return a condition with where it stands."""
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
    return ConditionLine(one.name.value, CONDITIONS[one.name], said, since, tone)


# --- the steps -----------------------------------------------------------------------------------


def _facts(dossier: Dossier) -> Iterator[Figure]:
    facts, company = dossier.facts, dossier.contract.company
    if facts is None:
        return
    yield Figure("Entreprise", f"{company.legal_name} ({company.legal_form})")
    yield Figure("Adresse", f"{company.street}, {company.postcode} {company.city}")
    yield Figure("Qui signe", f"{facts.signatory_name}, {facts.signatory_capacity}")
    yield Figure("Utilisateurs", str(facts.users))
    if facts.vat_number:
        yield Figure("TVA intracommunautaire", facts.vat_number)
    for code, quantity in sorted(facts.options.items()):
        option = dossier.contract.state.offer.grid.option(code)
        if option:
            yield Figure(option.label, str(quantity))


def _option(dossier: Dossier, one: Option) -> OptionLine:
    quoted = quotation.option(dossier.contract.state.offer.grid, one, 1)
    each = "par mois" if one.monthly else "une fois"
    kept = dossier.facts.options.get(one.code, 0) if dossier.facts else 0
    price = typeset(f"{euros(quoted.net.cents)} HT {each}, soit {euros(quoted.gross.cents)} TTC")
    return OptionLine(f"{OPTION}{one.code}", one.label, price, str(kept))


def _account(dossier: Dossier) -> Iterator[Figure]:
    account = dossier.account
    if account is None:
        return
    yield Figure("Titulaire", account.holder)
    yield Figure("Compte", account.hint)
    if account.bank_name or account.bic:
        yield Figure("Banque", " · ".join(part for part in (account.bank_name, account.bic) if part))


def _paper(dossier: Dossier, piece: Piece) -> PaperLine:
    titles = {Piece.CONTRACT: "Le contrat", Piece.MANDATE: "Le mandat de prélèvement SEPA"}
    printing = dossier.printings.get(piece)
    printed = (
        f"Impression n° {printing.edition}, du {full_date(paris_day(printing.printed_at))}, "
        f"{count(printing.pages, 'page')}"
        if printing
        else "Pas encore imprimé"
    )
    return PaperLine(titles[piece], f"/espace/papiers/{piece.value}.pdf", typeset(printed))


def _first_month(dossier: Dossier, first_month: FirstMonth | None) -> Iterator[Figure]:
    if first_month is None:
        waits = waits_for_its_invoice(dossier.contract.state)
        if waits:
            yield Figure("Facturé", when(waits.instant), why=why_of(waits))
        return
    invoice = first_month.invoice
    yield Figure(
        f"Facture {invoice.number}",
        f"{euros(invoice.gross_cents)} TTC",
        "Premier mois d’abonnement",
    )
    yield Figure("Prélevé le", full_date(first_month.collection.day), why=why_of(first_month.collection))


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
    yield Figure("Contrat", dossier.number)
    yield Figure("En vigueur depuis le", full_date(state.in_force_on))
    yield Figure("Dernier jour de la période", full_date(last_day.day), why=why_of(last_day))
    yield Figure("Dernier moment pour dénoncer", when(notice.instant), why=why_of(notice))


def _quoted(label: str, quoted: Quotation) -> Figure:
    return Figure(
        label,
        typeset(f"{euros(quoted.net.cents)} HT"),
        typeset(f"{euros(quoted.gross.cents)} TTC, dont {euros(quoted.vat.cents)} de TVA"),
        why_of_amount(quoted.net),
    )
