"""What a client's space says: the situation in words, worst news first, and the one next thing to do."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import assert_never
from urllib.parse import quote

from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.dossier import Hold, HoldReason
from portal.contract.french import count, full_date, full_instant, typeset
from portal.contract.state import Relationship
from portal.contract.term import ends_on
from portal.contract.trial import (
    TRIAL_USERS,
    archive_end,
    correction_end,
    destruction,
    trial_end,
    trial_last_day,
)
from portal.services.ledgers import Ledger
from portal.services.reading import Contract, NamedUser
from portal.web.client.arrears_view import arrears_view
from portal.web.client.term_head import term_head
from portal.web.components.shapes import Mark, Why
from portal.web.presenting import marks_of, next_marks, when, why_of

_SUBSCRIBE = "/espace/souscrire"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A named user on the page."""

    person_id: str = ""
    name: str = ""
    email: str = ""
    since: str = ""
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class SpaceView:
    """Everything `/espace` shows; strings are ready to be read."""

    stage: str = ""
    company: str = ""
    reference: str = ""
    headline: str = ""
    lead: str = ""
    # Why the date that the lead speaks of is what it is.
    why: Why = field(default_factory=Why)
    step_title: str = ""
    step_text: str = ""
    step_label: str = ""
    step_href: str = ""
    is_worst: bool = False
    now_iso: str = ""
    countdown_label: str = ""
    countdown_iso: str = ""
    countdown_text: str = ""
    saves: list[str] = field(default_factory=list)
    remains: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    next_marks: list[Mark] = field(default_factory=list)
    users: list[UserRow] = field(default_factory=list)
    users_count: str = ""
    users_open: bool = False
    users_elsewhere: bool = False
    users_full: bool = False
    users_full_text: str = ""


def space_view(ledger: Ledger, *, support_email: str, may_try: bool = True) -> SpaceView:
    """Return the page of a contract as it stands; `may_try` tells whether a trial is left to a prospect."""
    contract, state = ledger.contract, ledger.contract.state
    is_open = state.relationship is Relationship.TRIAL
    in_arrears = state.relationship is Relationship.ACTIVE and ledger.is_in_arrears
    return replace(
        _in_arrears(ledger) if in_arrears else _situation(contract, support_email, may_try=may_try),
        company=contract.company.legal_name,
        reference=reference(contract),
        now_iso=contract.at.isoformat(),
        is_worst=in_arrears or (state.relationship is Relationship.REFLECTION and contract.hold is None),
        # Before the trial nothing is dated: its dates are shown before they are agreed to, on the terms' page.
        marks=[] if state.relationship is Relationship.PROSPECT else marks_of(contract.moments, contract.at),
        next_marks=next_dates_of(contract),
        users=[user_row(user) for user in contract.users],
        users_count=_users_count(contract),
        users_elsewhere=state.relationship in {Relationship.AWAITING_PAYMENT, Relationship.ACTIVE},
        users_open=is_open,
        users_full=is_open and len(contract.users) >= TRIAL_USERS,
        users_full_text=typeset(
            f"Les {TRIAL_USERS} places de l’essai sont prises, administrateur compris (CGV, article 5.1). "
            "Retirez une personne pour en ajouter une autre."
        ),
    )


def _users_count(contract: Contract) -> str:
    """Return how many users there are: of the trial's places, or of a contract that has no most."""
    named = count(len(contract.users), "utilisateur")
    return typeset(named if contract.state.validated_at else f"{named} sur {TRIAL_USERS}")


def next_dates_of(contract: Contract) -> list[Mark]:
    """Return what stands at the top of every page of a client: the next two dates of her trial."""
    if contract.state.relationship is Relationship.PROSPECT or contract.destruction_held:
        return []
    return next_marks(contract.moments, contract.at)


def reference(contract: Contract) -> str:
    """Return the reference a client gives when she writes to us."""
    return contract.id[:8].upper()


def _situation(contract: Contract, support_email: str, *, may_try: bool) -> SpaceView:
    match contract.state.relationship:
        case Relationship.PROSPECT:
            return _prospect() if may_try else _returning()
        case Relationship.TRIAL:
            return _trial(contract)
        case Relationship.REFLECTION if contract.destruction_held:
            return _waiting_for_a_person(contract, support_email)
        case Relationship.REFLECTION if contract.hold:
            return _held(contract.hold)
        case Relationship.REFLECTION:
            return _reflection(contract)
        case Relationship.LAPSED:
            return _lapsed(contract, support_email)
        case Relationship.AWAITING_PAYMENT | Relationship.ACTIVE | Relationship.ENDED:
            return _subscribed(contract)
        case _:
            assert_never(contract.state.relationship)


