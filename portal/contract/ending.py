"""After the contract: the data's restitution, then its destruction (CGV art. 12, 15 and 16)."""

from datetime import date
from typing import Literal

from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.dossier import PIECE_NAMES, unexamined_pieces
from portal.contract.french import count
from portal.contract.refusal import ImpossibleHistory, Refusal
from portal.contract.state import State

FORCE_MAJEURE_DAYS = 30

# Ends that a letter opens, once a delay is over.
DelayedEnd = Literal["insolvency", "force_majeure"]


def letter_day(posted: date, reason: str, *, ends: bool) -> Because:
    """Return from which day a letter about an end before the term counts: `ends` where it is the termination itself.

    `reason` is that of the end, an `EndReason`: article 14 is that of force majeure, article 16 of the others.
    """
    return Because(
        clause="14" if reason == "force_majeure" else "16",
        rule="une résiliation avant le terme prend effet le jour où sa lettre est postée."
        if ends
        else "le délai qu’ouvre une lettre court du jour où elle est postée.",
        start_label="lettre postée en recommandé",
        start=posted,
    )


def delay_last_day(since: date, reason: DelayedEnd) -> Because:
    """Return the last day that must pass before a contract may end for insolvency or force majeure (CGV art. 14 and 16).

    `since` is the day on which the insolvency administrator's formal demand was posted, or the first day of the force
    majeure.
    """
    if reason == "insolvency":
        return Because(
            clause="16",
            rule="l’administrateur judiciaire a un mois pour répondre à la mise en demeure.",
            start_label="mise en demeure postée",
            start=since,
        ).plus_months(1, "un mois après, dernier jour compris")
    days = count(FORCE_MAJEURE_DAYS, "jour calendaire", "jours calendaires")
    return Because(
        clause="14",
        rule=f"une force majeure qui dure plus de {days} permet de résilier.",
        start_label="premier jour de l’empêchement",
        start=since,
    ).plus_days(FORCE_MAJEURE_DAYS, f"{days} après, sans compter ce jour")


def early_end_opens(since: date, reason: DelayedEnd) -> Because:
    """Return the first day on which a contract may end for insolvency or force majeure, as `delay_last_day`."""
    return delay_last_day(since, reason).plus_days(1, "lendemain du dernier jour")


def restitution_last_day(state: State, ended_on: date) -> Because:
    """Return the last day to ask for the data, counted from the contract's last day (T2)."""
    policy = state.offer.policy
    days = count(policy.restitution_days, "jour calendaire", "jours calendaires")
    return (
        Because(
            clause="15",
            rule="après la fin du contrat, le client peut demander la restitution de ses données.",
            start_label="dernier jour du contrat",
            start=ended_on,
        )
        .plus_days(policy.restitution_days, f"{days} après, sans compter ce jour")
        .under(policy.reading("restitution_days"))
    )


def restitution_end(state: State) -> Because | None:
    """Return the last instant to ask for the data; None while the contract has not ended."""
    return restitution_last_day(state, state.ended_on).end_of_day() if state.ended_on else None


def restitution_is_pending(state: State) -> bool:
    """Tell whether a restitution was asked for and is not done: it holds the destruction."""
    return state.restitution_asked_at is not None and state.restitution_done_at is None


def destruction_is_held(state: State) -> bool:
    """Tell whether something keeps an ended contract's data: a restitution that is open, a piece nobody has examined."""
    return restitution_is_pending(state) or bool(unexamined_pieces(state))


def must_not_be_held(state: State) -> None:
    """Refuse a destruction that a person asks for while something still depends on the data (CGV art. 5.1, 12, 15).

    At its own instant the calendar destroys what nothing holds, a debt or not: the data is the client's, and no pledge.
    A person who comes later decides with all that is known by then, and waits until the account is even.
    """
    if restitution_is_pending(state):
        raise Refusal(
            "destruction_restitution_open",
            clause="15",
            message=(
                "Le client a demandé ses données et ne les a pas encore reçues : préparez sa restitution, puis attendez "
                "qu’elle soit confirmée."
            ),
        )
    if pieces := unexamined_pieces(state):
        names = " et ".join(PIECE_NAMES[piece] for piece in pieces)
        raise Refusal(
            "destruction_piece_unexamined",
            clause="5.1",
            message=f"Une pièce reçue n’a pas été examinée ({names}) : rien n’est détruit avant. Examinez-la d’abord.",
        )
    if unpaid := [one.number for one in state.invoices if one.unpaid_cents]:
        raise Refusal(
            "destruction_invoice_unpaid",
            clause="12",
            message=(
                f"Une facture reste impayée ({', '.join(unpaid)}) : une destruction tardive attend que le compte soit "
                "soldé. Enregistrez son règlement, ou émettez un avoir."
            ),
        )


def data_destruction(state: State) -> Because:
    """Return the first instant at which an ended contract's data may be destroyed, were nothing to hold it."""
    if state.ended_on is None:
        raise ImpossibleHistory("the contract has not ended")
    last_day = restitution_last_day(state, state.ended_on)
    policy = state.offer.policy
    because = Because(
        clause="12",
        rule="passé ce délai, les données du client sont détruites et aucune copie n’en est gardée.",
        start_label="dernier jour pour demander la restitution",
        start=last_day.day,
        readings=last_day.readings,
    )
    if state.restitution_done_at:
        because = because.or_later(
            paris_day(state.restitution_done_at), "jour où les données ont été remises"
        )
    if policy.destruction_waits_for_business_day:
        because = because.first_business_day("premier jour ouvré à partir de ce jour").under(
            policy.reading("destruction_waits_for_business_day")
        )
    return because.end_of_day()
