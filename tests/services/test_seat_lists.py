"""Users pasted or from a CSV file: all that is wrong is told, line by line."""

import pytest

from portal.services.named_persons import NewUser
from portal.services.seat_lists import LONGEST, MOST_LINES, read_list

FAY = NewUser("Fay", "Morel", "fay.morel@atelier.example")
GUS = NewUser("Gus", "Henry", "gus.henry@atelier.example")


@pytest.mark.parametrize(
    "text",
    [
        "Fay;Morel;fay.morel@atelier.example\nGus;Henry;gus.henry@atelier.example",
        "Fay\tMorel\tFAY.MOREL@atelier.example\r\nGus\tHenry\tgus.henry@atelier.example\r\n",
        '"Fay","Morel","fay.morel@atelier.example"\nGus , Henry , gus.henry@atelier.example',
        "Fay Morel <fay.morel@atelier.example>,\nGus Henry <gus.henry@atelier.example>",
        "\ufeffPrénom;Nom;E-mail\nFay;Morel;fay.morel@atelier.example\n\nGus;Henry;gus.henry@atelier.example",
        (
            "Courriel;Service;NOM;prenom\nfay.morel@atelier.example;Achats;Morel;Fay\n"
            "gus.henry@atelier.example;Ventes;Henry;Gus"
        ),
    ],
    ids=["semicolons", "tabs", "commas", "as mail programs", "headings", "headings in another order"],
)
def test_a_list_is_read_in_the_forms_it_comes_in(text: str) -> None:
    found = read_list(text, ())
    assert found.users == (FAY, GUS)
    assert found.faults == ()


def test_every_faulty_line_is_told_by_its_number() -> None:
    found = read_list(
        "Fay;Morel;fay.morel@atelier.example\n"
        ";Henry;gus.henry@atelier.example\n"
        "\n"
        "Hugo;Petit;hugo.petit\n"
        "seulement un nom\n"
        "Fay;Morel;Fay.Morel@atelier.example\n"
        "Anne;Leroy;anne@atelier.example\n",
        ["Anne@Atelier.example"],
    )
    assert found.users == (FAY,)
    told = [(one.line, one.problem) for one in found.faults]
    assert [line for line, _ in told] == [2, 4, 5, 6, 7]
    assert told[0][1] == "Indiquez le prénom."
    assert "@" in told[1][1]
    assert told[2][1].startswith("Indiquez le nom.")
    assert told[3][1] == "Cette adresse est déjà à la ligne 1."
    assert told[4][1] == "Cette personne est déjà inscrite."


def test_a_quotation_mark_that_is_never_closed_is_a_fault_of_its_line() -> None:
    found = read_list('"Fay;Morel;fay.morel@atelier.example\nGus;Henry;gus.henry@atelier.example', ())
    assert found.users == (FAY, GUS)


def test_a_list_too_long_is_not_half_taken() -> None:
    lines = "\n".join(f"Fay;Morel;fay{n}@atelier.example" for n in range(MOST_LINES + 1))
    for text in (lines, "x" * (LONGEST + 1)):
        found = read_list(text, ())
        assert found.users == ()
        (fault,) = found.faults
        assert "trop longue" in fault.problem


def test_nothing_is_nothing() -> None:
    assert read_list(" \n\n", ()).users == read_list("Prénom;Nom;E-mail", ()).users == ()
