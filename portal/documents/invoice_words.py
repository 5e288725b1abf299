"""The words of an invoice: what the law wants printed, and the reason of a line that is not the ordinary one."""

from typing import Final

from portal.contract.amounts import percent
from portal.contract.arrears import INDEMNITY_CENTS, PENALTY_POINTS_HUNDREDTHS
from portal.contract.french import NBSP, count, euros, typeset
from portal.contract.lines import Line, Share, reckoning
from portal.contract.reckoning import AmountStep, Sum, in_euros
from portal.documents.invoice_facts import days_of

PENALTIES: Final = typeset(
    f"Pénalités de retard : taux d’intérêt légal majoré de {PENALTY_POINTS_HUNDREDTHS // 100}{NBSP}points, et au "
    "moins trois fois le taux d’intérêt légal, sur le montant hors taxes ; chaque mois commencé compte entier. "
    f"Exigibles sans rappel dès le lendemain de l’échéance (code de commerce, art.{NBSP}L.{NBSP}441-10)."
)
INDEMNITY: Final = typeset(
    f"Indemnité forfaitaire pour frais de recouvrement : {euros(INDEMNITY_CENTS)} par facture en retard "
    f"(code de commerce, art.{NBSP}D.{NBSP}441-5)."
)
DISCOUNT: Final = "Pas d’escompte en cas de paiement anticipé."
CATEGORY: Final = typeset("Catégorie de l’opération : prestation de services.")
ON_DEBITS: Final = "Option pour le paiement de la taxe d’après les débits."
ON_COLLECTION: Final = typeset("TVA exigible à l’encaissement.")


def rate_words(vat_hundredths: int) -> str:
    return f"TVA {percent(vat_hundredths)}"


def days_left_out(share: Share) -> str:
    """Return « 16 jours sur 31 non comptés »: what a line leaves out of its month."""
    days = share.of - days_of(share)
    return typeset(f"{count(days, 'jour')} sur {share.of} non compté{'s' if days > 1 else ''}")


def explained(line: Line) -> tuple[str, ...]:
    """Return the reason of an unusual line (adjustment, carry-over, part of a month), from its own reckoning.

    The rule with its clause; and, where a part of a month is owed, the sum, step by step: quantity and price
    do not tell it. An ordinary line needs no reason.
    """
    if line.kind not in {"adjustment", "carry_over"} and line.share is None:
        return ()
    reason = reckoning(line)
    rule = typeset(f"Article {reason.clause} des CGV : {reason.rule}")
    if line.share is None:
        return (rule,)
    steps = [f"{reason.start_label} : {in_euros(reason.start)}"]
    steps += [f"{step.text} : {in_euros(step.value)}" for step in reason.steps if not _changes_nothing(step)]
    whole = " ; ".join(steps)
    return (rule, typeset(f"{whole[0].upper()}{whole[1:]}."))


def _changes_nothing(step: AmountStep) -> bool:
    return step.operation is Sum.TIMES and step.operand == 1
