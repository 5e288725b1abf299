"""What `/espace/changements` says: each change announced, old beside new on the client's own numbers, what can be done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.changes import refusal_end
from portal.contract.french import count, euros, full_date, full_instant, long_month, typeset
from portal.contract.preview import Document
from portal.contract.quotation import invoiced_users
from portal.contract.state import Relationship, State
from portal.contract.story import DEADLINE_TITLES
from portal.contract.term import change_last_day
from portal.contract.year_ahead import YearPair, gross_of
from portal.documents.terms_changes import ChangeKind
from portal.services.own_changes import AcceptedVersion, Coming, Decision, OwnChanges
from portal.web.client.effect_view import signed
from portal.web.client.seats_words import Question
from portal.web.client.sheet_view import kind_and_month
from portal.web.client.space_view import next_dates_of, remaining
from portal.web.components.shapes import Figure, Mark, Pair, Why
from portal.web.presenting import unbroken, when, why_of, why_of_amount
from portal.web.public.terms_view import ChangeView, change_view

_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """A change announced; `what` is price or terms. `facts` are its dates and amounts, each with its reason."""

    what: str = ""
    title: str = ""
    state: str = ""
    tone: str = "soon"
    announced: str = ""
    facts: list[Figure] = field(default_factory=list)
    nothing_done: str = ""
    if_refused: str = ""
    refused: bool = False
    pairs: list[Pair] = field(default_factory=list)
    says: str = ""
    total_before: str = ""
    total_after: str = ""
    total_difference: str = ""
    why_before: Why = field(default_factory=Why)
    why_after: Why = field(default_factory=Why)
    why_difference: Why = field(default_factory=Why)
    articles: list[ChangeView] = field(default_factory=list)
    articles_said: str = ""
    for_you: str = ""
    read_href: str = ""
    pdf_href: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A version of the terms that binds, or bound, the contract: how it came to, and the hash of its exact text."""

    version: str = ""
    how: str = ""
    when: str = ""
    sha256: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """The page; without `cards` nothing is announced."""

    company: str = ""
    headline: str = ""
    lead: str = ""
    step_when: str = "À faire maintenant"
    step_title: str = ""
    step_text: str = ""
    step_label: str = ""
    step_href: str = ""
    now_iso: str = ""
    until_iso: str = ""
    until_text: str = ""
    next_marks: list[Mark] = field(default_factory=list)
    cards: list[ChangeCard] = field(default_factory=list)
    accepted: list[AcceptedRow] = field(default_factory=list)


def changes_view(found: OwnChanges) -> ChangesView:
    contract, coming = found.contract, found.coming
    first = coming[0] if coming else None
    headline, lead = _headline(contract.state, coming)
    title, text, label, href = _step(coming)
    return ChangesView(
        company=contract.company.legal_name,
        headline=typeset(headline),
        lead=typeset(lead),
        step_when="À faire maintenant" if first else "Rien à faire pour l’instant",
        step_title=typeset(title),
        step_text=typeset(text),
        step_label=label,
        step_href=href,
        now_iso=contract.at.isoformat(),
        until_iso=first.refusal.instant.isoformat() if first else "",
        until_text=remaining(first.refusal.instant - contract.at) if first else "",
        next_marks=next_dates_of(contract),
        cards=[change_card(one, contract.state) for one in coming],
        accepted=[accepted_row(one) for one in found.accepted],
    )


def _headline(state: State, coming: Iterable[Coming]) -> tuple[str, str]:
    announced = list(coming)
    if refused := next((one for one in announced if one.change.refused), None):
        return (
            "Vous avez refusé un changement",
            f"Votre contrat n’est pas renouvelé : il finit le {full_date(change_last_day(refused.change))}.",
        )
    if announced:
        return (
            "Ce qui change dans votre contrat",
            (
                f"{count(len(announced), 'changement est annoncé', 'changements sont annoncés')}. Comparez sur vos propres "
                "chiffres, puis décidez."
            ),
        )
    if state.relationship is Relationship.ACTIVE:
        return (
            "Aucun changement n’est annoncé",
            "Votre prix et vos conditions restent ceux d’aujourd’hui. Un changement vous serait écrit, et se lirait ici.",
        )
    return (
        "Aucun changement n’est annoncé",
        "Un changement s’annonce aux contrats en vigueur, avant de s’y appliquer.",
    )


