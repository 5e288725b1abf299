"""Notice, changes refused, and the end of a contract (CGV art. 9, 10.1, 14, 16 and 17)."""

from datetime import date, datetime
from typing import assert_never

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.arrears import termination_opens
from portal.contract.billing import monthly_document
from portal.contract.calendar import end_of_day, paris_day
from portal.contract.changes import applies_from, pending, refusal_end
from portal.contract.ending import delay_last_day, restitution_end
from portal.contract.evolve import history
from portal.contract.french import full_date, full_instant
from portal.contract.issue import next_issue
from portal.contract.refusal import Refusal
from portal.contract.schedule import ended
from portal.contract.state import Change, Data, Payment, Relationship, State
from portal.contract.term import (
    counted_last_day,
    current_last_day,
    notice_last_day,
    term_first_day,
    term_last_day,
)


def serve_notice(state: State, act: a.ServeNotice, at: datetime) -> tuple[e.Event, ...]:
    _must_be_in_force(state)
    this_day = paris_day(at)
    posted = act.posted or this_day
    if posted > this_day:
        raise Refusal(
            "notice_in_future",
            clause="16",
            message=(
                "Cette lettre serait postée un jour à venir. Indiquez le jour où elle a été remise à la poste."
            ),
        )
    if posted < (started := term_first_day(state)).day:
        raise Refusal(
            "notice_before_term",
            clause="16",
            message=(
                f"La période en cours a commencé le {full_date(started.day)} : une lettre postée avant visait la "
                "précédente. Écrivez-nous avec la preuve de dépôt, nous la traiterons avec vous."
            ),
            reasons=(started,),
        )
    policy = state.offer.policy
    last_day = current_last_day(state)
    limit = notice_last_day(last_day)
    counted = posted if policy.notice_counts_from_posting or act.by == "vendor" else this_day
    in_time = counted <= limit.day or act.waived
    if not in_time and not policy.late_notice_takes_next_term:
        raise Refusal(
            "notice_too_late",
            clause="16",
            message=f"La résiliation devait être postée au plus tard le {full_date(limit.day)}. Le contrat est reconduit.",
            reasons=(limit,),
        )
    ends = last_day if in_time else term_last_day(state, 1).day
    if state.notice and state.notice.ends <= ends:
        return ()
    return (e.NoticeServed(at=at, by=act.by, posted=posted, ends=ends, waived=act.waived),)


def withdraw_notice(state: State, act: a.WithdrawNotice, at: datetime) -> tuple[e.Event, ...]:
    _must_be_in_force(state)
    if state.notice is None:
        raise Refusal(
            "no_notice", clause="16", message="Aucune résiliation n’est en cours : il n’y a rien à retirer."
        )
    if act.by not in {None, state.notice.by}:
        raise Refusal(
            "notice_of_other_party",
            clause="16",
            message=(
                "Cette résiliation n’est pas la vôtre : seul celui qui l’a notifiée peut la retirer. Écrivez-nous si vous "
                "souhaitez continuer."
                if act.by == "client"
                else "Cette résiliation est celle du client : lui seul peut la retirer."
            ),
        )
    limit = notice_last_day(state.notice.ends)
    if at >= end_of_day(limit.day):
        raise Refusal(
            "notice_limit_passed",
            clause="16",
            message=(
                f"La résiliation pouvait être retirée jusqu’au {full_date(limit.day)}. Le contrat finit le "
                f"{full_date(state.notice.ends)} ; vous pouvez souscrire de nouveau."
            ),
            reasons=(limit, counted_last_day(state.entered_on, state.notice.ends, state.offer.policy)),
        )
    return _with_missed_invoices(state, e.NoticeWithdrawn(at=at), at)


def announce_price(state: State, act: a.AnnouncePrice, at: datetime) -> tuple[e.Event, ...]:
    if act.user_month_cents < 1:
        raise Refusal(
            "price_invalid",
            clause="10.1",
            message="Un prix est d’au moins un centime par utilisateur et par mois. Corrigez la grille.",
        )
    _must_be_in_force(state)
    from_day = applies_from(state, at).day
    return (
        e.ChangeAnnounced(at=at, what="price", applies_from=from_day, user_month_cents=act.user_month_cents),
    )


def announce_terms(state: State, act: a.AnnounceTerms, at: datetime) -> tuple[e.Event, ...]:
    _must_be_in_force(state)
    from_day = applies_from(state, at).day
    if act.version == state.terms_version:
        raise Refusal(
            "version_current",
            clause="17",
            message=f"La version {act.version} des CGV est déjà celle de ce contrat.",
        )
    return (e.ChangeAnnounced(at=at, what="terms", applies_from=from_day, version=act.version),)


def refuse_change(state: State, act: a.RefuseChange, at: datetime) -> tuple[e.Event, ...]:
    change = _pending(state, act.what, at)
    if change.refused:
        return ()
    return (e.ChangeRefused(at=at, what=act.what, applies_from=change.applies_from),)


