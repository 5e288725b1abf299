"""The letters of notice (dénonciation, CGV art. 9 and 16): the client's to the vendor, and the vendor's to the client.

Each is the registered letter (lettre recommandée avec accusé de réception), ready to print and post. It names the
contract, the day the contract ends and the article; what it says of a late letter is what the rules do.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Literal

from portal.contract.company import in_groups
from portal.contract.french import NBSP, full_date, long_date, typeset
from portal.documents.invoice_facts import Buyer, Seller
from portal.documents.typesetting import Template

_LETTER: Final = Template("notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter:
    """Notice by one party to the other. The contract ends on `last_day`; `limit` is the last day to be in time for
    it, `next_last_day` the end of a notice that comes after. `restitution` is the last day to ask for the data.
    """

    by: Literal["client", "vendor"]
    contract: str
    seller: Seller
    buyer: Buyer
    signatory: str
    dated: date
    in_force_on: date
    limit: date
    last_day: date
    next_last_day: date
    restitution: date


def notice_pdf(letter: NoticeLetter) -> bytes:
    """Return the letter as a tagged PDF: the same facts give the same bytes."""
    client = {
        "name": letter.buyer.name,
        "address": letter.buyer.address.lines,
        "note": f"SIREN {in_groups(letter.buyer.siren)}",
    }
    vendor = {
        "name": letter.seller.name,
        "address": letter.seller.address.lines,
        "note": f"SIREN {in_groups(letter.seller.siren)}",
    }
    is_client = letter.by == "client"
    city = (letter.buyer if is_client else letter.seller).address.city
    return _LETTER.pdf(
        {
            "sender": client if is_client else vendor,
            "recipient": vendor if is_client else client,
            # At the foot stands who sends it.
            "seller": {
                "name": letter.buyer.name if is_client else letter.seller.name,
                "legal": _foot(letter) if is_client else letter.seller.legal_mention,
            },
            "contract": letter.contract,
            "ymd": [letter.dated.year, letter.dated.month, letter.dated.day],
            "place": f"{city}, le{NBSP}{long_date(letter.dated)}",
            "paragraphs": [typeset(one) for one in (_of_client(letter) if is_client else _of_vendor(letter))],
            "signs": letter.signatory if is_client else letter.seller.name,
        },
        at=datetime.combine(letter.dated, time(12), UTC),
    )


def _foot(letter: NoticeLetter) -> str:
    where = ", ".join(letter.buyer.address.lines)
    return f"{letter.buyer.name}, {where}, SIREN {in_groups(letter.buyer.siren)}"


def _of_client(letter: NoticeLetter) -> list[str]:
    return [
        (
            f"Par la présente, nous dénonçons le contrat d’abonnement {letter.contract}, en vigueur depuis le "
            f"{full_date(letter.in_force_on)}, en application des articles 9 et 16 de vos conditions générales de vente."
        ),
        (
            f"Nous ne souhaitons pas qu’il soit reconduit : il prendra fin au terme de la période en cours, le "
            f"{full_date(letter.last_day)} au soir."
        ),
        (
            "Le préavis d’un mois s’apprécie au jour où cette lettre est postée ou déposée, "
            f"au plus tard le {full_date(letter.limit)} pour cette fin. Postée après ce jour, elle vaudrait dénonciation "
            f"pour le {full_date(letter.next_last_day)}."
        ),
        (
            "Nous vous demanderons, s’il y a lieu, la restitution de nos données dans le délai que prévoit le contrat, soit "
            f"jusqu’au {full_date(letter.restitution)} inclus pour cette fin. Merci de nous confirmer par écrit la réception "
            "de cette lettre et la date de fin du contrat."
        ),
    ]


def _of_vendor(letter: NoticeLetter) -> list[str]:
    return [
        (
            f"Par la présente, nous dénonçons le contrat d’abonnement {letter.contract}, en vigueur depuis le "
            f"{full_date(letter.in_force_on)}, en application des articles 9 et 16 de nos conditions générales de vente."
        ),
        (
            f"Le contrat ne sera pas reconduit : il prendra fin au terme de la période en cours, le "
            f"{full_date(letter.last_day)} au soir. Jusque-là, rien ne change : le service vous reste ouvert et vos factures "
            "suivent leur cours."
        ),
        (
            "Le préavis d’un mois s’apprécie au jour où cette lettre vous est présentée pour la première fois, au plus tard le "
            f"{full_date(letter.limit)} pour cette fin. Présentée après ce jour, elle vaudrait dénonciation pour le "
            f"{full_date(letter.next_last_day)}."
        ),
        (
            f"Vous pourrez demander la restitution de vos données jusqu’au {full_date(letter.restitution)} inclus pour cette "
            "fin ; passé ce jour, elles seront détruites."
        ),
    ]
