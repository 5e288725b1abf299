"""What people type: read, or said how to mend; nothing typed is lost, nothing secret is kept."""

import pytest

from portal.services.forms import (
    AddressForm,
    CompanyForm,
    FormProblems,
    PersonForm,
    clean,
    kept,
    read,
    read_new_user,
)
from portal.services.named_persons import NewUser

COMPANY = {
    "siren": "732 829 320",
    "legal_name": "Atelier Nord",
    "legal_form": "SAS",
    "street": "14 rue du Port",
    "postcode": "59140",
    "city": "Dunkerque",
}
PERSON = {
    "first_name": "Anne",
    "last_name": "Leroy",
    "email": "anne@atelier.example",
    "password": "trois brouettes",
}


def problems_of(model: type, form: dict[str, object]) -> FormProblems:
    with pytest.raises(FormProblems) as problems:
        read(model, form)
    return problems.value


def test_the_sign_up_asks_for_twelve_things_at_most() -> None:
    ticked_and_confirmed = 2

    assert len(CompanyForm.model_fields) + len(PersonForm.model_fields) + ticked_and_confirmed == 12


def test_a_company_is_read_with_its_siren_in_nine_digits() -> None:
    company = read(CompanyForm, COMPANY)

    assert company.model_dump() == {**COMPANY, "siren": "732829320"}


def test_an_empty_form_says_what_each_field_wants_in_the_order_of_the_page() -> None:
    problems = problems_of(CompanyForm, {})

    assert list(problems.errors) == ["siren", "legal_name", "legal_form", "street", "postcode", "city"]
    assert problems.errors["street"] == "Indiquez le numéro et la voie de votre siège."
    assert problems.kept == dict.fromkeys(CompanyForm.model_fields, "")


@pytest.mark.parametrize(
    ("siren", "said"),
    [
        ("732829321", "sa clé de contrôle est fausse"),
        ("73282932000074", "C’est un SIRET"),
        ("abc", "ne contient que des chiffres"),
        ("", "neuf chiffres, sur votre extrait K-bis"),
    ],
)
def test_a_siren_that_is_wrong_says_how(siren: str, said: str) -> None:
    assert said in problems_of(CompanyForm, {**COMPANY, "siren": siren}).errors["siren"]


@pytest.mark.parametrize("name", ["legal_name", "legal_form", "street", "city"])
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{message} %s ${x}", "🏭 L’Œuvre & Cie", "שלום עולם", "ООО Ромашка"]
)
def test_any_text_is_text(name: str, text: str) -> None:
    assert getattr(read(CompanyForm, {**COMPANY, name: text}), name) == text


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("  Atelier\t\tNord\r\n", "Atelier Nord"),
        ("Atelier\x00 Nord\x1b", "Atelier Nord"),
        ("Atelier \u202egnp.exe", "Atelier gnp.exe"),
        ("\ufeffAtelier", "Atelier"),
        ("Cafe\u0301", "Café"),
        ("a\ud800b", "ab"),
        (12, ""),
        (None, ""),
    ],
)
def test_what_no_one_can_see_is_taken_out(typed: object, read_as: str) -> None:
    assert clean(typed) == read_as


@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_a_name_of_a_hundred_characters_and_no_more(name: str) -> None:
    assert getattr(read(PersonForm, {**PERSON, name: "é" * 100}), name) == "é" * 100

    problems = problems_of(PersonForm, {**PERSON, name: "é" * 101})

    assert problems.errors == {name: problems.errors[name]}
    assert "dépasse 100\u00a0caractères" in problems.errors[name]


def test_ten_thousand_characters_everywhere_are_refused_kindly_and_cut() -> None:
    problems = problems_of(CompanyForm, dict.fromkeys(CompanyForm.model_fields, "x" * 10_000))

    assert list(problems.errors) == list(CompanyForm.model_fields)
    assert {len(text) for text in problems.kept.values()} == {200}


@pytest.mark.parametrize(("typed", "read_as"), [("59140", "59140"), ("59 140", "59140"), ("01000", "01000")])
def test_a_postcode_is_five_digits(typed: str, read_as: str) -> None:
    assert read(CompanyForm, {**COMPANY, "postcode": typed}).postcode == read_as


@pytest.mark.parametrize("typed", ["", "5914", "591400", "5914A", "٥٩١٤٠"])
def test_anything_else_is_not_a_postcode(typed: str) -> None:
    problems = problems_of(CompanyForm, {**COMPANY, "postcode": typed})

    assert problems.errors == {"postcode": "Un code postal compte cinq chiffres, par exemple 75011."}


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("Anne@Atelier.Example", "anne@atelier.example"),
        (" anne+essai@atelier.example ", "anne+essai@atelier.example"),
        ("anne@atelier-étoilé.fr", "anne@xn--atelier-toil-iebe.fr"),
    ],
)
def test_an_address_is_read_as_the_mailbox_it_is(typed: str, read_as: str) -> None:
    assert read(AddressForm, {"email": typed}).email == read_as


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez votre adresse e-mail."),
        ("anne", "Il manque un «\u00a0@\u00a0»"),
        ("anne@atelier", "après «\u00a0@atelier\u00a0»"),
        ("été@atelier.fr", "avec des accents avant le «\u00a0@\u00a0»"),
        ("anne leroy@atelier.fr", "un signe de trop"),
        ("anne@{message}.fr", "un signe de trop"),
        ("a@b@c.fr", "un signe de trop"),
        ("anne@atelier.fr\r\nBcc: x@y.fr", "un signe de trop"),
        ("a" * 250 + "@b.fr", "ne dépasse pas 254"),
        ("anne@[127.0.0.1]", "un signe de trop"),
    ],
)
def test_an_address_that_is_wrong_says_how(typed: str, said: str) -> None:
    assert said in problems_of(AddressForm, {"email": typed}).errors["email"]


def test_a_password_is_taken_as_typed_and_never_kept() -> None:
    assert read(PersonForm, {**PERSON, "password": "  a  b "}).password == "  a  b "

    problems = problems_of(PersonForm, {**PERSON, "email": ""})

    assert problems.kept == {"first_name": "Anne", "last_name": "Leroy", "email": ""}
    assert kept({"current": "x", "code": "y", "jeton": "z", "a": "b"}, ("current", "code", "jeton", "a")) == {
        "a": "b"
    }


def test_an_event_from_the_browser_may_hold_anything() -> None:
    with pytest.raises(FormProblems) as problems:
        read_new_user({"first_name": ["x"], "last_name": {"y": 1}, "email": 3.5, "role": "staff"})

    assert list(problems.value.errors) == ["first_name", "last_name", "email"]
    assert read_new_user(PERSON) == NewUser("Anne", "Leroy", "anne@atelier.example")
