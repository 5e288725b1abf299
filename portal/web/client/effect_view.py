"""The effect of what is about to be confirmed, on the next invoices, line by line, ready to be read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.amounts import gross_total, net_total, vat
from portal.contract.calendar import paris_day
from portal.contract.french import NBSP, euros, full_date, of_name, typeset
from portal.contract.lines import Line, month_name, reckoning
from portal.contract.preview import Document, why_issued
from portal.contract.reckoning import Reckoning
from portal.contract.state import Relationship, State
from portal.services.effects import Effect
from portal.web.components.shapes import Why
from portal.web.presenting import why_of, why_of_amount


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A line of an invoice to come; `news` says that it was not there before, or not the same."""

    label: str = ""
    quantity: str = ""
    amount: str = ""
    news: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class EffectDocument:
    """An invoice to come that changes: its lines as they will be issued, its totals, and what it was before."""

    title: str = ""
    issued: str = ""
    lines: list[EffectLine] = field(default_factory=list)
    net: str = ""
    vat: str = ""
    gross: str = ""
    before: str = ""
    difference: str = ""
    why_issued: Why = field(default_factory=Why)
    why_net: Why = field(default_factory=Why)
    why_vat: Why = field(default_factory=Why)
    why_gross: Why = field(default_factory=Why)
    why_difference: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class EffectView:
    """What is shown before confirming: why it is refused, or what it changes; `summary` says it in a sentence."""

    refusal: str = ""
    summary: str = ""
    documents: list[EffectDocument] = field(default_factory=list)


def effect_view(effect: Effect, state: State) -> EffectView:
    """Return the effect ready to be read; `state` is the contract's as it stands."""
    shown = effect.preview
    if shown.refusal:
        return EffectView(refusal=typeset(shown.refusal.message))
    pairs = list(zip(shown.before.documents, shown.after.documents, strict=False))
    changed = [(before, after) for before, after in pairs if _told(before) != _told(after)]
    documents = [document_view(before, after, state) for before, after in changed]
    return EffectView(summary=typeset(_summary(state, changed)), documents=documents)


def _summary(state: State, changed: list[tuple[Document, Document]]) -> str:
    if state.relationship is Relationship.TRIAL:
        return "L’essai est gratuit : rien n’est facturé."
    if not changed:
        return "Vos prochaines factures ne changent pas."
    total = sum(_gross(after) - _gross(before) for before, after in changed)
    last_before, last_after = changed[-1]
    lasting = _gross(last_after) - _gross(last_before)
    if len(changed) == 1:
        return f"Une facture change : {signed(total)} TTC."
    return (
        f"Vos prochaines factures changent : {signed(_gross(changed[0][1]) - _gross(changed[0][0]))} TTC sur la "
        f"première, puis {signed(lasting)} TTC chaque mois."
    )


def document_view(before: Document | None, after: Document, state: State) -> EffectDocument:
    """Return a document as it will be issued; `before` is the one that it takes the place of, if there was one."""
    difference = _gross(after) - _gross(before) if before else 0
    return EffectDocument(
        title=_title(after),
        issued=typeset(f"émise le {full_date(paris_day(after.at))}"),
        lines=list(_lines(before, after)),
        net=euros(_sign(after) * after.net_cents),
        vat=euros(_sign(after) * after.vat_cents),
        gross=euros(_gross(after)),
        before=euros(_gross(before)) if before else "",
        difference=signed(difference) if difference else "",
        why_issued=why_of(why_issued(state, after)),
        why_net=why_of_amount(net_total(after.lines)),
        why_vat=why_of_amount(vat(after.net_cents, after.vat_hundredths)),
        why_gross=why_of_amount(gross_total(after.net_cents, after.vat_cents)),
        why_difference=why_of_amount(_compared(before, after)) if before and difference else Why(),
    )


def _compared(before: Document, after: Document) -> Reckoning:
    return Reckoning(
        clause="10.1",
        rule="la différence est entre ce qui sera facturé et ce qui l’aurait été, par le même calcul.",
        start_label="total TTC avec ce changement",
        start=Fraction(_gross(after)),
    ).plus(Fraction(-_gross(before)), f"moins le total sans lui, {euros(_gross(before))}")


def _title(document: Document) -> str:
    kind = "Avoir" if isinstance(document, e.CreditNoteIssued) else "Facture"
    if document.month == FIRST:
        return f"{kind} du premier mois"
    return f"{kind} {of_name(month_name(document.month))}"


def _lines(before: Document | None, after: Document) -> Iterator[EffectLine]:
    lines = before.lines if before else after.lines
    known = {(one.label, one.quantity, one.net_cents) for one in lines}
    there_were = {(one.kind, one.month, one.option) for one in lines}
    for one in after.lines:
        news = "changé" if (one.kind, one.month, one.option) in there_were else "nouveau"
        yield EffectLine(
            label=one.label,
            quantity=_quantity(one),
            amount=euros(_sign(after) * one.net_cents),
            news="" if (one.label, one.quantity, one.net_cents) in known else news,
            why=why_of_amount(reckoning(one)),
        )


def _quantity(one: Line) -> str:
    if one.kind == "carry_over":
        return ""
    return f"{one.quantity} × {euros(one.unit_cents)}".replace("-", "−")


def reads_the_same(before: Document, after: Document) -> bool:
    """Tell whether a client reads the same of both documents."""
    return _told(before) == _told(after)


def _told(document: Document) -> object:
    return document.kind, [(one.label, one.quantity, one.net_cents) for one in document.lines]


def _sign(document: Document) -> int:
    """A credit note states what it gives back as positive: here it counts against the client's side."""
    return -1 if isinstance(document, e.CreditNoteIssued) else 1


def _gross(document: Document) -> int:
    return _sign(document) * document.gross_cents


def signed(cents: int) -> str:
    """Return « + 49,00 € » or « − 49,00 € »."""
    return f"+{NBSP}{euros(cents)}" if cents > 0 else euros(cents)
