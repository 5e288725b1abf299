"""A contract and a mandate of an invented company, and their codes."""

from datetime import UTC, date, datetime

from portal.contract.acts import Piece
from portal.documents.dossier_papers import (
    Amount,
    Client,
    Codes,
    Condition,
    ContractPaper,
    MandatePaper,
    OptionLine,
    Signatory,
    TermsAccepted,
    Vendor,
)
from portal.documents.page_codes import PageCode, minted

KEY = b"the key of these tests, thirty-two bytes"
NUMBER = "CT-2026-0042"
AT = datetime(2026, 3, 3, 17, 4, 12, tzinfo=UTC)

VENDOR = Vendor(
    name="Éditions du Cap",
    siren="999000029",
    address=("163 avenue des Exemples", "92000 Nanterre", "France"),
    creditor_id="FR72ZZZ123456",
)
CLIENT = Client(
    legal_name="Ateliers Morvan",
    legal_form="Société par actions simplifiée",
    siren="999000011",
    address=("12 rue des Tanneurs", "29200 Brest", "France"),
    capital="10 000 €",
    rcs_city="Brest",
    vat_number="FR66999000011",
)
SIGNATORY = Signatory(name="Claire Morvan", capacity="présidente")


def amount(excl_vat_cents: int) -> Amount:
    vat_cents = excl_vat_cents // 5
    return Amount(
        excl_vat_cents=excl_vat_cents, vat_cents=vat_cents, incl_vat_cents=excl_vat_cents + vat_cents
    )


CONTRACT = ContractPaper(
    number=NUMBER,
    service="EXANERGY CRM",
    vendor=VENDOR,
    client=CLIENT,
    signatory=SIGNATORY,
    users=7,
    minimum_users=5,
    vat_hundredths=2000,
    user_month=amount(4900),
    month=amount(34300),
    year=amount(411600),
    options=(
        OptionLine(label="Stockage supplémentaire", quantity=2, every="month", amount=amount(3000)),
        OptionLine(label="Service démarrage", quantity=1, every="once", amount=amount(49000)),
    ),
    notice="un mois",
    terms=TermsAccepted(
        title="Conditions générales de vente",
        version="2026-01",
        sha256="0123456789abcdef" * 4,
        accepted_on=date(2026, 2, 1),
    ),
    conditions=(
        Condition(words="Contrat signé, reçu et accepté", met=False),
        Condition(words="Mandat SEPA signé, reçu et accepté", met=False),
        Condition(words="Extrait K-bis de moins de trois mois, reçu et accepté", met=True),
        Condition(words="Identité validée par le service technique", met=False),
        Condition(words="Premier mois réglé", met=False),
    ),
    first_month=amount(34300),
    first_month_how="Il est prélevé à l’échéance de sa facture, ou réglé plus tôt par virement.",
)

MANDATE = MandatePaper(
    contract=NUMBER,
    reference=f"{NUMBER}-M1",
    vendor=VENDOR,
    client=CLIENT,
    signatory=SIGNATORY,
    holder="Ateliers Morvan SAS",
    iban="FR3299999000010123456789A09",
    bic="EXEMFR2LXXX",
    bank_name="Banque des Exemples",
)


def codes(piece: Piece, *, edition: int = 1, contract: str = NUMBER) -> Codes:
    def minted_for(pages: int) -> list[str]:
        return [minted(PageCode(contract, piece, edition, page, pages), KEY) for page in range(1, pages + 1)]

    return minted_for
