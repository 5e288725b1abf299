"""What may be imagined on `/espace/contrat`: an act, how many, and on which day; read from a form or from the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.contract import acts as a
from portal.contract.calendar import paris_day, paris_instant
from portal.contract.changes import pending
from portal.contract.foresight import ON_TIME, Habit
from portal.contract.french import count, full_date, typeset
from portal.contract.state import State
from portal.contract.story import WHAT_NAMES
from portal.services.forms import FormProblems, clean

# The names of the fields, also in the address: a what-if can be sent to a colleague.
ACT, NUMBER, DAY = "et-si", "nombre", "jour"
MOST = 99
_MOST_DIGITS = 2
FURTHEST = timedelta(days=730)
_DONE_AT = time(12)
_COUNTED = frozenset({"ajouter", "retirer", "payer-tard", "option"})


@dataclass(frozen=True, slots=True)
class Choice:
    """An act that may be imagined, as the list shows it."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is imagined: acts at an instant, or another way of paying from then on; `said` is it in words."""

    acts: tuple[a.Act, ...]
    habit: Habit
    at: datetime
    said: str


def choices(state: State, at: datetime) -> list[Choice]:
    """Return what may be imagined of a contract in force: what makes no sense for it is not offered."""
    found = [
        Choice("resilier", "Résilier (lettre postée ce jour-là)"),
        Choice("ajouter", "Ajouter des utilisateurs"),
        Choice("retirer", "Retirer des utilisateurs"),
        *(
            Choice(f"option:{one.code}", typeset(f"Commander une option : {one.label}"))
            for one in state.offer.grid.options
        ),
        Choice("payer-tard", "Payer la prochaine facture en retard"),
        Choice("ne-pas-payer", "Ne pas payer la prochaine facture"),
    ]
    if state.notice:
        found[0] = Choice("reprendre", "Retirer la résiliation")
    found[1:1] = [
        Choice(f"refuser:{what}", f"Refuser les {WHAT_NAMES[what]}")
        for what in WHAT_NAMES
        if (change := pending(state, what, at)) and not change.refused
    ]
    return found


def read_wish(form: Mapping[str, object], state: State, now: datetime) -> Wish:
    """Return what was typed; raises `FormProblems`, with what was typed, where it cannot be taken."""
    typed = {name: clean(form.get(name))[:40] for name in (ACT, NUMBER, DAY)}
    errors: dict[str, str] = {}
    offered = {one.value for one in choices(state, now)}
    if typed[ACT] not in offered:
        errors[ACT] = "Choisissez dans la liste ce que vous imaginez."
    number = _number(typed[NUMBER])
    if typed[ACT].partition(":")[0] in _COUNTED and number is None:
        errors[NUMBER] = typeset(f"Indiquez un nombre de 1 à {MOST}.")
    today = paris_day(now)
    day = _day(typed[DAY])
    if day is None:
        errors[DAY] = typeset("Indiquez un jour : le jour, le mois et l’année.")
    elif day < today:
        errors[DAY] = "Ce jour est passé. Choisissez aujourd’hui, ou un jour à venir."
    elif day > today + FURTHEST:
        errors[DAY] = "Ce jour est trop loin. Choisissez un jour dans les deux ans qui viennent."
    if errors or day is None:
        raise FormProblems(typed, errors)
    at = now if day == today else paris_instant(day, _DONE_AT)
    kind, _, about = typed[ACT].partition(":")
    acts, habit, said = _KINDS[kind](state, about, number or 1)
    return Wish(acts, habit, at, typeset(f"{said}, le {full_date(day)}"))


_Read = tuple[tuple[a.Act, ...], Habit, str]


def _add(state: State, about: str, number: int) -> _Read:  # noqa: ARG001 -- one of a table
    acts = tuple(a.RegisterUser(user=f"imagined:{nth}") for nth in range(number))
    return acts, ON_TIME, f"Ajouter {count(number, 'utilisateur')}"


def _remove(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    """Take those who came last and administer nothing; then the others, whom the rules may keep."""
    order = {user: place for place, user in enumerate(state.users)}
    leaving = sorted(state.users, key=lambda user: (user in state.admins, -order[user]))[:number]
    acts = tuple(a.RemoveUser(user=user) for user in leaving)
    return acts, ON_TIME, f"Retirer {count(number, 'utilisateur')}"


def _order(state: State, about: str, number: int) -> _Read:
    option = state.offer.grid.option(about)
    label = option.label if option else about
    return (a.OrderOption(code=about, quantity=number),), ON_TIME, f"Commander {number} × « {label} »"


def _notice(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    return (a.ServeNotice(by="client"),), ON_TIME, "Résilier"


def _withdraw(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    return (a.WithdrawNotice(),), ON_TIME, "Retirer la résiliation"


def _refuse(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    what: a.What = "price" if about == "price" else "terms"
    return (a.RefuseChange(what=what),), ON_TIME, f"Refuser les {WHAT_NAMES[what]}"


def _pay_late(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    said = f"Payer la prochaine facture {count(number, 'jour')} après son échéance"
    return (), Habit(is_regular=False, late_days=number), said


def _pay_not(state: State, about: str, number: int) -> _Read:  # noqa: ARG001
    return (), Habit(is_regular=False, late_days=None), "Ne pas payer la prochaine facture"


_KINDS: dict[str, Callable[[State, str, int], _Read]] = {
    "ajouter": _add,
    "retirer": _remove,
    "option": _order,
    "resilier": _notice,
    "reprendre": _withdraw,
    "refuser": _refuse,
    "payer-tard": _pay_late,
    "ne-pas-payer": _pay_not,
}


def _number(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
    return int(typed) if is_number and int(typed) > 0 else None


def _day(typed: str) -> date | None:
    """Read a day as the browser sends it, or as it is written in French."""
    for written in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, written).date()  # noqa: DTZ007 -- a civil day has no zone
        except ValueError:
            continue
    return None