def withdraw_refusal(state: State, act: a.WithdrawRefusal, at: datetime) -> tuple[e.Event, ...]:
    _must_be_in_force(state)
    refused = next((one for one in state.changes if one.what == act.what and one.refused), None)
    if refused is None:
        raise Refusal(
            "no_refusal",
            clause="17",
            message="Vous n’avez refusé aucun changement : il n’y a rien à retirer.",
        )
    withdrawn = e.RefusalWithdrawn(at=at, what=act.what, applies_from=refused.applies_from)
    return _with_missed_invoices(state, withdrawn, at)


def terminate(state: State, act: a.Terminate, at: datetime) -> tuple[e.Event, ...]:
    if state.relationship is Relationship.ENDED:
        return ()
    _must_be_in_force(state)
    match act.reason:
        case "unpaid":
            _unpaid_long_enough(state, at)
        case "insolvency":
            _silent_long_enough(act.since, at)
        case "force_majeure":
            _prevented_long_enough(act.since, at)
        case _:
            assert_never(act.reason)
    return ended(state, at, act.reason, early=True)


def request_restitution(state: State, at: datetime) -> tuple[e.Event, ...]:
    end = restitution_end(state)
    if end is None:
        raise Refusal(
            "contract_not_ended",
            clause="15",
            message="Vos données vous sont accessibles : leur restitution se demande à la fin du contrat.",
        )
    if state.restitution_asked_at is not None:
        return ()
    if at >= end.instant or state.data is Data.DESTROYED:
        raise Refusal(
            "restitution_too_late",
            clause="15",
            message=(
                f"La restitution pouvait être demandée avant le {full_instant(end.instant)}. "
                "Écrivez-nous sans attendre : nous vous dirons si vos données existent encore."
            ),
            reasons=(end,),
        )
    return (e.RestitutionRequested(at=at),)


def complete_restitution(state: State, at: datetime) -> tuple[e.Event, ...]:
    if state.restitution_asked_at is None:
        raise Refusal(
            "restitution_not_requested",
            clause="15",
            message="Le client n’a pas demandé ses données : il n’y a rien à remettre.",
        )
    return () if state.restitution_done_at else (e.RestitutionCompleted(at=at),)


def _with_missed_invoices(
    state: State, withdrawn: e.NoticeWithdrawn | e.RefusalWithdrawn, at: datetime
) -> tuple[e.Event, ...]:
    """Return the withdrawal, and the invoice that the contract's end had kept from being issued in time."""
    after = history(state, (withdrawn,))
    missed = next_issue(after)
    if missed and missed.instant <= at:
        return (withdrawn, monthly_document(after, at))
    return (withdrawn,)


def _must_be_in_force(state: State) -> None:
    if state.relationship is not Relationship.ACTIVE:
        raise Refusal(
            "contract_not_in_force",
            clause="9",
            message=(
                "Le contrat est terminé : rien ne peut plus y être changé."
                if state.relationship is Relationship.ENDED
                else "Le contrat n’est pas encore en vigueur : rien ne peut y être changé."
            ),
        )


def _pending(state: State, what: a.What, at: datetime) -> Change:
    _must_be_in_force(state)
    change = pending(state, what, at)
    if change is None or at >= refusal_end(change).instant:
        raise Refusal(
            "no_change_announced",
            clause="17",
            message="Aucun changement n’est annoncé pour ce contrat : il n’y a rien à refuser.",
        )
    return change


def _unpaid_long_enough(state: State, at: datetime) -> None:
    in_default = [one for one in state.invoices if one.payment is Payment.IN_DEFAULT]
    openings = [opening for one in in_default if (opening := termination_opens(state, one))]
    waits_for_suspension = state.offer.policy.termination_follows_suspension and state.suspended_at is None
    if not openings:
        raise Refusal(
            "termination_not_open",
            clause="16",
            message=(
                "Aucune facture n’est en défaut, ou la suspension est retenue : la résiliation pour impayé n’est pas "
                "ouverte."
            ),
        )
    opens = min(openings, key=lambda opening: opening.instant)
    if waits_for_suspension or at < opens.instant:
        raise Refusal(
            "termination_too_early",
            clause="16",
            message=(
                f"La résiliation pour impayé n’est pas possible avant le {full_instant(opens.instant)}, et jamais avant la "
                "suspension du service."
            ),
            reasons=(opens,),
        )


def _silent_long_enough(since: date | None, at: datetime) -> None:
    if since and paris_day(at) <= (reached := delay_last_day(since, "insolvency")).day:
        raise Refusal(
            "insolvency_month_running",
            clause="16",
            message=(
                f"L’administrateur judiciaire, mis en demeure le {full_date(since)}, peut répondre jusqu’au "
                f"{full_date(reached.day)}."
            ),
            reasons=(reached,),
        )


def _prevented_long_enough(since: date | None, at: datetime) -> None:
    if since and paris_day(at) <= (reached := delay_last_day(since, "force_majeure")).day:
        raise Refusal(
            "force_majeure_too_short",
            clause="14",
            message=(
                f"La force majeure, constatée depuis le {full_date(since)}, doit durer plus de trente jours : "
                f"au-delà du {full_date(reached.day)}."
            ),
            reasons=(reached,),
        )