def _step(coming: tuple[Coming, ...]) -> tuple[str, str, str, str]:
    if not coming:
        return (
            "Votre contrat reste tel qu’il est",
            "Vos dates et vos montants sont dans votre espace.",
            "Mon espace",
            "/espace",
        )
    first = coming[0]
    last_day = full_date(change_last_day(first.change))
    anchor = f"#{first.change.what}"
    if first.change.refused:
        return (
            f"Revenir sur votre refus, jusqu’au {last_day}",
            "Sans nouvelle décision de votre part, le contrat finit à la fin de ce jour.",
            "Revoir ma décision",
            anchor,
        )
    return (
        f"Comparer, puis décider avant la fin du {last_day}",
        "Si vous ne faites rien, le contrat est renouvelé et le changement s’y applique.",
        "Comparer",
        anchor,
    )


# --- a change --------------------------------------------------------------------------------------


def change_card(one: Coming, state: State) -> ChangeCard:
    change, is_price = one.change, one.change.what == "price"
    last_day, day = full_date(change_last_day(change)), full_date(change.applies_from)
    year = one.year
    title = (
        f"Nouveau prix : {euros(change.user_month_cents or 0)} HT par utilisateur et par mois"
        if is_price
        else f"Nouvelles conditions générales : version {unbroken(change.version or '')}"
    )
    pairs = list(month_pairs(year)) if is_price else []
    changed = [view for view in map(change_view, one.articles) if view.kind != ChangeKind.UNCHANGED.value]
    return ChangeCard(
        what=change.what,
        title=typeset(title),
        state="refusé" if change.refused else "annoncé",
        tone="late" if change.refused else "soon",
        announced=typeset(f"Annoncé le {full_instant(one.announced_at)}."),
        facts=list(_facts(one, state)),
        nothing_done=typeset(
            f"Le contrat finit le {last_day}, car vous avez refusé ce changement."
            if change.refused
            else f"Le {day}, votre contrat est renouvelé pour un an"
            + (" au nouveau prix." if is_price else " sous la nouvelle version.")
        ),
        if_refused=typeset(
            f"Jusqu’à la fin du {last_day}, vous pouvez retirer ce refus : le contrat continue alors."
            if change.refused
            else f"Vous pouvez refuser jusqu’à la fin du {last_day}, et revenir sur ce refus jusqu’au même instant. Le "
            f"contrat va alors à son terme, aux conditions d’aujourd’hui, et finit ce jour-là."
        ),
        refused=change.refused,
        pairs=pairs,
        says=typeset(_year_says(year)) if is_price else "",
        total_before=euros(year.before.cents),
        total_after=euros(year.after.cents),
        total_difference=signed(year.difference.cents),
        why_before=why_of_amount(year.before),
        why_after=why_of_amount(year.after),
        why_difference=why_of_amount(year.difference),
        articles=changed,
        articles_said=typeset(_articles_say(len(changed), len(one.articles) - len(changed))),
        for_you="" if is_price else typeset(_terms_say(one)),
        read_href=f"/cgv/comparer?de={one.old.version}&a={one.new.version}" if one.old and one.new else "",
        pdf_href=f"/cgv/{one.new.version}.pdf" if one.new else "",
    )


def _facts(one: Coming, state: State) -> Iterator[Figure]:
    if one.change.what == "price":
        first = one.year.months[0]
        users = invoiced_users(state.offer.grid, len(state.users))
        for label, price in (
            ("Prix d’aujourd’hui", one.year.price_before),
            ("Nouveau prix", one.year.price_after),
        ):
            yield Figure(
                label, f"{euros(price.cents)} HT", "par utilisateur et par mois", why_of_amount(price)
            )
        yield Figure(
            typeset(f"Votre mois, {count(users, 'utilisateur facturé', 'utilisateurs facturés')}"),
            typeset(f"{euros(first.after.cents)} TTC"),
            typeset(f"au lieu de {euros(first.before.cents)}"),
            why_of_amount(first.after),
        )
    yield Figure("S’applique à partir du", full_date(one.change.applies_from), "", why_of(one.applies))
    yield Figure("Dernier instant pour refuser", when(one.refusal.instant), "", why_of(one.refusal))


def month_pairs(year: YearPair) -> Iterator[Pair]:
    """Yield the twelve months, each amount with the sum that gives it."""
    amounts = [cents for one in year.months for cents in (one.before.cents, one.after.cents)]
    tallest = max([*amounts, 1])
    named = {0, len(year.months) - 1}
    for place, one in enumerate(year.months):
        short = _SHORT[int(one.month[5:]) - 1]
        difference = one.difference.cents
        yield Pair(
            key=one.month,
            month=long_month(one.month),
            short=short,
            initial=short[0].upper(),
            before=euros(one.before.cents),
            after=euros(one.after.cents),
            difference=signed(difference) if difference else "",
            x=round((place + 0.5) / len(year.months) * 100, 3),
            before_height=round(max(one.before.cents, 0) / tallest * 100, 2),
            after_height=round(max(one.after.cents, 0) / tallest * 100, 2),
            is_named=place in named,
            why_before=why_of_amount(one.before),
            why_after=why_of_amount(one.after),
            why_difference=why_of_amount(one.difference),
        )


