"""What a notice would bring about, ready to be read: the end, the invoices until then, the data after it."""

from dataclasses import dataclass, field

from portal.contract.calendar import paris_day
from portal.contract.french import count, full_date, of_name, typeset
from portal.contract.lines import month_name
from portal.contract.notice_effect import NoticeEffect
from portal.contract.preview import Document, why_issued
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.web.client.effect_view import EffectDocument, document_view, reads_the_same
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import when, why_of, why_of_told


@dataclass(frozen=True, slots=True)
class NoticeEffectView:
    """The effect of a notice; `refusal` where there is none. `documents` are those that change, and the last."""

    refusal: str = ""
    refusal_why: Why = field(default_factory=Why)
    is_late: bool = False
    sentence: str = ""
    limit_why: Why = field(default_factory=Why)
    dates: list[Figure] = field(default_factory=list)
    documents: list[EffectDocument] = field(default_factory=list)
    invoices: str = ""
    spared: str = ""
    spared_why: Why = field(default_factory=Why)


def notice_effect_view(effect: NoticeEffect | Refusal, state: State) -> NoticeEffectView:
    """Return the effect ready to be read; `state` is the contract's as it stands."""
    if isinstance(effect, Refusal):
        return NoticeEffectView(refusal=typeset(effect.message), refusal_why=why_of_told(effect.reasons))
    changed = [(before, one) for one in effect.documents if _changes(before := _instead(effect, one), one)]
    if effect.documents and (not changed or changed[-1][1] is not effect.documents[-1]):
        last = effect.documents[-1]
        changed.append((_instead(effect, last), last))
    return NoticeEffectView(
        is_late=effect.is_late,
        sentence=typeset(_sentence(effect)),
        # The end itself is explained among the dates.
        limit_why=why_of(effect.limit) if effect.is_late else Why(),
        dates=_dates(effect),
        # One that stays as it was is shown without its comparison.
        documents=[
            document_view(before if _changes(before, one) else None, one, state) for before, one in changed
        ],
        invoices=typeset(_invoices(effect, len(changed))),
        spared=typeset(_spared(effect)),
        spared_why=why_of(effect.last_day, why_issued(state, effect.spared)) if effect.spared else Why(),
    )


def _sentence(effect: NoticeEffect) -> str:
    end = full_date(effect.last_day.day)
    if effect.is_late:
        return (
            f"La date limite de cette période était le {full_date(effect.limit.day)} : le contrat est reconduit une fois, "
            f"puis finit le {end}."
        )
    return f"Le contrat n’est pas reconduit : il finit le {end} à minuit. Le service reste ouvert jusqu’à la fin."


def _dates(effect: NoticeEffect) -> list[Figure]:
    last_day = effect.last_day
    return [
        Figure("Fin du contrat", full_date(last_day.day), "Le service ferme à minuit.", why_of(last_day)),
        Figure(
            "Dernier jour pour demander vos données",
            full_date(effect.restitution.day),
            "Elles vous sont remises dès que vous les demandez, à partir de la fin du contrat.",
            why_of(effect.restitution),
        ),
        Figure(
            "Destruction de vos données",
            when(effect.destruction.instant),
            typeset("Jamais avant ; un certificat vous est remis."),
            why_of(effect.destruction),
        ),
    ]


def _instead(effect: NoticeEffect, document: Document) -> Document | None:
    """Return what would be issued in place of a document, without the notice."""
    same = (
        one
        for one in effect.otherwise
        if (one.kind, one.month, one.at) == (document.kind, document.month, document.at)
    )
    return next(same, None)


def _changes(before: Document | None, after: Document) -> bool:
    return before is None or not reads_the_same(before, after)


def _invoices(effect: NoticeEffect, told: int) -> str:
    if not effect.documents:
        return "Plus aucune facture ne sera émise d’ici la fin du contrat."
    others = len(effect.documents) - told
    if not others:
        return (
            "D’ici la fin du contrat :"
            if told > 1
            else "Une dernière pièce est émise d’ici la fin du contrat :"
        )
    return (
        f"{count(others, 'facture mensuelle suit', 'factures mensuelles suivent')} leur cours d’ici là, inchangées. "
        "Ensuite :"
    )


def _spared(effect: NoticeEffect) -> str:
    if effect.spared is None:
        return ""
    return (
        f"La facture {of_name(month_name(effect.spared.month))}, qui serait émise le {full_date(paris_day(effect.spared.at))}, ne le sera pas, ni les suivantes : "
        f"après le {full_date(effect.last_day.day)}, plus rien n’est facturé."
    )
