"""What `/gestion/emission` shows: the run to come as it is foreseen, and what came of the last one."""

from dataclasses import dataclass, replace

from portal.contract.because import Because
from portal.contract.calendar import add_months, month_of, paris_day
from portal.contract.french import count, euros, full_instant, long_month, typeset
from portal.contract.shares import key_of
from portal.services.issuing import Foreseen, Halted, Remark, Run
from portal.web.components.shapes import Figure, Part, Why
from portal.web.presenting import why_of, why_of_addition


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A contract to look at, and why."""

    contract_id: str = ""
    name: str = ""
    text: str = ""


def month_charged(because: Because) -> str:
    """Return the month that a run charges: the one after it (art. 10.3)."""
    return long_month(key_of(add_months(month_of(paris_day(because.instant)), 1)))


def coming(because: Because) -> list[Figure]:
    """Return when the next run takes place, with its reason, and the month that it charges."""
    return [
        Figure(label="Émission", value=full_instant(because.instant), why=why_of(because)),
        Figure(label="Mois facturé", value=month_charged(because).capitalize()),
    ]


def foreseen_sentence(found: Foreseen) -> str:
    """Return what is foreseen by now, in one sentence."""
    if not found.seen:
        return "Aucun contrat en vigueur : rien ne sera émis." if found.is_whole else ""
    notes = f" et {count(found.credit_notes, 'avoir')}" if found.credit_notes else ""
    later = (
        f" {count(found.others, 'contrat')} {'auront' if found.others > 1 else 'aura'} sa facture un autre jour."
        if found.others
        else ""
    )
    looked = "" if found.is_whole else f" {count(found.seen, 'contrat')} examinés, l’examen continue."
    amounts = (
        f" : {euros(found.net_cents)} HT, {euros(found.gross_cents)} TTC" if found.invoices or notes else ""
    )
    return typeset(
        f"{count(found.invoices, 'facture')}{notes}{amounts}, si rien ne change d’ici là.{later}{looked}"
    )


def amounts_why(net_cents: int, gross_cents: int) -> Why:
    """Return how the total of a run is made up: excluding tax, and its VAT; nothing where nothing is invoiced."""
    if not net_cents:
        return Why()
    return why_of_addition(
        "10.1",
        "la TVA se calcule document par document, et s’ajoute ; les avoirs sont déduits.",
        (("hors taxes", net_cents), ("TVA", gross_cents - net_cents)),
        "factures de l’émission",
    )


def run_why(run: Run) -> Why:
    """Return why a run took place when it did, and how its total is made up."""
    amounts = amounts_why(run.net_cents, run.gross_cents)
    return replace(why_of(run.because), also=[amounts] if run.net_cents else [])


def remark_rows(remarks: tuple[Remark, ...]) -> list[RemarkRow]:
    return [RemarkRow(one.contract_id, one.legal_name, typeset(one.text)) for one in remarks]


def halted_rows(halted: tuple[Halted, ...]) -> list[RemarkRow]:
    return [
        RemarkRow(one.contract_id, one.legal_name, typeset(f"À l’arrêt depuis le {full_instant(one.at)}."))
        for one in halted
    ]


def run_sentence(run: Run) -> str:
    """Return what came of a run, in one sentence."""
    if not run.issued:
        return typeset(f"Aucune facture n’a été émise le {full_instant(run.because.instant)}.")
    notes = f" et {count(run.credit_notes, 'avoir')}" if run.credit_notes else ""
    waits = f" {count(run.waiting, 'contrat')} en attente." if run.waiting else " Aucun contrat n’attend."
    return typeset(
        f"Le {full_instant(run.because.instant)} : {count(run.invoices, 'facture')}{notes}, "
        f"{euros(run.net_cents)} HT, {euros(run.gross_cents)} TTC.{waits}"
    )


def how_far(run: Run) -> list[Part]:
    """Return how far the documents of a run have gone: issued, set as PDF, mailed."""
    total = run.issued + run.waiting
    return [
        _part("Émises", run.issued, total),
        _part("Mises en page", run.rendered, run.issued),
        _part("Envoyées", run.mailed, run.issued, failed=run.given_up),
    ]


def _part(label: str, done: int, total: int, *, failed: int = 0) -> Part:
    share = round(100 * done / total, 2) if total else 0
    says = f"{done} sur {total}" + (f", dont {count(failed, 'échec')} à reprendre" if failed else "")
    return Part(
        label=label,
        done=share,
        rest=100 - share if total else 0,
        tone="late" if failed else "foreseen",
        says=says,
        cells=[str(done), str(total)],
    )
