"""`/espace/utilisateurs`: who uses the service, what each costs, and every change with its effect before it is made."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.effect_dialog import effect_dialog
from portal.web.client.person_fields import person_fields
from portal.web.client.seats_state import SeatsState
from portal.web.components.anchors import button, plain_link
from portal.web.components.badge import badge
from portal.web.components.fields import long_field
from portal.web.components.figures import amount, date, fact
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem, warning
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.timeline import next_dates
from portal.web.components.why import OF_AMOUNT, why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
SEATS: Any = SeatsState
VIEW: Any = SEATS.view
USERS = (
    Column("Personne"),
    Column("Depuis le"),
    Column("État"),
    Column("Coûte ce mois-ci", figures=True),
    Column("Un retrait économise"),
    Column("Changer"),
)
FAULTS = (Column("Ligne"), Column("Ce qui est écrit"), Column("À corriger"))


def seats_page() -> rx.Component:
    return frame(
        rx.cond(SEATS.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/utilisateurs",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.company, class_name="eyebrow"),
            rx.el.h1("Qui utilise EXANERGY CRM"),
            class_name="page-head",
        ),
        problem(SEATS.problem, SEATS.whys),
        notice(SEATS.said),
        next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
        next_step(
            VIEW.step_title,
            VIEW.step_text,
            rx.cond(
                VIEW.closed == "",
                plain_link("Ajouter une personne", "#ajouter", class_name="button button-main"),
            ),
            aside=rx.cond(
                VIEW.next_invoice != "",
                rx.fragment(
                    rx.el.p("Votre prochaine facture", class_name="soft"),
                    rx.el.p(VIEW.next_invoice, class_name="amount seats-next"),
                    rx.el.p(why(VIEW.next_invoice_why, "de la prochaine facture", question=OF_AMOUNT)),
                    rx.el.p(VIEW.next_invoice_said, class_name="soft"),
                ),
            ),
        ),
        _places(),
        rx.cond(VIEW.undo.length() > 0, _undo()),
        _users(),
        rx.cond(VIEW.closed == "", _add()),
        effect_dialog(SEATS),
    )


def _places() -> rx.Component:
    """The minimum, always in sight: one mark a place, and what the places cost."""
    return rx.el.section(
        rx.el.h2("Les places", id="places"),
        rx.el.ul(
            rx.foreach(
                VIEW.marks,
                lambda kind: rx.el.li(class_name=rx.Var.create("seat-mark seat-mark-") + kind.to(str)),
            ),
            class_name="seat-marks",
            aria_hidden="true",
        ),
        rx.el.dl(
            _figure("Personnes inscrites", VIEW.named),
            _figure(rx.cond(VIEW.is_trial, "Au plus pendant l’essai", "Minimum du contrat"), VIEW.minimum),
            _figure(rx.cond(VIEW.is_trial, "Places libres", "Places payées et libres"), VIEW.unused),
            class_name="seat-figures",
        ),
        rx.cond(
            VIEW.cost != "",
            rx.el.p(
                "Chaque personne inscrite coûte ",
                rx.el.strong(VIEW.cost, class_name="amount"),
                " hors taxes ce mois-ci. ",
                why(VIEW.cost_why, "sur ce prix"),
            ),
        ),
        rx.cond(
            VIEW.saves_said != "",
            rx.el.p(VIEW.saves_said, " ", why(VIEW.saves_why, "sur cette date")),
        ),
        aria_labelledby="places",
    )


def _figure(what: Any, figure: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(what), rx.el.dd(figure), class_name="seat-figure")


def _undo() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Depuis la dernière facture", id="annuler"),
        rx.el.p(
            typeset(
                "Chaque changement peut être annulé jusqu’à l’émission de la prochaine ; vous voyez d’abord ce que cela change."
            ),
            class_name="soft",
        ),
        rx.el.ul(
            rx.foreach(
                VIEW.undo,
                lambda one: rx.el.li(
                    rx.el.span(fact(one.said)),
                    button(
                        rx.fragment("Annuler", rx.el.span(" ", fact(one.said), class_name="unseen")),
                        kind="other",
                        on_click=SEATS.ask(one.deed, one.person_id),
                    ),
                    class_name="paper",
                ),
            ),
            class_name="papers",
        ),
        aria_labelledby="annuler",
    )


def _users() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les utilisateurs", id="utilisateurs"),
        table("Utilisateurs inscrits", USERS, rx.foreach(VIEW.seats, _user)),
        aria_labelledby="utilisateurs",
    )


def _user(one: Any) -> rx.Component:
    return row(
        USERS,
        rx.fragment(
            rx.el.span(one.name, class_name="seat-name"),
            rx.el.span(one.email, class_name="soft seat-email"),
        ),
        fact(one.since),
        badge(one.state, one.tone),
        rx.cond(
            VIEW.is_trial,
            "gratuit",
            rx.cond(VIEW.cost != "", amount(VIEW.cost, VIEW.cost_why), "—"),
        ),
        rx.cond((VIEW.saves == "") | one.is_alone, "rien", date(VIEW.saves, reason=VIEW.saves_why)),
        rx.cond(VIEW.may_suspend, _changes(one)),
    )


def _changes(one: Any) -> rx.Component:
    """What the rules would let be done with someone; the rest is not offered, and said above."""
    return rx.el.details(
        rx.el.summary("Modifier", rx.el.span(" ", one.name, class_name="unseen"), class_name="seat-change"),
        rx.el.div(
            rx.cond(
                one.is_alone,
                rx.el.p(
                    typeset("Seul administrateur : désignez-en un autre pour pouvoir le remplacer."),
                    class_name="soft",
                ),
                rx.fragment(
                    rx.cond(VIEW.closed == "", _do("Remplacer", SEATS.replace(one.person_id))),
                    rx.cond(
                        one.is_suspended,
                        _do("Rétablir l’accès", SEATS.ask("restore", one.person_id)),
                        _do("Suspendre l’accès", SEATS.ask("suspend", one.person_id)),
                    ),
                    rx.cond(VIEW.may_remove, _do("Retirer", SEATS.ask("remove", one.person_id))),
                ),
            ),
            rx.cond(
                one.is_admin,
                rx.cond(
                    one.is_alone, None, _do("Retirer l’administration", SEATS.ask("relieve", one.person_id))
                ),
                rx.cond(
                    one.is_suspended,
                    None,
                    _do("Désigner administrateur", SEATS.ask("name", one.person_id)),
                ),
            ),
            rx.cond(one.is_not_in_yet, _do("Renvoyer l’invitation", SEATS.invite_again(one.person_id))),
            class_name="seat-changes",
        ),
        class_name="seat-menu",
    )


def _do(label: str, event: Any) -> rx.Component:
    return button(label, kind="plain", on_click=event)


def _add() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.cond(
                SEATS.replacing != "",
                rx.Var.create("Remplacer ") + SEATS.replaced_name,
                "Ajouter une personne",
            ),
            id="ajouter",
        ),
        rx.cond(
            SEATS.replacing != "",
            rx.el.p(
                "Indiquez qui prend sa place. ",
                button("Ne remplacer personne", kind="plain", on_click=SEATS.replace_nobody),
            ),
        ),
        rx.el.form(
            person_fields(SEATS),
            button("Voir l’effet", type="submit"),
            on_submit=SEATS.add_one,
            no_validate=True,
            method="post",
            class_name="stack",
            key=rx.Var.create("one-") + SEATS.form_key.to_string(),
        ),
        rx.cond(SEATS.replacing == "", _many()),
        aria_labelledby="ajouter",
    )


def _many() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Ajouter plusieurs personnes à la fois", class_name="seat-many"),
        rx.el.form(
            long_field(
                "list",
                "Une personne par ligne",
                kept=SEATS.listed,
                hint=typeset(
                    "Prénom ; Nom ; e-mail. Collez depuis un tableur, ou choisissez un fichier CSV. Rien n’est inscrit "
                    "avant que vous ayez vu l’effet et confirmé."
                ),
                rows=6,
                spell_check=False,
            ),
            rx.el.label(
                "Choisir un fichier CSV",
                rx.el.input(
                    type="file",
                    accept=".csv,.txt,text/csv,text/plain",
                    custom_attrs={"data-reads-into": "list"},
                    class_name="input file-input",
                ),
                class_name="seat-file-label",
            ),
            button("Lire la liste", type="submit", kind="other"),
            on_submit=SEATS.read_many,
            no_validate=True,
            method="post",
            class_name="stack",
            key=rx.Var.create("many-") + SEATS.form_key.to_string(),
        ),
        rx.cond(SEATS.faults.length() > 0, _faults()),
        class_name="seat-list",
        open=SEATS.listed != "",
    )


def _faults() -> rx.Component:
    return rx.el.div(
        warning(
            typeset("Des lignes ne peuvent pas être lues. Corrigez-les ci-dessus : rien n’a été inscrit.")
        ),
        table(
            "Lignes à corriger",
            FAULTS,
            rx.foreach(SEATS.faults, lambda one: row(FAULTS, one.line, one.text, one.problem)),
        ),
        rx.cond(
            SEATS.good_lines > 0,
            button(
                rx.Var.create("Continuer avec les lignes justes (") + SEATS.good_lines.to_string() + ")",
                kind="other",
                on_click=SEATS.add_good_lines,
            ),
        ),
        class_name="stack",
    )
