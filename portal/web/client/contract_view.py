"""What `/espace/contrat` says: the term, its renewal and its notice, the price, the terms accepted, people, papers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from portal.contract.acts import Piece
from portal.contract.amounts import gross_total, percent, vat
from portal.contract.arrears import in_arrears
from portal.contract.calendar import paris_day
from portal.contract.changes import pending, refusal_end
from portal.contract.explanations import Moment
from portal.contract.french import count, euros, full_date, full_instant, typeset
from portal.contract.recurring import unit_price, whole_month
from portal.contract.state import Change, Examination, Relationship, Service, State
from portal.contract.story import END_REASONS, WHAT_NAMES
from portal.contract.term import (
    end_because,
    ends_on,
    notice_end,
    notice_last_day,
    term_first_day,
    term_last_day,
)
from portal.services.dossiers import Dossier
from portal.services.mandates import SignedMandate
from portal.services.notices import OwnNotice
from portal.web.client.space_view import remaining
from portal.web.client.term_head import moment_of_end, term_head
from portal.web.client.what_if_form import Choice, choices
from portal.web.components.shapes import Figure, Mark, Why
from portal.web.components.timeline_layout import gathered
from portal.web.presenting import marks_of, when, why_of, why_of_amount


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next; `due` is a date that presses, with its reason and how long is left."""

    title: str = ""
    text: str = ""
    label: str = ""
    href: str = ""
    when: str = "À faire maintenant"
    due: Figure = field(default_factory=Figure)
    due_iso: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the contract: where it is, what it is, when it was received or accepted."""

    title: str = ""
    href: str = ""
    label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An administrator, since when."""

    name: str = ""
    email: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class ContractView:
    """Everything the page shows; `is_in_force` where there is a contract, in force or over."""

    eyebrow: str = ""
    headline: str = ""
    lead: str = ""
    lead_why: Why = field(default_factory=Why)
    is_in_force: bool = False
    is_ended: bool = False
    empty_title: str = ""
    empty_text: str = ""
    empty_label: str = ""
    empty_href: str = ""
    now_iso: str = ""
    step: Step = field(default_factory=Step)
    marks: list[Mark] = field(default_factory=list)
    drawn: list[Mark] = field(default_factory=list)
    term: list[Figure] = field(default_factory=list)
    price: list[Figure] = field(default_factory=list)
    terms: list[Figure] = field(default_factory=list)
    terms_version: str = ""
    accepted: str = ""
    people: list[Person] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


def contract_view(
    dossier: Dossier,
    mandates: tuple[SignedMandate, ...],
    names: Mapping[str, str],
    notice: OwnNotice | None = None,
) -> ContractView:
    """Return the page of a contract as it stands; `names` are those of who accepted the terms.

    `notice` is given where one has been served: its letter is among the papers.
    """
    contract, state = dossier.contract, dossier.contract.state
    eyebrow = contract.company.legal_name
    if state.in_force_on is None:
        return _before(state, eyebrow)
    marks = marks_of(contract.moments, contract.at)
    is_ended = state.relationship is Relationship.ENDED
    headline, lead, reason = term_head(state, contract.moments)
    return ContractView(
        eyebrow=typeset(f"{eyebrow} · contrat {dossier.number}" if dossier.number else eyebrow),
        headline=typeset(headline),
        lead=typeset(lead),
        lead_why=why_of(reason),
        is_in_force=True,
        is_ended=is_ended,
        now_iso=contract.at.isoformat(),
        step=_step(dossier),
        marks=marks,
        drawn=gathered(marks),
        term=list(_term(state, contract.moments)),
        price=[] if is_ended else list(_price(dossier)),
        terms_version=state.terms_version or "",
        accepted=_accepted(state, names),
        people=[
            Person(one.name, one.email, f"depuis le {full_date(paris_day(one.registered_at))}")
            for one in contract.users
            if one.is_admin
        ],
        papers=[*_papers(dossier, mandates), *_letters(notice)],
        choices=[] if is_ended else choices(state, contract.at),
    )


# --- before there is a contract --------------------------------------------------------------------


