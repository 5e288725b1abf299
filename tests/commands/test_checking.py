"""`portal check`: what is set, what is on its default, what is unsafe, and a wrong setting by its name."""

from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.documents.signing import CAMILLE, pem

SAFE = {
    "PORTAL_ORIGINS": "https://portail.exemple.fr",
    "PORTAL_MAIL_HOST": "smtp.exemple.fr",
    "PORTAL_VENDOR_SIREN": "732829320",
    "PORTAL_VENDOR_CREDITOR_ID": "FR19ZZZ654321",
    "PORTAL_VENDOR_IBAN": "FR1420041010050500013M02606",
    "PORTAL_VENDOR_LEGAL_FORM": "SA",
    "PORTAL_VENDOR_CAPITAL": "80 000 €",
    "PORTAL_VENDOR_RCS_CITY": "Rennes",
}


def test_what_is_unsafe_for_production_is_listed(terminal: Terminal) -> None:
    result = terminal("check")
    assert result.exit_code == 1
    unsafe = [line.split("  ")[0] for line in result.stdout.splitlines() if "à corriger" in line]
    assert unsafe == ["Adresse", "E-mails", *["Prestataire"] * 4]


def test_a_portal_that_is_set_up_passes(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    assert "à corriger" not in terminal.done("check")


@pytest.mark.parametrize(
    ("name", "value", "subject"),
    [
        ("PORTAL_DEMO", "1", "Mode"),
        ("PORTAL_ORIGINS", "http://portail.exemple.fr", "Adresse"),
        ("PORTAL_MAIL_SECURITY", "none", "E-mails"),
        ("PORTAL_MAIL_HOST", "", "E-mails"),
        ("PORTAL_VENDOR_SIREN", "732829321", "Prestataire"),
        ("PORTAL_VENDOR_CREDITOR_ID", "FR72ZZZ123456", "Prestataire"),
        ("PORTAL_VENDOR_CREDITOR_ID", "FR18ZZZ654321", "Prestataire"),
        ("PORTAL_VENDOR_IBAN", "FR7630006000011234567890189", "Prestataire"),
        ("PORTAL_VENDOR_IBAN", "FR1420041010050500013M02607", "Prestataire"),
        ("PORTAL_VENDOR_VAT_NUMBER", "FR00732829320", "Prestataire"),
        ("PORTAL_VENDOR_ADDRESS", "1 rue du Port", "Prestataire"),
    ],
)
def test_each_unsafe_setting_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, subject: str
) -> None:
    for safe, its_value in {**SAFE, name: value}.items():
        monkeypatch.setenv(safe, its_value)
    result = terminal("check")
    assert result.exit_code == 1
    [line] = [line for line in result.stdout.splitlines() if "à corriger" in line]
    assert line.startswith(subject)


def test_an_invoice_must_not_bear_the_capital_of_the_demonstration(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PORTAL_VENDOR_CAPITAL")
    assert "PORTAL_VENDOR_CAPITAL" in terminal("check").stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PORT", "99999"),
        ("PORTAL_DATABASE_URL", "mysql://localhost/portal"),
        ("PORTAL_SECRET_KEY", "too short"),
        ("PORTAL_ORIGINS", "portail.exemple.fr"),
        ("PORTAL_MAIL_SECURITY", "ssl"),
        ("PORTAL_TRUSTED_PROXY_HOPS", "-1"),
        ("PORTAL_DEMO", "perhaps"),
        ("PORTAL_E_INVOICING_FROM", "bientôt"),
        ("PORTAL_SIGNATURE_ROOTS", "authorities.pem"),
        ("PORTAL_SIGNATURE_ROOTS", "/nowhere/authorities.pem"),
        ("PORTAL_SIGNATURE_ROOTS", __file__),
    ],
)
def test_a_wrong_setting_is_named(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert terminal.refused("check").startswith(name)


def test_the_authorities_of_electronic_signatures_are_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def told() -> str:
        lines = terminal("check").stdout.splitlines()
        return next(line for line in lines if line.startswith("Signatures électroniques"))

    assert "par défaut" in told()
    roots = tmp_path / "authorities.pem"
    roots.write_bytes(pem(CAMILLE))
    monkeypatch.setenv("PORTAL_SIGNATURE_ROOTS", str(roots))
    assert str(roots) in told()


def test_a_webhook_without_its_secret_is_refused(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CRM_WEBHOOK_URL", "https://crm.exemple.fr/portail")
    assert "PORTAL_CRM_WEBHOOK_SECRET" in terminal.refused("check")


def test_a_provider_of_letters_without_its_token_is_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_REGISTERED_LETTERS_URL", "https://lettres.exemple.fr")
    assert "PORTAL_REGISTERED_LETTERS_TOKEN" in terminal.refused("check")
    monkeypatch.setenv("PORTAL_REGISTERED_LETTERS_TOKEN", "geheim")
    listed = terminal("check").stdout
    assert "https://lettres.exemple.fr" in listed
    assert "geheim" not in listed


@pytest.mark.parametrize("name", ["PORTAL_SECRET_KEY", "PORTAL_DATABASE_URL"])
def test_what_is_secret_is_not_shown(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "geheim")
    assert "geheim" not in terminal.refused("check")


def test_no_secret_is_shown_by_what_is_set(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        **SAFE,
        "PORTAL_SECRET_KEY": "geheim-" * 6,
        "PORTAL_MAIL_PASSWORD": "geheim",
        "PORTAL_DATABASE_URL": "postgresql+psycopg://portal:geheim@db/portal",
        "PORTAL_FILES_BUCKET": "dossiers",
        "PORTAL_FILES_SECRET_KEY": "geheim",
        "PORTAL_CRM_WEBHOOK_URL": "https://crm.exemple.fr/portail",
        "PORTAL_CRM_WEBHOOK_SECRET": "geheim",
    }.items():
        monkeypatch.setenv(name, value)
    assert "geheim" not in terminal.done("check")


def test_a_demonstrations_folder_is_not_for_production(demonstration: Terminal) -> None:
    result = demonstration("check")
    assert result.exit_code == 1
    assert "est une démonstration" in result.stdout
