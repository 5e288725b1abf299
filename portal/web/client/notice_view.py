"""What `/espace/resiliation` says: until when one may end the contract, what that changes, where the letter is."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from portal.contract.calendar import PARIS, end_of_day, paris_day
from portal.contract.french import full_date, full_instant, typeset
from portal.contract.notice_effect import NoticeEffect, missed_end
from portal.contract.state import Notice, Relationship, State
from portal.contract.term import counted_last_day, ends_on, notice_end, notice_last_day, term_last_day
from portal.services.letters import Letter
from portal.services.notices import OwnNotice, effect_on
from portal.services.reading import Contract
from portal.web.client.notice_effect_view import NoticeEffectView, notice_effect_view
from portal.web.client.space_view import next_dates_of, remaining
from portal.web.client.term_head import moment_of_end
from portal.web.components.shapes import Figure, Mark, Why
from portal.web.presenting import why_of

# How a letter is offered, from the first look to the end.
NONE, DRAFT, SENDING, DEPOSITED = "none", "draft", "sending", "deposited"
SERVED, OURS, CLOSED = "served", "ours", "closed"
_OUTCOMES: Final = {"delivered": "Remise", "refused": "Refusée", "unclaimed": "Non réclamée"}


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Everything the page shows. `stage` says which parts of it there are."""

    stage: str = ""
    eyebrow: str = ""
    headline: str = ""
    # What was recorded, that the lead goes on from.
    told: str = ""
    lead: str = ""
    # Why the date that the lead speaks of is what it is.
    why: Why = field(default_factory=Why)
    is_grave: bool = False
    number: str = ""
    next_marks: list[Mark] = field(default_factory=list)
    step_title: str = ""
    step_text: str = ""
    step_label: str = ""
    step_href: str = ""
    limit_text: str = ""
    limit_iso: str = ""
    now_iso: str = ""
    left: str = ""
    limit_why: Why = field(default_factory=Why)
    advice: str = ""
    effect: NoticeEffectView = field(default_factory=NoticeEffectView)
    may_act: bool = False
    may_send: bool = False
    may_withdraw: bool = False
    withdraw_text: str = ""
    letter_href: str = ""
    letter_dates: list[Figure] = field(default_factory=list)
    problem: str = ""
    late_text: str = ""
    has_letter: bool = False
    letter_is_next: bool = False
    has_deposit_proof: bool = False
    has_receipt_proof: bool = False
    is_electronic: bool = False


def notice_view(found: OwnNotice) -> NoticeView:
    """Return the page as the viewer's contract stands."""
    contract, state = found.contract, found.contract.state
    common = NoticeView(
        eyebrow=typeset(f"{contract.company.legal_name} · contrat {found.number}"),
        number=found.number,
        next_marks=next_dates_of(contract),
        now_iso=contract.at.astimezone(PARIS).isoformat(),
        may_act=found.is_administrator,
        may_send=found.may_send,
    )
    if state.relationship is not Relationship.ACTIVE:
        return _closed(common, contract)
    if state.notice is not None and state.notice.by == "vendor":
        return _ours(common, found, state.notice)
    if state.notice is not None:
        return _served(common, found, state.notice)
    if (end := ends_on(state)) is not None:
        return replace(
            common,
            stage=CLOSED,
            headline="Votre contrat ne sera pas reconduit",
            lead=typeset(
                f"Vous avez refusé un changement : le contrat finit déjà le {full_date(end.last_day)}. Il n’y a rien à résilier."
            ),
            step_title="Voir ce changement",
            step_text="Vous pouvez revenir sur votre refus jusqu’à la fin de la période.",
            step_label="Les changements",
            step_href="/espace/changements",
        )
    return _open(_limited(common, state, contract.at), found)


def _limited(view: NoticeView, state: State, at: datetime) -> NoticeView:
    """Say until when notice is in time, and that it no longer is once it is not."""
    limit = notice_end(state)
    last_day = notice_last_day(term_last_day(state).day)
    is_over = at >= limit.instant
    return replace(
        view,
        limit_text=full_date(paris_day(limit.instant) if is_over else last_day.day),
        limit_iso="" if is_over else limit.instant.astimezone(PARIS).isoformat(),
        left="" if is_over else remaining(limit.instant - at),
        limit_why=why_of(limit, *(() if is_over else limit.advised)),
        advice="" if is_over else limit.advice_words,
    )