def _subscribed(contract: Contract) -> SpaceView:
    """Return where a contract stands, once it is validated; its own pages say more."""
    headlines = {
        Relationship.AWAITING_PAYMENT: "Votre dossier est validé",
        Relationship.ACTIVE: "Votre contrat est en vigueur",
        Relationship.ENDED: "Votre contrat est terminé",
    }
    view = SpaceView(
        stage=contract.state.relationship.value,
        headline=headlines[contract.state.relationship],
        lead=typeset("La ligne du temps ci-dessous dit ce qui s’est passé, ce qui vient, et pourquoi."),
        step_href=_SUBSCRIBE,
    )
    if contract.state.relationship is Relationship.AWAITING_PAYMENT:
        return replace(
            view,
            step_title="Régler le premier mois",
            step_text=typeset("Votre contrat entre en vigueur le jour où il est réglé."),
            step_label="Voir le montant et la date",
        )
    if contract.state.relationship is Relationship.ENDED:
        return replace(
            view,
            step_title="Demander vos données, ou revenir",
            step_text=typeset(
                "Ce qui a fini, ce qui reste dû, la restitution de vos données et leur destruction sont sur une page."
            ),
            step_label="Voir la fin de mon contrat",
            step_href="/espace/fin",
        )
    if ends_on(contract.state):
        headline, lead, reason = term_head(contract.state, contract.moments)
        return replace(
            view,
            headline=typeset(headline),
            lead=typeset(lead),
            why=why_of(reason),
            step_title="Voir ce qui se passe d’ici là",
            step_text=typeset(
                "Les dernières factures, les documents, le jour où le service ferme, et la restitution de vos données."
            ),
            step_label="Voir mon contrat",
            step_href="/espace/contrat",
        )
    return replace(
        view,
        step_title="Lire votre contrat",
        step_text=typeset(
            "Sa durée, le jour jusqu’auquel vous pouvez résilier, son prix, ses documents, et ce qu’un acte y changerait."
        ),
        step_label="Voir mon contrat",
        step_href="/espace/contrat",
    )


def _in_arrears(ledger: Ledger) -> SpaceView:
    """Say what is late before all else: the sum, what it has led to or will, and where to pay it."""
    arrears = arrears_view(ledger)
    return SpaceView(
        stage="arrears",
        headline=arrears.headline,
        lead=arrears.lead,
        why=arrears.sum_why,
        step_title=arrears.pay_title,
        step_text=arrears.pay_text,
        step_label="Voir le compte et comment payer",
        step_href="/espace/factures",
        countdown_label="Avant la suspension du service",
        countdown_iso=arrears.until_iso,
        countdown_text=arrears.until_left,
    )


def _prospect() -> SpaceView:
    return SpaceView(
        stage="prospect",
        headline="Votre compte est prêt",
        lead=typeset(
            "Il ne manque qu’un accord : lisez les conditions générales de vente, acceptez-les, et l’essai commence."
        ),
        step_title="Lire les conditions et commencer l’essai",
        step_text=typeset(
            "Trente jours, cinq utilisateurs, sans engagement ni moyen de paiement. Vous verrez chaque date "
            "avant de confirmer."
        ),
        step_label="Lire et accepter les CGV",
        step_href="/essai/conditions",
    )


def _returning() -> SpaceView:
    return SpaceView(
        stage="prospect",
        headline="Bienvenue de nouveau",
        lead=typeset(
            "Votre nouveau contrat a son propre dossier ; l’ancien reste lisible, avec ses pièces et ses dates."
        ),
        step_title="Préparer votre souscription",
        step_text=typeset(
            "Vous vérifiez les informations, signez le contrat et le mandat, puis nous les envoyez avec un extrait K-bis."
        ),
        step_label="Souscrire",
        step_href=_SUBSCRIBE,
    )


def _trial(contract: Contract) -> SpaceView:
    last_day, end = _known(trial_last_day(contract.state)), _known(trial_end(contract.state))
    days_left = (last_day.day - paris_day(contract.at)).days
    left = "C’est le dernier jour" if days_left == 0 else f"Il vous reste {count(days_left, 'jour')}"
    return SpaceView(
        stage="trial",
        headline="Votre essai est en cours",
        lead=typeset(f"{left} : le service est ouvert jusqu’au {full_date(last_day.day)} inclus."),
        why=why_of(last_day),
        step_title="Inviter celles et ceux qui essaieront avec vous"
        if len(contract.users) < TRIAL_USERS
        else "Préparer la suite",
        step_text=typeset(
            "Chaque personne reçoit son invitation et travaille sous son propre nom."
            if len(contract.users) < TRIAL_USERS
            else "Votre équipe est au complet. Pour continuer après l’essai, il faudra le contrat signé et le mandat SEPA."
        ),
        step_label="Ajouter un utilisateur" if len(contract.users) < TRIAL_USERS else "Souscrire",
        step_href="#utilisateurs" if len(contract.users) < TRIAL_USERS else _SUBSCRIBE,
        countdown_label="Avant la suspension du service",
        countdown_iso=end.instant.isoformat(),
        countdown_text=remaining(end.instant - contract.at),
        saves=_what_saves(),
    )


