"""What `/gestion/impayes` shows: what is late by age, each client with the next step, the letters to post."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from portal.contract.calendar import paris_day
from portal.contract.french import (
    count,
    euros,
    full_date,
    full_instant,
    long_date,
    of_name,
    short_date,
    typeset,
)
from portal.services.letters import Letter
from portal.services.overdue import AgeBand, InArrears, Step
from portal.web.components.shapes import Part, Why
from portal.web.presenting import why_of, why_of_addition

TO_DECIDE: Final = "decide"
_AT_A_GLANCE: Final = 2
_AGES: Final = MappingProxyType(
    {
        "0-15": "1 à 15\u00a0jours",
        "16-30": "16 à 30\u00a0jours",
        "31-60": "31 à 60\u00a0jours",
        "60+": "Plus de 60\u00a0jours",
    }
)
_TONES: Final = MappingProxyType(
    {
        Step.MAIL: "soon",
        Step.HELD: "late",
        Step.SUSPENSION: "soon",
        Step.TERMINATION_LATER: "late",
        Step.TERMINATION_OPEN: "late",
        Step.ENDED: "over",
    }
)


@dataclass(frozen=True, slots=True)
class LateRow:
    """A client in arrears."""

    contract_id: str = ""
    name: str = ""
    number: str = ""
    age: str = ""
    summary: str = ""
    invoices: list[str] = field(default_factory=list)
    unpaid: str = ""
    unpaid_why: Why = field(default_factory=Why)
    owed: str = ""
    owed_why: Why = field(default_factory=Why)
    problem: str = ""
    step: str = ""
    tone: str = "soon"
    detail: str = ""
    why: Why = field(default_factory=Why)
    may_terminate: bool = False


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of termination, to be posted today or posted."""

    letter_id: str = ""
    name: str = ""
    state: str = ""
    tone: str = "quiet"
    detail: str = ""
    href: str = ""
    proof_href: str = ""
    is_posted: bool = False
    has_proof: bool = False


@dataclass(frozen=True, slots=True)
class AgeChoice:
    """An age to narrow the list to; `value` is "" for all."""

    value: str = ""
    label: str = ""


def age_parts(bands: Iterable[AgeBand]) -> list[Part]:
    found = list(bands)
    most = max((one.cents for one in found), default=0)
    return [
        Part(
            label=_AGES[one.age.name],
            rest=round(one.cents / most * 100, 2) if most else 0,
            tone="late" if one.age.first > 15 else "open",  # noqa: PLR2004 -- termination opens there
            says=f"{euros(one.cents)} · {count(one.clients, 'client')}" if one.cents else "rien",
            cells=[
                count(one.invoices, "facture"),
                count(one.clients, "client"),
                euros(one.cents) if one.cents else "rien",
            ],
        )
        for one in found
    ]


def ages_sentence(bands: Iterable[AgeBand]) -> str:
    """Return what the chart shows, in words."""
    found = [one for one in bands if one.cents]
    if not found:
        return typeset("Aucune facture n’est en retard.")
    total, number = sum(one.cents for one in found), sum(one.invoices for one in found)
    oldest = found[-1]
    said = f"{euros(total)} TTC sont en retard, sur {count(number, 'facture')}"
    if len(found) > 1:
        said += f", dont {euros(oldest.cents)} depuis {_AGES[oldest.age.name].lower()}"
    return typeset(f"{said}.")


def ages_why(bands: Iterable[AgeBand]) -> Why:
    """Return how what is late adds up, by age; nothing where nothing is."""
    found = [one for one in bands if one.cents]
    if not found:
        return Why()
    return why_of_addition(
        "10.3",
        "une facture est en retard dès le lendemain de son échéance, pour ce qui en reste dû ; sans les pénalités.",
        ((_AGES[one.age.name].lower(), one.cents) for one in found),
        "factures en retard, TTC, par âge",
    )


def age_choices(bands: Iterable[AgeBand], terminations: int) -> list[AgeChoice]:
    """Return what the list can be narrowed to: first what waits for a decision."""
    open_ = [AgeChoice(TO_DECIDE, f"Résiliation à décider ({terminations})")] if terminations else []
    of_age = [AgeChoice(one.age.name, _AGES[one.age.name]) for one in bands if one.cents]
    return [AgeChoice("", "Tous"), *open_, *of_age]