def _open(view: NoticeView, found: OwnNotice) -> NoticeView:
    contract, state = found.contract, found.contract.state
    effect = effect_on(state, paris_day(contract.at), contract.at)
    limit = full_date(notice_last_day(term_last_day(state).day).day)
    term, after = full_date(term_last_day(state).day), full_date(term_last_day(state, 1).day)
    is_over = contract.at >= notice_end(state).instant
    view = replace(
        view,
        limit_text=limit,
        why=why_of(term_last_day(state, 1)),
        headline="Résilier votre contrat",
        lead=typeset(
            f"La date limite pour finir le {term} est passée. Une lettre postée aujourd’hui met fin au contrat le {after}."
            if is_over
            else f"Sans résiliation, le contrat est reconduit jusqu’au {after}. Le jour où votre lettre est postée compte."
        ),
        effect=notice_effect_view(effect, state),
        late_text=typeset(
            f"Il fallait la poster au plus tard le {limit}. Si vous l’avez fait, indiquez ce jour : il compte. Sinon, "
            "écrivez-nous pourquoi : nous pouvons accepter une résiliation tardive."
            if is_over
            else ""
        ),
    )
    if found.draft is None:
        return replace(
            view,
            stage=NONE,
            step_title="Préparer votre lettre"
            if is_over
            else typeset(f"Vous pouvez résilier jusqu’au {limit}"),
            step_text=typeset(
                "Nous écrivons la lettre recommandée ; vous la signez et vous la postez. Rien ne compte avant."
            ),
            step_label="Préparer ma lettre",
            step_href="#preparer",
        )
    letter = found.draft.letter
    view = replace(view, letter_href="/espace/resiliation/lettre.pdf", has_letter=True)
    if letter.posted_on is not None:
        return _deposited(view, contract, letter, letter.posted_on)
    if letter.is_electronic:
        return _sending(view, letter, limit, is_over=is_over)
    return replace(
        view,
        stage=DRAFT,
        headline="Postez votre lettre",
        step_title="Imprimer, signer, poster en recommandé",
        step_text=typeset(
            "Votre lettre est prête. Tant qu’elle n’est pas postée ou déposée, rien n’est notifié : le contrat continue."
        ),
        step_label="Télécharger la lettre (PDF)",
        step_href="/espace/resiliation/lettre.pdf",
        letter_is_next=True,
    )


def _sending(view: NoticeView, letter: Letter, limit: str, *, is_over: bool) -> NoticeView:
    asked = full_instant(letter.asked_at) if letter.asked_at else ""
    lead = "Seul le jour du dépôt compte, non celui de votre demande."
    if not is_over:
        lead += f" Si le prestataire tarde, postez-la vous-même avant la fin du {limit}."
    return replace(
        view,
        stage=SENDING,
        headline="Votre lettre n’est pas encore déposée",
        told=typeset(f"Demandée le {asked}, elle n’est pas encore déposée."),
        lead=typeset(lead),
        is_grave=True,
        problem=typeset(letter.problem or "Le prestataire ne l’a pas encore confirmée."),
        is_electronic=True,
        step_title="Attendre le dépôt, ou poster la lettre",
        step_text=typeset(
            "Nous réessayons sans cesse et vous écrivons dès qu’elle est déposée. Votre contrat n’est pas résilié avant."
        ),
        step_label="Télécharger la lettre (PDF)",
        step_href="/espace/resiliation/lettre.pdf",
        letter_is_next=True,
    )


def _deposited(view: NoticeView, contract: Contract, letter: Letter, posted_on: date) -> NoticeView:
    """The provider has said so, and the contract does not know it yet: a moment, or longer where the rules refuse."""
    effect = effect_on(contract.state, posted_on, contract.at)
    end = effect.last_day if isinstance(effect, NoticeEffect) else None
    ends = f"Votre contrat finira le {full_date(end.day)}. " if end else ""
    return replace(
        view,
        stage=DEPOSITED,
        headline="Votre lettre est déposée",
        told=typeset(f"Le prestataire l’a déposée le {full_date(posted_on)}, et ce jour compte."),
        lead=typeset(f"{ends}Nous l’enregistrons, puis nous vous le confirmons par e-mail."),
        why=why_of(end) if end else Why(),
        effect=notice_effect_view(effect, contract.state),
        limit_text="",
        limit_iso="",
        late_text="",
        problem=typeset(letter.problem),
        is_electronic=True,
        step_title="Attendre l’enregistrement",
        step_text=typeset("Vous n’avez rien à poster : votre lettre est partie."),
        step_label="Télécharger la lettre (PDF)",
        step_href="/espace/resiliation/lettre.pdf",
        letter_is_next=True,
    )


