"""Who an invoice is from, by the settings (C. com. R. 123-237; CGI art. 286 ter)."""

import pytest

from portal.documents.invoice_facts import Address
from portal.services.parties import seller_of
from portal.settings import Settings, load


@pytest.fixture
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PORTAL_ENV_FILE", "/nonexistent/.env")


def settings(**changed: object) -> Settings:
    return load(**changed)


@pytest.mark.usefixtures("no_environment")
@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (
            "1 rue du Port, 59140 Dunkerque",
            Address(street=("1 rue du Port",), postcode="59140", city="Dunkerque"),
        ),
        (
            "Immeuble Le Cap , 163 avenue des Exemples,  92000 Nanterre Cedex",
            Address(
                street=("Immeuble Le Cap", "163 avenue des Exemples"), postcode="92000", city="Nanterre Cedex"
            ),
        ),
        ("Quelque part", Address(street=(), postcode="", city="Quelque part")),
    ],
)
def test_the_last_line_of_an_address_has_the_postcode_and_the_city(typed: str, address: Address) -> None:
    assert seller_of(settings(vendor_address=typed)).address == address


@pytest.mark.usefixtures("no_environment")
@pytest.mark.parametrize(
    ("siren", "given", "number"),
    [
        ("732829320", "", "FR44732829320"),
        ("999000011", "", "FR66999000011"),
        ("732829320", "FRK7732829320", "FRK7732829320"),
        ("à saisir", "", ""),
    ],
)
def test_the_vat_number_is_the_one_set_or_follows_from_the_siren(siren: str, given: str, number: str) -> None:
    assert seller_of(settings(vendor_siren=siren, vendor_vat_number=given)).vat_number == number
