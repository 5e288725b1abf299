"""`/`: what the service is, what a trial gives, how it goes with its real dates, what it costs, the way in."""

from typing import Any

import reflex as rx

from portal.contract.french import NBSP, count, euros, typeset
from portal.contract.trial import REFLECTION_DAYS, TRIAL_DAYS, TRIAL_USERS
from portal.web.components.anchors import button_link, link
from portal.web.components.figures import ledger, ledger_line, ledger_total
from portal.web.components.frame import Area, frame
from portal.web.components.timeline import timeline
from portal.web.public.landing_state import LandingState
from portal.web.public.prices import PriceLine

_BEGIN = "Commencer l’essai gratuit"


def landing_page() -> rx.Component:
    return frame(
        _hero(), _journey(), _screens(), _pledges(), _prices(), _last_word(), area=Area.PUBLIC, here="/"
    )


def _hero() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h1(
                rx.el.span("Trente jours d’essai, ", class_name="whole"),
                rx.el.span("chaque date écrite d’avance", class_name="whole"),
            ),
            rx.el.p(
                typeset(
                    "EXANERGY CRM est un logiciel de gestion de la relation client, en ligne et hébergé en Europe. "
                    "Essayez-le en équipe, gratuitement : vous saurez à tout moment ce qui vient, jusqu’à quand, et pourquoi."
                ),
                class_name="lead hero-lead",
            ),
            rx.el.div(
                button_link(_BEGIN, "/essai"),
                button_link("Se connecter", "/connexion", kind="other"),
                class_name="button-row",
            ),
            rx.el.p(
                "Trois écrans, aucun moyen de paiement. Rien ne commence sans votre accord.",
                class_name="hero-note small soft",
            ),
        ),
        rx.el.div(
            rx.el.h2("L’essai en bref", class_name="hero-ledger-title"),
            ledger(
                ledger_line("Durée de l’essai", count(TRIAL_DAYS, "jour")),
                ledger_line("Utilisateurs, administrateur compris", str(TRIAL_USERS)),
                ledger_line("Délai de réflexion ensuite", count(REFLECTION_DAYS, "jour")),
                ledger_line("À payer", euros(0)),
                label="L’essai en bref",
            ),
            rx.el.p(
                "C’est l’",
                link(f"article{NBSP}5.1 des conditions générales", "/cgv#article-5-1"),
                ".",
                class_name="small soft hero-note",
            ),
            class_name="hero-ledger",
        ),
        class_name="hero",
    )


def _journey() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Si vous commencez aujourd’hui", id="parcours"),
        rx.el.p(
            typeset(
                "Voici tout ce qui se passera, et quand. Les rappels partent d’eux-mêmes ; rien d’autre n’arrive "
                "sans que vous l’ayez demandé."
            ),
            class_name="lead",
        ),
        timeline(
            LandingState.marks,
            "Les dates d’un essai commencé aujourd’hui",
            days=LandingState.days,
            phases=LandingState.phases,
        ),
        class_name="journey",
        aria_labelledby="parcours",
    )


def _chapter(name: str, title: str, *content: Any, aside: str | None = None) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, id=name),
            *([rx.el.p(typeset(aside), class_name="soft chapter-aside")] if aside else []),
        ),
        rx.el.div(*content),
        class_name="chapter",
        aria_labelledby=name,
    )


def _screens() -> rx.Component:
    screens = (
        (
            "Votre entreprise",
            "Le numéro SIREN suffit pour commencer : il est vérifié pendant que vous le tapez.",
        ),
        ("Vous", "Votre nom, votre adresse e-mail, un mot de passe. Un e-mail confirme l’adresse."),
        ("Les conditions", "Vous les lisez, vous cochez, vous confirmez. Une copie vous est envoyée."),
    )
    return _chapter(
        "ecrans",
        "Trois écrans pour commencer",
        rx.el.ol(
            *(
                rx.el.li(rx.el.h3(title), rx.el.p(typeset(text), class_name="soft"))
                for title, text in screens
            ),
            class_name="screens",
        ),
        aside="Interrompez-vous quand vous voulez : ce que vous avez écrit est gardé.",
    )


def _pledges() -> rx.Component:
    pledges = (
        (
            "Chacun sous son nom",
            "Vous inscrivez vos collègues par leur nom et leur adresse e-mail, et vous les remplacez vous-même.",
        ),
        (
            "Quinze jours pour décider",
            "Après l’essai le service est suspendu et vos données sont archivées. Souscrire les rend telles quelles.",
        ),
        (
            "Rien de détruit par surprise",
            "Tant qu’un document que vous avez envoyé n’est pas examiné, rien n’est détruit. Cinq messages vous préviennent.",
        ),
        (
            "Une raison à chaque date",
            "« Pourquoi ? » montre l’article, le point de départ, le compte des jours et le résultat.",
        ),
    )
    return _chapter(
        "essai",
        "Ce que l’essai vous donne",
        rx.el.ul(
            *(
                rx.el.li(rx.el.h3(title), rx.el.p(typeset(text), class_name="soft"))
                for title, text in pledges
            ),
            class_name="pledges",
        ),
    )


def _prices() -> rx.Component:
    prices = LandingState.prices
    return _chapter(
        "tarifs",
        "La grille tarifaire",
        ledger(
            ledger_line("Abonnement, par utilisateur et par mois", prices.user_month),
            ledger_line("Minimum de l’abonnement", prices.minimum),
            rx.foreach(prices.options, _option),
            label="Prix hors taxes",
        ),
        ledger(
            ledger_line("Un mois d’abonnement au minimum, hors taxes", prices.least),
            ledger_total("Toutes taxes comprises", prices.least_incl_vat, prices.least_why),
            label="Le minimum par mois",
        ),
        aside="Prix hors taxes. L’essai ne coûte rien et ne se transforme jamais de lui-même en abonnement.",
    )


def _option(line: rx.vars.ObjectVar[PriceLine]) -> rx.Component:
    return ledger_line(f"{line.label}, {line.unit}", line.price)


def _last_word() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            button_link(_BEGIN, "/essai"),
            link("Lire d’abord les conditions générales", "/cgv"),
            class_name="button-row",
        ),
        class_name="last-word",
        aria_label="Commencer",
    )
