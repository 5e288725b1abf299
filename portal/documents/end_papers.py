"""The papers of a contract's end: the certificate of destruction, the letters of an end before its term (CGV art. 12, 14, 16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Literal, assert_never

from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.french import NBSP, full_date, full_instant, long_date, short_date, typeset
from portal.contract.retention import Kept
from portal.documents.invoice_facts import Buyer, Seller
from portal.documents.restitution_index import size_words
from portal.documents.typesetting import Template

_CERTIFICATE: Final = Template("certificate")
_LETTER: Final = Template("early_end")

LetterKind = Literal[
    "demand_insolvency", "termination_insolvency", "notice_force_majeure", "termination_force_majeure"
]
SUBJECTS: Final[dict[LetterKind, str]] = {
    "demand_insolvency": "Mise en demeure de répondre sur la poursuite du contrat",
    "termination_insolvency": "Résiliation de plein droit, procédure collective",
    "notice_force_majeure": "Constat d’un cas de force majeure",
    "termination_force_majeure": "Résiliation de plein droit, force majeure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """One thing that was destroyed; `sha256` is empty, and `size` 0, of what only the CRM held."""

    name: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A destruction: at which instant and why, what the CRM was told and when, what went, what stays."""

    contract: str
    seller: Seller
    buyer: Buyer
    last_day: date
    destroyed_at: datetime
    ordered_at: datetime
    order: str
    because: Because
    destroyed: tuple[Destroyed, ...]
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyEndLetter:
    """A registered letter: `since` is the day from which its condition runs, `until` what it leads to.

    Of a formal demand and an observation, `until` is the last day to answer or to wait; of a termination, the last day
    to ask for the data. `addressee` is the insolvency administrator, or the client itself.
    """

    kind: LetterKind
    contract: str
    seller: Seller
    buyer: Buyer
    addressee: str
    addressee_lines: tuple[str, ...]
    dated: date
    since: date
    until: date


def certificate_pdf(paper: Certificate) -> bytes:
    """Return the certificate (attestation) as a tagged PDF: the same facts give the same bytes."""
    day = paris_day(paper.destroyed_at)
    return _CERTIFICATE.pdf(
        {
            "seller": _seller(paper.seller),
            "buyer": {
                "name": paper.buyer.name,
                "address": paper.buyer.address.lines,
                "siren": in_groups(paper.buyer.siren),
            },
            "contract": paper.contract,
            "ymd": [day.year, day.month, day.day],
            "day": long_date(day),
            "answer": [
                typeset(
                    f"Le {full_instant(paper.destroyed_at)}, heure de Paris, les données du client ont été détruites."
                ),
                "Aucune copie n’en est gardée, et personne ne peut les rétablir.",
            ],
            "facts": [
                ("Contrat", paper.contract),
                ("Dernier jour", short_date(paper.last_day)),
                ("Ordre au CRM", full_instant(paper.ordered_at)),
                ("Référence", paper.order[-24:]),
            ],
            "why": [*paper.because.lines()],
            "destroyed": [_gone(one) for one in paper.destroyed],
            "kept": [_kept(one) for one in paper.kept if one.because and not one.is_gone],
            "mentions": _mentions(paper),
        },
        at=_noon(day),
    )


def _gone(one: Destroyed) -> tuple[str, str, str]:
    return typeset(one.name), size_words(one.size) if one.size else "", one.sha256


def _kept(one: Kept) -> tuple[str, str, str, str]:
    because = one.because
    if because is None:
        raise AssertionError("what is kept is kept until a day")
    return (
        one.title,
        typeset(one.what),
        long_date(because.day),
        f"{typeset(because.rule)} {because.in_short()}",
    )


def _mentions(paper: Certificate) -> list[str]:
    return [
        typeset(
            f"{paper.seller.name} atteste, comme sous-traitant au sens de l’article 28 du RGPD, de la destruction des données "
            "décrites ici. Ce qui est gardé l’est en qualité de responsable, pour la durée que la loi fixe."
        ),
        typeset(f"Une question ? Écrivez à {paper.seller.email}."),
    ]


# --- the letters -----------------------------------------------------------------------------------


def early_end_pdf(letter: EarlyEndLetter) -> bytes:
    """Return the registered letter as a tagged PDF: the same facts give the same bytes."""
    return _LETTER.pdf(
        {
            "seller": _seller(letter.seller),
            "to": {"name": letter.addressee, "address": letter.addressee_lines},
            "contract": letter.contract,
            "subject": typeset(SUBJECTS[letter.kind]),
            "ymd": [letter.dated.year, letter.dated.month, letter.dated.day],
            "place": f"{letter.seller.address.city}, le{NBSP}{long_date(letter.dated)}",
            "paragraphs": [typeset(one) for one in _words(letter)],
        },
        at=_noon(letter.dated),
    )


def _words(letter: EarlyEndLetter) -> Sequence[str]:
    ours = f"contrat {letter.contract} qui nous lie"
    named = f"{ours} à {letter.buyer.name} (SIREN {in_groups(letter.buyer.siren)})"
    ends = (
        f"Le contrat prend fin le {full_date(letter.dated)} et le service est fermé. La restitution des données peut être "
        f"demandée jusqu’au {full_date(letter.until)} inclus ; passé ce jour, elles seront détruites."
    )
    match letter.kind:
        case "demand_insolvency":
            return (
                (
                    f"Une procédure collective est ouverte à l’égard de notre client. Nous vous mettons en demeure, en votre "
                    f"qualité, de nous dire si vous poursuivez le {named}."
                ),
                (
                    f"Sans réponse de votre part dans le mois de cette lettre, soit jusqu’au {full_date(letter.until)} inclus, le "
                    "contrat pourra être résilié de plein droit, en application de l’article 16 de nos conditions générales de "
                    "vente et de l’article L. 622-13 du Code de commerce."
                ),
            )
        case "termination_insolvency":
            return (
                (
                    f"Par la présente, nous constatons la résiliation de plein droit du {named}, en application de "
                    "l’article 16 de nos conditions générales de vente."
                ),
                f"Notre mise en demeure, postée le {full_date(letter.since)}, est restée plus d’un mois sans réponse.",
                ends,
            )
        case "notice_force_majeure":
            return (
                f"Depuis le {full_date(letter.since)}, un cas de force majeure empêche l’exécution du {ours}.",
                (
                    f"Si l’empêchement dure encore au-delà du {full_date(letter.until)}, soit plus de trente jours, chacun de nous "
                    "pourra résilier le contrat de plein droit, en application de l’article 14 de nos conditions générales de vente."
                ),
            )
        case "termination_force_majeure":
            return (
                (
                    f"Par la présente, nous résilions de plein droit le {ours}, en application de l’article 14 de nos "
                    "conditions générales de vente."
                ),
                f"Le cas de force majeure constaté depuis le {full_date(letter.since)} a duré plus de trente jours.",
                ends,
            )
        case _:
            assert_never(letter.kind)


def _seller(seller: Seller) -> dict[str, object]:
    return {
        "name": seller.name,
        "address": seller.address.lines,
        "siren": in_groups(seller.siren),
        "email": seller.email,
        "legal": seller.legal_mention,
    }


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
