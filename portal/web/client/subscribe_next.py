"""What `/espace/souscrire` says first: where the subscription stands, the one next thing to do, and until when."""

from dataclasses import dataclass, field, replace
from urllib.parse import quote

from portal.contract.acts import Piece
from portal.contract.amounts import gross_total
from portal.contract.calendar import paris_day
from portal.contract.deadlines import deadlines
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import euros, full_date, full_instant, listed, typeset
from portal.contract.state import Examination, Relationship
from portal.contract.subscription import ConditionName, Progress, accepted_terms_are_old, must_accept_terms
from portal.services.dossiers import Dossier, Version, may_change
from portal.services.first_month import FirstMonth, Way, waits_for_its_invoice
from portal.services.paper_facts import WHAT_CHANGES
from portal.services.refusal_reasons import as_read
from portal.services.returning import OVER
from portal.web.components.shapes import Why
from portal.web.presenting import when, why_of, why_of_amount

SUBSCRIBED = (Relationship.ACTIVE, Relationship.ENDED)
_TO_DO, _NOTHING_TO_DO, _FROM_HERE = "À faire maintenant", "Rien à faire pour l’instant", "Et maintenant"
_PAPER_NAMES = {Piece.CONTRACT: "le contrat", Piece.MANDATE: "le mandat SEPA"}
_LIMITS = {
    "trial_end": "Le service reste ouvert",
    "archive_end": "Pour envoyer vos pièces",
    "correction_end": "Pour renvoyer la pièce refusée",
    "destruction": "Avant la destruction de vos données",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next thing to do; `when` says whether it is for now. `other` is a second way, where there is one.

    `fact` is what happened, and when, that makes it the next; `why` is the reason of a date or an amount in `text`.
    """

    when: str = _TO_DO
    title: str = ""
    text: str = ""
    label: str = ""
    href: str = ""
    other_label: str = ""
    other_href: str = ""
    fact: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class Limit:
    """The date that presses, with its reason; `until` is empty where none does, and `said` says why."""

    label: str = ""
    until: str = ""
    why: Why = field(default_factory=Why)
    said: str = ""


def headline(dossier: Dossier) -> tuple[str, str]:
    """Return the title of the page and the sentence under it."""
    match dossier.contract.state.relationship:
        case Relationship.LAPSED:
            title, lead = (
                "Les données de votre essai sont détruites",
                "Votre compte demeure. Vous pouvez souscrire de nouveau, en repartant d’un service vide.",
            )
        case Relationship.ENDED:
            title, lead = (
                "Votre contrat est terminé",
                "Ses pièces et ses dates restent lisibles. Vous pouvez souscrire de nouveau : c’est un autre contrat.",
            )
        case Relationship.ACTIVE:
            title, lead = (
                "Votre contrat est en vigueur",
                "Le service est ouvert. Voici ses dates, chacune avec sa raison.",
            )
        case Relationship.AWAITING_PAYMENT:
            title, lead = (
                "Votre dossier est validé",
                "Il ne manque que le premier mois : dès qu’il est réglé, votre contrat entre en vigueur.",
            )
        case _ if dossier.is_too_late:
            title, lead = (
                "Le délai pour souscrire est passé",
                "Le portail ne reçoit plus vos pièces. Vos données existent encore.",
            )
        case _:
            title, lead = (
                "Souscrire",
                "Cinq conditions ouvrent votre contrat. Arrêtez-vous et reprenez quand vous voulez : chaque étape gardée vous attend.",
            )
    return title, typeset(lead)


def limit_of(dossier: Dossier) -> Limit:
    """Return the next date that strikes the client; what holds it is said in its place."""
    contract = dossier.contract
    found = next((one for one in deadlines(contract.state, contract.at) if one.name in _LIMITS), None)
    if found is not None:
        return Limit(_LIMITS[found.name], f"Jusqu’à la {when(found.at)}", why_of(found.because))
    if contract.state.relationship is Relationship.REFLECTION and contract.hold is not None:
        return Limit(
            "Vos données", said=typeset("Gardées : rien n’est détruit tant que votre dossier est en cours.")
        )
    return Limit()


def step_of(dossier: Dossier) -> int:
    """Return the first step that is not done: company, account, papers and pieces, examination, payment, none."""
    state = dossier.contract.state
    if state.relationship in SUBSCRIBED:
        return 6
    if state.validated_at is not None:
        return 5
    if dossier.facts is None:
        return 1
    if dossier.account is None:
        return 2
    if len(dossier.printings) < 2 and not dossier.versions:  # noqa: PLR2004 -- the contract and the mandate
        return 3
    return 4


def next_step_of(
    dossier: Dossier, first_month: FirstMonth | None, outdated: frozenset[Piece], support_email: str
) -> NextStep:
    """Return the next thing to do: the worst news first, then what is missing, then what we do.

    `outdated` are the papers to sign again (see `papers.outdated_papers`).
    """
    step = _next_step(dossier, first_month, outdated, support_email)
    return replace(step, title=typeset(step.title), text=typeset(step.text))


def must_accept(dossier: Dossier, outdated: frozenset[Piece]) -> bool:
    """Tell whether the terms in force are to be accepted before anything is signed, for the first time or again."""
    state = dossier.contract.state
    signs_again = Piece.CONTRACT in outdated and accepted_terms_are_old(state)
    return (must_accept_terms(state) or signs_again) and not dossier.is_too_late


def _next_step(
    dossier: Dossier, first_month: FirstMonth | None, outdated: frozenset[Piece], support_email: str
) -> NextStep:
    state = dossier.contract.state
    if dossier.is_too_late:
        return NextStep(
            title="Nous écrire aujourd’hui",
            text=(
                "Le dernier jour pour envoyer vos pièces est passé : imprimer ou signer ne sert plus à rien ici. Dites-nous "
                "que vous souhaitez souscrire, rien n’est encore perdu."
            ),
            label="Écrire maintenant",
            href=_letter(dossier, support_email, "Mes données avant destruction"),
        )
    if state.relationship in OVER:
        return NextStep(
            _FROM_HERE,
            "Souscrire de nouveau",
            (
                "Ce qui est détruit ne revient pas, mais rien ne vous empêche de commencer un contrat."
                if state.relationship is Relationship.LAPSED
                else "La fin de votre contrat, ce qui reste dû, la restitution de vos données et le retour sont sur une page."
            ),
            "Souscrire de nouveau",
            "/espace/fin",
            "Écrire à l’assistance",
            _letter(dossier, support_email, "Souscrire de nouveau"),
        )
    if state.acceptance is None:
        return NextStep(
            title="Accepter les conditions générales",
            text="Votre contrat les cite. Vous pouvez souscrire aussitôt, ou commencer par un essai de 30 jours.",
            label="Souscrire sans essai",
            href="#acceptation",
            other_label="Commencer par un essai",
            other_href="/essai/conditions",
        )
    if must_accept(dossier, outdated):
        return NextStep(
            title="Accepter la nouvelle version des conditions générales",
            text="Elle s’applique à qui signe aujourd’hui : votre contrat la citera. Tout le reste est gardé.",
            label="Lire et accepter",
            href="#acceptation",
        )
    if dossier.has_withdrawn_options and may_change(state, Piece.CONTRACT):
        return NextStep(
            title="Revoir vos options",
            text=(
                "Une option que vous aviez choisie n’est plus proposée : le contrat ne peut plus la commander. Modifiez "
                "l’étape 1 et gardez-la, puis imprimez et signez le contrat."
            ),
            label="Aller à l’étape 1",
            href="#etape-1",
        )
    match step_of(dossier):
        case 1:
            return NextStep(
                title="Dire qui souscrit et qui signe",
                text="Trois minutes : l’entreprise, le signataire, le nombre d’utilisateurs.",
                label="Remplir l’étape 1",
                href="#etape-1",
            )
        case 2:
            return NextStep(
                title="Indiquer le compte à prélever",
                text="Votre IBAN suffit : nous en déduisons la banque et le BIC.",
                label="Remplir l’étape 2",
                href="#etape-2",
            )
        case 3:
            return NextStep(
                title="Imprimer et signer le contrat et le mandat",
                text="Ils sont remplis : il ne reste qu’à les signer.",
                label="Aller à l’étape 3",
                href="#etape-3",
            )
        case 4:
            return _with_the_pieces(dossier, outdated)
        case 5:
            return _to_pay(dossier, first_month)
        case _:
            return NextStep(
                _FROM_HERE,
                "Lire votre contrat",
                "Sa durée, ses dates, son prix et ses documents y sont.",
                "Voir mon contrat",
                "/espace/contrat",
            )


def _letter(dossier: Dossier, support_email: str, subject: str) -> str:
    return f"mailto:{support_email}?subject={quote(f'{subject}, {dossier.contract.company.legal_name}')}"


# --- the pieces ----------------------------------------------------------------------------------


def _with_the_pieces(dossier: Dossier, outdated: frozenset[Piece]) -> NextStep:
    current = [one for piece in Piece if (one := dossier.current(piece)) is not None]
    refused = [one for one in current if one.examination is Examination.REFUSED]
    if refused:
        return _refused(refused)
    if outdated:
        return _again(dossier, [piece for piece in Piece if piece in outdated])
    unread = next((one for one in current if one.waits_for_words), None)
    if unread is not None:
        return NextStep(
            title=f"Compléter {PIECE_NAMES[unread.piece]}",
            text=(
                "Il est arrivé, et la date que nous avons lue est fausse, selon vous : indiquez celle qui est imprimée."
                if unread.reading.contested
                else "Il est arrivé, et nous n’avons pas su lire sa date ou son SIREN, ou pas sûrement : indiquez-les."
            ),
            label="Dire ce qui est imprimé",
            href=_card(unread.piece),
        )
    unsigned = next((one for one in current if _seems_unsigned(one)), None)
    if unsigned is not None:
        return NextStep(
            title=f"Vérifier la signature : {PIECE_NAMES[unsigned.piece]}",
            text=(
                "Le cadre de signature nous paraît vide. Envoyez l’exemplaire signé, ou dites-nous que nous avons mal lu."
            ),
            label="Voir ce que nous avons lu",
            href=_card(unsigned.piece),
        )
    missing = [piece for piece in Piece if dossier.current(piece) is None]
    if missing:
        names = listed([PIECE_NAMES[piece] for piece in missing])
        return NextStep(
            title="Envoyer vos pièces" if len(missing) > 1 else f"Envoyer {names}",
            text=f"Il nous manque {names}.",
            label="Aller à l’étape 4",
            href=_card(missing[0]),
        )
    return _examined(dossier)


def _again(dossier: Dossier, outdated: list[Piece]) -> NextStep:
    sent = [piece for piece in outdated if dossier.current(piece) is not None]
    if sent:
        no_more = "ce qui est signé ne les dit plus"
    else:
        no_more = "ce papier ne les dit plus" if len(outdated) == 1 else "ces papiers ne les disent plus"
    return NextStep(
        title=(
            f"Renvoyer {listed([PIECE_NAMES[piece] for piece in sent])}"
            if sent
            else f"Imprimer de nouveau {listed([_PAPER_NAMES[piece] for piece in outdated])}"
        ),
        text=(
            f"{WHAT_CHANGES[outdated[0]]} ont changé depuis l’impression : {no_more}. Téléchargez de nouveau à l’étape 3, "
            "signez et envoyez."
        ),
        label="Aller à l’étape 3",
        href="#etape-3",
    )


def _refused(refused: list[Version]) -> NextStep:
    names = listed([PIECE_NAMES[one.piece] for one in refused])
    first = refused[0]
    alone = len(refused) == 1 and first.examined_at
    return NextStep(
        title=f"Renvoyer {names}",
        fact=f"Refusé le {full_date(paris_day(alone))}." if alone else "",
        text=(
            as_read(first.reason, first.remark)
            if alone
            else "Chacune de ces pièces porte le motif de son refus et le remède."
        ),
        label="Renvoyer cette pièce" if len(refused) == 1 else "Voir les motifs",
        href=_card(first.piece),
    )


def _examined(dossier: Dossier) -> NextStep:
    waiting = any(one.progress is Progress.RECEIVED for one in dossier.conditions)
    identity = next(one for one in dossier.conditions if one.name is ConditionName.IDENTITY)
    text = (
        "Nous avons vos trois pièces. Chaque décision vous est écrite par e-mail."
        if waiting or identity.progress is Progress.MET
        else "Vos trois pièces sont acceptées. Il nous reste à valider l’identité de qui signe."
    )
    return NextStep(_NOTHING_TO_DO, "Nous examinons votre dossier", text, "Revoir vos pièces", "#etape-4")


def _seems_unsigned(version: Version) -> bool:
    return version.examination is Examination.RECEIVED and not version.reading.signed


def _card(piece: Piece) -> str:
    """Return where a piece is on the page: its heading, in `pieces_panel`."""
    return f"#piece-{piece.value}"


# --- the first month -----------------------------------------------------------------------------


def _to_pay(dossier: Dossier, first_month: FirstMonth | None) -> NextStep:
    state = dossier.contract.state
    if first_month is None:
        waits = waits_for_its_invoice(state)
        day = f", le {full_instant(waits.instant)}" if waits else ""
        return NextStep(
            _NOTHING_TO_DO,
            "Le premier mois sera bientôt facturé",
            f"Sa facture vous est envoyée par e-mail{day} : elle dit le montant, la date du prélèvement et où virer.",
            "Voir le premier mois",
            "#etape-5",
            why=why_of(waits) if waits else Why(),
        )
    invoice = first_month.invoice
    gross = gross_total(invoice.net_cents, invoice.gross_cents - invoice.net_cents)
    why = why_of_amount(gross, first_month.collection)
    amount = f"{euros(invoice.gross_cents)} TTC"
    day = full_date(first_month.collection.day)
    if first_month.way is Way.WITH_THE_BANK:
        return NextStep(
            _NOTHING_TO_DO,
            "Votre banque prélève le premier mois",
            f"{amount} : le prélèvement du {day} est remis à votre banque. Attendez sa réponse, nous vous écrirons : un "
            "virement d’ici là serait payé deux fois.",
            "Voir le premier mois",
            "#etape-5",
            why=why,
        )
    return NextStep(
        title="Régler le premier mois",
        text=_HOW_TO_PAY[first_month.way].format(amount=amount, day=day),
        label="Voir le montant et le compte",
        href="#etape-5",
        why=why,
    )


_BY_TRANSFER = "Réglez-les par virement : votre contrat entre en vigueur le jour où nous l’enregistrons."
_HOW_TO_PAY = {
    Way.TO_COME: "{amount}, prélevés le {day}. Vous n’avez rien à faire, ou vous réglez plus tôt par virement.",
    Way.CAME_BACK: "{amount} : votre banque a refusé leur prélèvement. " + _BY_TRANSFER,
    Way.STOPPED: "{amount} : votre mandat ne permet plus de les prélever. " + _BY_TRANSFER,
    Way.MISSED: "{amount}, attendus le {day}, ne nous sont pas parvenus. " + _BY_TRANSFER,
}
