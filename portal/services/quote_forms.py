"""What is typed about a quote (CGV art. 5.3): the client's need, and our answer with its price and its last day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from portal.contract.french import typeset
from portal.services.forms import Form, FormProblems, clean, kept, problem, read, text_of
from portal.services.quote_services import Service
from portal.services.typed_figures import amount_in

LONGEST_NEED = 2_000
LONGEST_LABEL = 200
MOST_CENTS = 10_000_000
LONGEST_VALIDITY = timedelta(days=366)
USUAL_VALIDITY = timedelta(days=30)


def _service(typed: str) -> str:
    try:
        return Service(clean(typed)).value
    except ValueError as error:
        raise problem("Choisissez le service dont vous avez besoin.") from error


class QuoteForm(Form):
    """A quote asked for: which service, and what for."""

    service: Annotated[str, AfterValidator(_service)]
    need: Annotated[
        str,
        AfterValidator(
            text_of("Dites en quelques phrases ce dont vous avez besoin.", "Votre demande", LONGEST_NEED)
        ),
    ]


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Our answer; without a price we do not offer the service. `valid_until` is the last day, included."""

    answer: str
    label: str = ""
    price_cents: int | None = None
    valid_until: date | None = None


def read_quote(form: Mapping[str, object]) -> QuoteForm:
    """Return a request for a quote; raises `FormProblems`."""
    return read(QuoteForm, form)


def read_answer(form: Mapping[str, object], today: date) -> AnswerForm:
    """Return our answer to a quote; `not_offered` ticked, it needs no price. Raises `FormProblems`."""
    typed = kept(form, ("answer", "label", "price", "valid_until"))
    answer = clean(form.get("answer"))
    errors: dict[str, str] = {}
    if not answer:
        errors["answer"] = (
            "Écrivez au client ce que nous lui proposons, ou pourquoi nous ne le proposons pas."
        )
    elif len(answer) > LONGEST_NEED:
        errors["answer"] = f"La réponse dépasse {LONGEST_NEED}\u00a0caractères : abrégez."
    if form.get("not_offered"):
        _refuse(typed, errors)
        return AnswerForm(answer)
    if not typed["label"]:
        errors["label"] = "Nommez le service comme il figurera sur la facture."
    price = amount_in(typed["price"])
    if price is None or not 1 <= price <= MOST_CENTS:
        errors["price"] = "Indiquez un prix hors taxes d’un centime à cent mille euros, par exemple 1 200,00."
    day = _day(typed["valid_until"])
    if day is None or not today <= day <= today + LONGEST_VALIDITY:
        errors["valid_until"] = (
            "Choisissez un jour d’ici à un an : le client pourra accepter jusqu’à ce soir-là."
        )
    _refuse(typed, errors)
    return AnswerForm(answer, typed["label"], price, day)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _refuse(typed: dict[str, str], errors: dict[str, str]) -> None:
    if errors:
        # In the order of the form, so that the first is the first a person comes to.
        raise FormProblems(typed, {name: typeset(errors[name]) for name in typed if name in errors})