def _before(state: State, eyebrow: str) -> ContractView:
    view = ContractView(
        eyebrow=eyebrow,
        headline="Votre contrat sera ici",
        lead=typeset("Il n’y en a pas encore : rien ne vous engage."),
        empty_title="Ce que vous lirez sur cette page",
        empty_text=typeset(
            "La durée du contrat et sa ligne du temps, le jour jusqu’auquel vous pouvez résilier, ce que coûte un mois, "
            "les conditions acceptées, vos documents, et ce que changerait un acte avant de le faire."
        ),
        empty_label="Préparer ma souscription",
        empty_href="/espace/souscrire",
    )
    if state.relationship is Relationship.PROSPECT and state.acceptance is None:
        return replace(view, empty_label="Lire les conditions", empty_href="/cgv")
    if state.relationship is Relationship.AWAITING_PAYMENT:
        return replace(
            view,
            lead=typeset(
                "Votre dossier est validé. Le contrat entre en vigueur le jour où le premier mois est réglé."
            ),
            empty_label="Voir le montant et la date",
        )
    if state.relationship is Relationship.LAPSED:
        return replace(view, empty_label="Revenir à l’accueil", empty_href="/espace")
    return view


# --- the next step ---------------------------------------------------------------------------------


def _step(dossier: Dossier) -> Step:
    contract, state = dossier.contract, dossier.contract.state
    if state.ended_on:
        return Step(
            "Reprendre vos données et vos documents",
            "Leur restitution se demande pendant un temps compté ; ensuite elles sont détruites, avec un certificat.",
            "Voir la fin du contrat",
            "/espace/fin",
        )
    if in_arrears(state, contract.at):
        return Step(
            "Régler ce qui est en retard",
            typeset(
                "Le service est suspendu ; il se rétablit à l’instant où le règlement est enregistré."
                if state.service is Service.SUSPENDED
                else "La somme au centime, le compte à créditer et ce qui suit sans règlement sont avec vos factures."
            ),
            "Voir la somme à régler",
            "/espace/factures",
        )
    change = _next_change(dossier)
    if change:
        end = refusal_end(change)
        return Step(
            typeset(f"Comparer les {WHAT_NAMES[change.what]} avec les vôtres"),
            typeset(
                f"Applicables le {full_date(change.applies_from)}. Vous pouvez les refuser jusque-là : le contrat n’est alors "
                "pas reconduit."
            ),
            "Voir ce qui change",
            "/espace/changements",
            due=Figure("Vous pouvez refuser jusqu’à la", when(end.instant), "", why_of(end)),
            due_iso=end.instant.isoformat(),
            left=remaining(end.instant - contract.at),
        )
    if state.notice:
        return Step(
            "Suivre votre résiliation" if state.notice.by == "client" else "Lire notre résiliation",
            typeset("Sa lettre, sa preuve, ce qui se passe ensuite et jusqu’à quand vous pouvez la retirer."),
            "Voir la résiliation",
            "/espace/resiliation",
            when="En cours",
        )
    refused = min(
        (one for one in state.changes if one.refused), key=lambda one: one.applies_from, default=None
    )
    if refused:
        end = refusal_end(refused)
        return Step(
            "Revenir sur votre refus, si vous le souhaitez",
            typeset(f"Vous avez refusé les {WHAT_NAMES[refused.what]} : le contrat ne sera pas reconduit."),
            "Voir ce que vous avez refusé",
            "/espace/changements",
            when="En cours",
            due=Figure("Votre refus peut être retiré jusqu’à la", when(end.instant), "", why_of(end)),
            due_iso=end.instant.isoformat(),
            left=remaining(end.instant - contract.at),
        )
    limit = notice_end(state)
    is_open = limit.instant > contract.at
    return Step(
        "Rien ne vous presse",
        typeset(
            "Le contrat se reconduit de lui-même. Si vous ne le souhaitez pas, postez votre résiliation avant la date limite."
            if is_open
            else "La date limite de cette période est passée. Une résiliation postée à présent vaut pour la fin de la suivante."
        ),
        "Voir comment résilier",
        "/espace/resiliation",
        when="Quand vous le voudrez",
        due=Figure(
            "Dernier instant pour résilier",
            when(limit.instant),
            limit.advice_words,
            why_of(limit, *limit.advised),
        ),
        due_iso=limit.instant.isoformat() if is_open else "",
        left=remaining(limit.instant - contract.at) if is_open else "",
    )


def _next_change(dossier: Dossier) -> Change | None:
    """Return the change announced that comes first and is not refused, or None."""
    state, at = dossier.contract.state, dossier.contract.at
    coming = [change for what in WHAT_NAMES if (change := pending(state, what, at)) and not change.refused]
    return min(coming, key=lambda change: change.applies_from, default=None)


# --- at a glance -----------------------------------------------------------------------------------