def _year_says(year: YearPair) -> str:
    first, last = long_month(year.months[0].month), long_month(year.months[-1].month)
    difference = year.difference.cents
    verb = "de plus" if difference > 0 else "de moins"
    return (
        (
            f"De {first} à {last}, avec les utilisateurs et les options d’aujourd’hui : {euros(year.after.cents)} TTC au "
            f"nouveau prix, au lieu de {euros(year.before.cents)}, soit {euros(abs(difference))} {verb} sur l’année."
        )
        .replace("De a", "D’a")
        .replace("De o", "D’o")
    )


def _articles_say(changed: int, same: int) -> str:
    if not changed:
        return "Aucun mot d’aucun article ne change."
    rest = f" ; {count(same, 'article est inchangé', 'articles sont inchangés')}" if same else ""
    return f"{count(changed, 'article change', 'articles changent')}{rest}."


def _terms_say(one: Coming) -> str:
    """Say what new terms move in this contract: the rules were asked, with them and without."""
    if one.moves:
        moved = ", ".join(DEADLINE_TITLES[name].lower() for name in one.moves if name in DEADLINE_TITLES)
        return f"Dans votre contrat, ces dates changent : {moved}."
    same = all(pair.before.cents == pair.after.cents for pair in one.year.months)
    if same:
        return (
            "Dans votre contrat, aucune date et aucun montant ne bougent : la fin de la période, le préavis, les "
            "factures et leurs échéances restent ceux d’aujourd’hui."
        )
    return "Dans votre contrat, aucune date ne bouge."


def accepted_row(one: AcceptedVersion) -> AcceptedRow:
    if one.by_renewal:
        announced = f", annoncée le {full_date(paris_day(one.announced_at))}" if one.announced_at else ""
        how = f"Par le renouvellement du contrat{announced} et non refusée : sans acte d’une personne."
    else:
        how = "Lue, cochée et confirmée par une personne de votre entreprise."
    return AcceptedRow(
        version=one.version,
        how=typeset(how),
        when=full_instant(one.at) if not one.by_renewal else when(one.at),
        sha256=one.sha256,
        href=f"/cgv?version={one.version}",
    )


# --- the decision ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What is shown before confirming: the sentence, the end with its reason, the last documents."""

    summary: str = ""
    ends: str = ""
    why: Why = field(default_factory=Why)
    last: list[Figure] = field(default_factory=list)


def decision_view(decision: Decision) -> DecisionView:
    day = full_date(decision.change.applies_from)
    if decision.ends is None:
        return DecisionView(
            summary=typeset(
                f"Le contrat continue : il est renouvelé le {day}, et le changement s’y applique."
            ),
            why=why_of(refusal_end(decision.change)),
        )
    return DecisionView(
        summary=typeset(
            "Jusque-là rien ne change : ni prix, ni conditions, ni accès. Le service ferme à la fin de ce jour, et vos "
            "données peuvent vous être restituées."
        ),
        ends=full_date(decision.ends.day),
        why=why_of(decision.ends),
        last=[_last(one, because) for one, because in decision.last],
    )


def _last(document: Document, issued: Because) -> Figure:
    sign = "à vous rendre, " if isinstance(document, e.CreditNoteIssued) else ""
    return Figure(
        kind_and_month(document) if document.number else "",
        euros(document.gross_cents),
        typeset(f"TTC, {sign}émise le {full_date(paris_day(document.at))}"),
        why_of_amount(gross_of([document]), issued),
    )


def question_of(decision: Decision, *, refuses: bool) -> Question:
    what = "le nouveau prix" if decision.change.what == "price" else "les nouvelles conditions"
    if refuses:
        return Question(
            name=what,
            title=typeset(f"Refuser {what}"),
            text=typeset(
                f"Votre contrat ne sera pas renouvelé. Vous pourrez revenir sur ce refus jusqu’à la fin du "
                f"{full_date(change_last_day(decision.change))}."
            ),
            consent="Oui, je refuse au nom de l’entreprise et le contrat finit à son terme",
            label="Refuser ce changement",
            is_grave=True,
        )
    return Question(
        name=what,
        title="Retirer votre refus",
        text=typeset("Votre contrat sera renouvelé, avec ce changement."),
        consent="Oui, je retire le refus au nom de l’entreprise",
        label="Retirer le refus",
    )