def _served(view: NoticeView, found: OwnNotice, notice: Notice) -> NoticeView:
    contract, state = found.contract, found.contract.state
    until = notice_last_day(notice.ends)
    may_withdraw = found.is_administrator and contract.at < end_of_day(until.day)
    end = full_date(notice.ends)
    missed = missed_end(state)
    late = (
        f"Elle a été postée après la date limite du {full_date(notice_last_day(missed).day)} : le contrat est reconduit une "
        f"fois, et finit le {end}. Si vous avez la preuve d’un dépôt plus tôt, écrivez-nous."
        if missed
        else ""
    )
    letter = found.draft.letter if found.draft else None
    return replace(
        view,
        stage=SERVED,
        headline=typeset(f"Votre contrat finit le {end}"),
        told=typeset(f"Votre résiliation, postée le {full_date(notice.posted)}, est enregistrée."),
        lead=typeset("Le service reste ouvert jusqu’à la fin."),
        why=why_of(counted_last_day(state.entered_on, notice.ends, state.offer.policy)),
        effect=notice_effect_view(effect_on(state, paris_day(contract.at), contract.at), state),
        step_title="Garder les preuves de votre lettre" if letter else "Suivre la fin du contrat",
        step_text=typeset(
            "Le bordereau de dépôt prouve le jour qui compte ; l’accusé de réception, que nous l’avons reçue."
        ),
        step_label="Ranger mes preuves" if letter else "Voir les dates",
        step_href="#preuves" if letter else "#effet",
        late_text=typeset(late),
        may_withdraw=may_withdraw,
        withdraw_text=typeset(
            f"Vous pouvez la retirer jusqu’au {full_date(until.day)} à minuit : le contrat continue alors comme si elle n’avait "
            "pas été notifiée."
            if contract.at < end_of_day(until.day)
            else f"Elle pouvait être retirée jusqu’au {full_date(until.day)}. Pour continuer avec nous, souscrivez de nouveau."
        ),
        limit_text=full_date(until.day),
        limit_why=why_of(until),
        letter_href="/espace/resiliation/lettre.pdf" if letter else "",
        letter_dates=_letter_dates(letter, notice),
        has_letter=letter is not None,
        has_deposit_proof=bool(letter and letter.has_deposit_proof),
        has_receipt_proof=bool(letter and letter.has_proof),
        is_electronic=bool(letter and letter.is_electronic),
    )


def _ours(view: NoticeView, found: OwnNotice, notice: Notice) -> NoticeView:
    contract, state = found.contract, found.contract.state
    letter = found.vendor_letter
    return replace(
        view,
        stage=OURS,
        headline=typeset(f"Nous mettons fin à votre contrat le {full_date(notice.ends)}"),
        told=typeset(f"Notre lettre recommandée vous a été présentée le {full_date(notice.posted)}."),
        lead=typeset("Le service reste ouvert jusqu’à la fin."),
        why=why_of(counted_last_day(state.entered_on, notice.ends, state.offer.policy)),
        is_grave=True,
        effect=notice_effect_view(effect_on(state, paris_day(contract.at), contract.at), state),
        step_title="Prévoir la suite",
        step_text=typeset(
            "Vous n’avez rien à faire pour garder vos données : vous pourrez les demander après la fin."
        ),
        step_label="Voir les dates",
        step_href="#effet",
        letter_href="/espace/resiliation/notre-lettre.pdf" if letter else "",
        letter_dates=_letter_dates(letter, notice),
    )


def _closed(view: NoticeView, contract: Contract) -> NoticeView:
    state = contract.state
    is_over = state.relationship is Relationship.ENDED
    ended = full_date(state.ended_on) if state.ended_on else ""
    return replace(
        view,
        stage=CLOSED,
        headline=typeset(f"Votre contrat a pris fin le {ended}")
        if is_over
        else "Rien à résilier pour l’instant",
        why=why_of(moment_of_end(contract.moments).because) if is_over else Why(),
        lead=typeset(
            "Il n’y a plus rien à résilier."
            if is_over
            else "Votre contrat n’est pas encore en vigueur : rien ne vous engage, et rien n’est à résilier."
        ),
        step_title="Voir la fin du contrat" if is_over else "Retrouver votre espace",
        step_text="Vos données, vos documents et leurs dates."
        if is_over
        else "La ligne du temps dit où vous en êtes.",
        step_label="Voir" if is_over else "Mon espace",
        step_href="/espace/fin" if is_over else "/espace",
    )


def _letter_dates(letter: Letter | None, notice: Notice) -> list[Figure]:
    """Return the four dates of a letter, as far as they are known, and its tracking number."""
    if letter is None:
        return [Figure("Postée", full_date(notice.posted), is_fact=True)]
    counts = "Ce jour compte."
    is_vendors = notice.by == "vendor"
    dates = [
        Figure("Écrite", full_date(paris_day(letter.made_at)), is_fact=True),
        Figure(
            "Postée" if not letter.is_electronic else "Déposée",
            full_date(letter.posted_on or notice.posted),
            "" if is_vendors else counts,
            is_fact=True,
        ),
        Figure("Présentée", full_date(letter.presented_on), counts if is_vendors else "", is_fact=True)
        if letter.presented_on
        else None,
        Figure(
            _OUTCOMES[letter.outcome],
            full_date(letter.delivered_on) if letter.delivered_on else "",
            is_fact=True,
        )
        if letter.outcome
        else None,
        Figure("Suivi", letter.tracking) if letter.tracking else None,
    ]
    return [one for one in dates if one is not None]
