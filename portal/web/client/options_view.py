"""What `/espace/options` says: the options of the grid with their price, and the quotes asked for."""

from dataclasses import dataclass, field

from portal.contract import quotation
from portal.contract.calendar import paris_day
from portal.contract.french import count, euros, full_date, long_date, typeset
from portal.contract.offer import Option
from portal.contract.state import State
from portal.services.quote_services import SERVICES
from portal.services.quotes import Quote, Standing
from portal.services.reading import Contract
from portal.web.client.space_view import next_dates_of
from portal.web.components.shapes import Mark, Why
from portal.web.presenting import why_of, why_of_amount


@dataclass(frozen=True, slots=True)
class OptionCard:
    """An option of the grid: its price, and how many the contract has."""

    code: str = ""
    label: str = ""
    price: str = ""
    rhythm: str = ""
    gross: str = ""
    why: Why = field(default_factory=Why)
    ordered: str = ""


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quote: what was asked, where it stands, our answer."""

    id: str = ""
    service: str = ""
    need: str = ""
    asked: str = ""
    state: str = ""
    tone: str = ""
    answer: str = ""
    label: str = ""
    price: str = ""
    price_why: Why = field(default_factory=Why)
    until: str = ""
    until_why: Why = field(default_factory=Why)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class OptionsView:
    """Everything the page shows; strings are ready to be read."""

    company: str = ""
    closed: str = ""
    step_title: str = ""
    step_text: str = ""
    step_why: Why = field(default_factory=Why)
    step_label: str = ""
    step_href: str = ""
    options: list[OptionCard] = field(default_factory=list)
    quotes: list[QuoteCard] = field(default_factory=list)
    next_marks: list[Mark] = field(default_factory=list)


STANDINGS = {
    Standing.ASKED: ("demandé", "quiet"),
    Standing.ANSWERED: ("à décider", "soon"),
    Standing.NOT_OFFERED: ("non proposé", "over"),
    Standing.EXPIRED: ("expiré", "over"),
    Standing.ACCEPTED: ("accepté", "done"),
    Standing.DECLINED: ("décliné", "over"),
}


def options_view(contract: Contract, quotes: tuple[Quote, ...], closed: str) -> OptionsView:
    """Return the page; `closed` says why nothing can be ordered now, "" where it can."""
    state = contract.state
    title, text, why, label, href = _step(quotes, closed)
    return OptionsView(
        company=contract.company.legal_name,
        closed=typeset(closed),
        step_title=title,
        step_text=typeset(text),
        step_why=why,
        step_label=label,
        step_href=href,
        options=[option_card(option, state) for option in state.offer.grid.options],
        quotes=[quote_card(one) for one in quotes],
        next_marks=next_dates_of(contract),
    )


def option_card(option: Option, state: State) -> OptionCard:
    """Return an option of the grid with its price for one."""
    quoted = quotation.option(state.offer.grid, option, 1)
    ordered = sum(order.quantity for order in state.orders if order.code == option.code)
    rhythm = "par mois" if option.monthly else "une fois"
    kept = "en cours" if option.monthly else "déjà commandée"
    return OptionCard(
        code=option.code,
        label=option.label,
        price=euros(quoted.net.cents),
        rhythm=rhythm,
        gross=typeset(f"soit {euros(quoted.gross.cents)} TTC"),
        why=why_of_amount(quoted.gross),
        ordered=typeset(f"{ordered} {kept}{'s' if ordered > 1 and not option.monthly else ''}")
        if ordered
        else "",
    )


def quote_card(quote: Quote) -> QuoteCard:
    said, tone = STANDINGS[quote.standing]
    until, until_why = "", Why()
    if quote.valid_until is not None:
        until = typeset(f"Valable jusqu’au {full_date(quote.valid_until)} inclus")
        until_why = why_of(quotation.service_validity(quote.valid_until))
    return QuoteCard(
        id=quote.id,
        service=SERVICES[quote.service],
        need=quote.need,
        asked=typeset(f"Demandé le {full_date(paris_day(quote.asked_at))} par {quote.asked_by}"),
        state=said,
        tone=tone,
        answer=quote.answer,
        label=quote.label,
        price=typeset(f"{euros(quote.price_cents)} hors taxes, une fois") if quote.price_cents else "",
        price_why=why_of_amount(quotation.service(quote.label, quote.price_cents))
        if quote.price_cents
        else Why(),
        until=until,
        until_why=until_why,
        is_open=quote.standing is Standing.ANSWERED,
    )


def _step(quotes: tuple[Quote, ...], closed: str) -> tuple[str, str, Why, str, str]:
    waiting = [one.valid_until for one in quotes if one.standing is Standing.ANSWERED and one.valid_until]
    if closed:
        return "Rien ne peut être commandé pour l’instant", closed, Why(), "Retour à l’accueil", "/espace"
    if waiting:
        soonest = min(waiting)
        many = count(len(waiting), "devis attend", "devis attendent")
        return (
            f"{many} votre réponse".replace("\u00a0", " "),
            f"Le premier expire le {long_date(soonest)} au soir.",
            why_of(quotation.service_validity(soonest)),
            "Lire le devis",
            "#devis",
        )
    return (
        "Commander une option",
        "Vous voyez l’effet sur vos prochaines factures, ligne par ligne, avant de confirmer.",
        Why(),
        "Voir les options",
        "#grille",
    )