def _reflection(contract: Contract) -> SpaceView:
    state = contract.state
    limit = correction_end(state) or _known(archive_end(state))
    destroyed_from = _known(destruction(state))
    refused = correction_end(state) is not None
    return SpaceView(
        stage="reflection",
        headline="Votre essai est terminé, le service est suspendu",
        lead=typeset(
            f"Sans contrat ni mandat signés, vos données seront détruites à partir du {full_instant(destroyed_from.instant)}. "
            f"Vous pouvez l’empêcher jusqu’à la {when(limit.instant)}."
            if limit.instant > contract.at
            else f"Le délai pour souscrire est passé. Vos données seront détruites à partir du {full_instant(destroyed_from.instant)}."
        ),
        why=why_of(destroyed_from),
        step_title="Corriger la pièce refusée" if refused else "Souscrire et garder vos données",
        step_text=typeset(
            "Le contrat et le mandat sont prêts à signer. Dès que nous les avons reçus, signés tous les deux, la "
            "destruction est arrêtée."
        ),
        step_label="Renvoyer la pièce" if refused else "Souscrire",
        step_href=_SUBSCRIBE,
        countdown_label="Pour agir",
        countdown_iso=limit.instant.isoformat(),
        countdown_text=remaining(limit.instant - contract.at),
        saves=_what_saves(),
    )


def _held(hold: Hold) -> SpaceView:
    complete = hold.reason is HoldReason.CONTRACT_AND_MANDATE
    return SpaceView(
        stage="held",
        headline="Vos données sont en sécurité",
        lead=typeset(
            "Nous avons reçu votre contrat et votre mandat signés : rien ne sera détruit. Le service reste suspendu "
            "jusqu’à l’entrée en vigueur du contrat."
            if complete
            else "Nous examinons ce que vous nous avez envoyé : rien ne sera détruit avant notre réponse."
        ),
        step_title="Suivre votre dossier",
        step_text=typeset(
            "Vous serez prévenu par e-mail de chaque décision. Les cinq conditions de l’entrée en vigueur et ce qui manque "
            "encore sont dans votre dossier."
        ),
        step_label="Ouvrir votre dossier",
        step_href=_SUBSCRIBE,
    )


def _waiting_for_a_person(contract: Contract, support_email: str) -> SpaceView:
    due = _known(destruction(contract.state))
    return SpaceView(
        stage="waiting",
        headline="Le délai est passé, vos données existent encore",
        lead=typeset(
            f"Leur destruction était prévue à partir du {full_instant(due.instant)}. Le portail ne l’a pas faite à "
            "l’heure : une personne de notre équipe doit maintenant la confirmer."
        ),
        why=why_of(due),
        step_title="Nous joindre sans attendre",
        step_text=typeset("Si vous souhaitez souscrire, écrivez-nous aujourd’hui : rien n’est encore perdu."),
        step_label="Écrire maintenant",
        step_href=_letter(contract, support_email, "Mes données avant destruction"),
    )


def _lapsed(contract: Contract, support_email: str) -> SpaceView:
    due = _known(destruction(contract.state))
    destroyed_at = contract.state.at or due.instant
    return SpaceView(
        stage="lapsed",
        headline="Vos données ont été détruites",
        lead=typeset(
            f"Depuis le {full_instant(destroyed_at)}, les données de votre essai n’existent plus. "
            "Nous ne pouvons pas les faire revenir."
        ),
        why=why_of(due),
        step_title="Repartir avec nous",
        step_text=typeset(
            "Votre compte demeure. Vous pouvez souscrire de nouveau, en repartant d’un service vide. Pour un nouvel essai, "
            f"écrivez-nous pourquoi, à {support_email}."
        ),
        step_label="Souscrire de nouveau",
        step_href="/espace/fin",
        remains=[
            "Votre compte et votre mot de passe.",
            "La preuve de votre acceptation des CGV, avec leur texte.",
            "L’historique daté de votre essai, et les e-mails que nous vous avons envoyés.",
        ],
    )


def remaining(delay: timedelta) -> str:
    """Return what is left before an instant, in days and hours, then hours and minutes on the last day."""
    minutes = max(int(delay.total_seconds()) // 60, 0)
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    if minutes == 0:
        return "moins d’une minute"
    if days:
        return f"{count(days, 'jour')} et {count(hours, 'heure')}"
    return f"{count(hours, 'heure')} et {count(minutes % 60, 'minute')}"


def _what_saves() -> list[str]:
    return [
        "Le contrat d’abonnement, signé.",
        "Le mandat de prélèvement SEPA, signé.",
    ]


def user_row(user: NamedUser) -> UserRow:
    return UserRow(
        person_id=user.person_id,
        name=user.name,
        email=user.email,
        since=full_date(paris_day(user.registered_at)),
        is_admin=user.is_admin,
    )


def _letter(contract: Contract, support_email: str, subject: str) -> str:
    return f"mailto:{support_email}?subject={quote(f'{subject} (référence {reference(contract)})')}"


def _known(because: Because | None) -> Because:
    if because is None:
        raise ValueError("a trial that has begun has all its dates")
    return because