def late_row(one: InArrears) -> LateRow:
    return LateRow(
        contract_id=one.contract_id,
        name=one.legal_name,
        number=one.number,
        age=count(one.days, "jour"),
        summary=_several(one),
        invoices=[
            f"{late.number}, {euros(late.unpaid_cents)}, échue le {short_date(late.clock)}"
            for late in one.late
        ],
        unpaid=euros(one.unpaid_cents),
        unpaid_why=why_of_addition(
            "10.3",
            "une facture est en retard dès le lendemain de son échéance, pour ce qui en reste dû.",
            ((f"{late.number}, échue le {short_date(late.clock)}", late.unpaid_cents) for late in one.late),
            "factures en retard, TTC",
        ),
        owed=euros(one.owed_cents) if one.owed_cents is not None else "",
        owed_why=_owed_why(one),
        problem=typeset(one.problem),
        step=_step(one),
        tone=_TONES[one.step],
        detail=typeset(_detail(one)),
        why=why_of(one.because) if one.because else Why(),
        may_terminate=one.step is Step.TERMINATION_OPEN,
    )


def _owed_why(one: InArrears) -> Why:
    if one.owed_cents is None:
        return Why()
    return why_of_addition(
        "10.3",
        "le service est rétabli quand les factures en retard sont réglées, avec les pénalités et l’indemnité de "
        "recouvrement de chacune.",
        (
            ("factures en retard, TTC", one.unpaid_cents),
            ("pénalités et indemnités de recouvrement", one.owed_cents - one.unpaid_cents),
        ),
        "ce qui rétablit le service",
    )


def _several(one: InArrears) -> str:
    """Name the invoices together, where there are more than one reads at a glance."""
    if len(one.late) <= _AT_A_GLANCE:
        return ""
    return f"{count(len(one.late), 'facture')} depuis le {short_date(min(late.clock for late in one.late))}"


def _step(one: InArrears) -> str:
    names = {
        Step.MAIL: "E-mail de retard",
        Step.HELD: "Suspension retenue",
        Step.SUSPENSION: "Suspension",
        Step.TERMINATION_LATER: "Résiliation possible",
        Step.TERMINATION_OPEN: "À vous de décider",
        Step.ENDED: "Contrat terminé",
    }
    return names[one.step]


def _detail(one: InArrears) -> str:
    instant = full_instant(one.because.instant) if one.because else ""
    day = full_date(paris_day(one.because.instant)) if one.because else ""
    match one.step:
        case Step.MAIL:
            return f"le {instant}"
        case Step.SUSPENSION:
            return f"le {instant}"
        case Step.HELD:
            return "L’e-mail de retard n’est pas parti : tant qu’il n’est pas envoyé, rien n’est suspendu."
        case Step.TERMINATION_LATER:
            return f"à partir du {day}"
        case Step.TERMINATION_OPEN:
            return f"La résiliation est ouverte depuis le {day}."
        case Step.ENDED:
            return "La créance reste à recouvrer."


def letter_row(one: Letter) -> LetterRow:
    href = f"/gestion/lettres/{one.id}"
    posted = one.posted_on is not None
    return LetterRow(
        letter_id=one.id,
        name=one.legal_name,
        state="à poster aujourd’hui" if not posted else ("reçue" if one.has_proof else "postée"),
        tone="late" if not posted else ("done" if one.has_proof else "soon"),
        detail=(
            f"Postée le {long_date(one.posted_on)}, suivi {one.tracking}"
            if one.posted_on
            else typeset(
                f"Datée du {full_date(paris_day(one.made_at))} : le contrat finit le jour où elle part."
            )
        ),
        href=f"{href}.pdf",
        proof_href=f"{href}/preuve",
        is_posted=posted,
        has_proof=one.has_proof,
    )


def termination_effect(name: str, day: str) -> str:
    return typeset(
        f"Le contrat {of_name(name)} prend fin ce {day}. Le service est fermé aussitôt, un dernier document solde le compte, et "
        "le client a encore le délai de l’article 15 pour demander ses données. Cela ne se reprend pas."
    )