def _term(state: State, moments: tuple[Moment, ...]) -> Iterator[Figure]:
    entered = next(one for one in moments if one.name.startswith("contract_in_force"))
    yield Figure("En vigueur depuis le", full_date(state.entered_on), "", why_of(entered.because))
    if state.ended_on:
        ended = moment_of_end(moments)
        yield Figure("Dernier jour", full_date(state.ended_on), ended.title, why_of(ended.because))
        return
    last_day = term_last_day(state)
    if state.terms > 1:
        began = term_first_day(state)
        yield Figure(
            f"Période en cours, la {state.terms}e, depuis le", full_date(began.day), "", why_of(began)
        )
    yield Figure("Dernier jour de la période", full_date(last_day.day), "", why_of(last_day))
    end = ends_on(state)
    if end is None:
        following = term_last_day(state, 1)
        yield Figure(
            "Puis reconduit pour un an, jusqu’au",
            full_date(following.day),
            "si personne ne résilie",
            why_of(following),
        )
        limit = notice_last_day(last_day.day)
        yield Figure(
            "Résiliation à poster au plus tard le",
            full_date(limit.day),
            limit.advice_words,
            why_of(limit.under(state.offer.policy.reading("notice_counts_from_posting")), *limit.advised),
        )
        return
    reason = END_REASONS[end.reason]
    yield Figure("Fin du contrat", full_date(end.last_day), reason, why_of(end_because(state, end)))
    if state.notice:
        limit = notice_last_day(state.notice.ends)
        yield Figure("La résiliation peut être retirée jusqu’au", full_date(limit.day), "", why_of(limit))


def _price(dossier: Dossier) -> Iterator[Figure]:
    state, at = dossier.contract.state, dossier.contract.at
    grid = state.offer.grid
    unit, month = unit_price(state, at), whole_month(state, at)
    tax = vat(month.cents, grid.vat_hundredths)
    gross = gross_total(month.cents, tax.cents)
    yield Figure("Par utilisateur et par mois, hors taxes", euros(unit.cents), "", why_of_amount(unit))
    users = count(len(state.users), "utilisateur")
    minimum = count(grid.minimum_users, "utilisateur")
    yield Figure("Utilisateurs", users, f"{minimum} au moins sont facturés")
    yield Figure("Un mois entier, hors taxes", euros(month.cents), "", why_of_amount(month))
    yield Figure(typeset(f"TVA à {percent(grid.vat_hundredths)}"), euros(tax.cents), "", why_of_amount(tax))
    yield Figure("Un mois entier, TTC", euros(gross.cents), "", why_of_amount(gross))


def _accepted(state: State, names: Mapping[str, str]) -> str:
    acceptance = state.acceptance
    if acceptance is None:
        return ""
    by = f" par {names[acceptance.by]}" if acceptance.by in names else ""
    version = f", version {acceptance.version}," if acceptance.version != state.terms_version else ""
    return typeset(f"Acceptées{version} le {full_instant(acceptance.at)}{by}")


_PIECES = {
    Piece.CONTRACT: "Le contrat signé",
    Piece.MANDATE: "Le mandat de prélèvement signé",
    Piece.KBIS: "L’extrait K-bis",
}


def _papers(dossier: Dossier, mandates: tuple[SignedMandate, ...]) -> Iterator[Paper]:
    for piece, title in _PIECES.items():
        version = dossier.current(piece)
        if version is None:
            continue
        accepted = version.examination is Examination.ACCEPTED and version.examined_at
        note = (
            f"accepté le {full_date(paris_day(version.examined_at))}"
            if accepted and version.examined_at
            else ""
        )
        if piece is Piece.MANDATE and mandates:
            note = f"référence {mandates[0].reference}{', ' + note if note else ''}"
        yield Paper(title, f"/pieces/{version.id}/copie.pdf", "Télécharger (PDF)", typeset(note))
    yield Paper("Votre dossier de souscription", "/espace/souscrire", "L’ouvrir", "")
    yield Paper(
        "La preuve de votre contrat",
        "/espace/preuves.zip",
        "Télécharger (ZIP)",
        "tout ce qui s’est passé, vérifiable sans nous",
    )
    if dossier.contract.state.invoices:
        yield Paper("Vos factures et vos avoirs", "/espace/factures", "Les voir", "")


def _letters(notice: OwnNotice | None) -> Iterator[Paper]:
    """Yield the letters by which the contract is ended, those that were posted."""
    if notice is None:
        return
    ours, hers = notice.vendor_letter, notice.draft.letter if notice.draft else None
    for title, name, letter in (
        ("Votre lettre de résiliation", "lettre", hers),
        ("Notre lettre de résiliation", "notre-lettre", ours),
    ):
        if letter is not None and letter.posted_on is not None:
            note = f"postée le {full_date(letter.posted_on)}"
            if letter.tracking:
                note += f", suivi {letter.tracking}"
            yield Paper(title, f"/espace/resiliation/{name}.pdf", "Télécharger (PDF)", typeset(note))
