"""`portal replay`: the shape that other tools read, the story in French, and what a wrong file is told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.contract.narrative import to_text
from portal.contract.replay import Replay, replay, to_json
from portal.contract.scenario import ScenarioError, read_scenario
from tests.contract.specification import jour, le

SCENARIOS = Path(__file__).parent / "scenarios"
NB = "\u00a0"

# The names that the contract of `portal replay` promises, for the acts of the trial.
RELATIONSHIPS = {"prospect", "trial", "reflection", "lapsed"}
SERVICES = {"none", "open", "suspended", "closed"}
DATA = {"none", "live", "archived", "destroyed"}
DEADLINES = {"trial_end", "archive_end", "destruction", "correction_end"}


def played(name: str) -> Replay:
    return replay(read_scenario((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")))


def in_json(name: str) -> dict[str, Any]:
    """What a tool reads: through JSON, so that only what JSON can say is compared."""
    result: dict[str, Any] = json.loads(json.dumps(to_json(played(name))))
    return result


def scenario(*acts: str, until: str = '"2026-04-01T00:00"', more: str = "") -> str:
    """A file with these acts, each the lines of one `[[act]]` after its instant."""
    start = '[[act]]\nat = "2026-01-31T10:00"\n'
    return f'title = "Essai"\nuntil = {until}\n{more}\n' + "\n".join(start + act for act in acts)


CREATE = 'do = "create_account"\ncompany = "Atelier"\nsiren = "732829320"\nadmin = "a@b.example"'


# --- the shape ---------------------------------------------------------------------------------------------


def test_a_trial_left_to_lapse() -> None:
    result = in_json("lapse")
    assert list(result) == ["state", "timeline", "refused", "deadlines", "invoices", "dues"]
    assert result["state"] == {"relationship": "lapsed", "service": "closed", "data": "destroyed"}
    assert result["timeline"] == [
        {
            "at": "2026-01-31T10:00:00+01:00",
            "event": "account_created",
            "clause": "2",
            "siren": "732829320",
            "admin": "anne@atelier-nord.example",
        },
        {
            "at": "2026-01-31T10:05:00+01:00",
            "event": "terms_accepted",
            "clause": "3",
            "version": "2026-01",
            "by": "anne@atelier-nord.example",
            "evidence": "",
        },
        {"at": "2026-01-31T10:10:00+01:00", "event": "trial_started", "clause": "5.1"},
        {"at": "2026-01-31T10:10:00+01:00", "event": "service_opened", "clause": "5.1"},
        {
            "at": "2026-01-31T10:10:00+01:00",
            "event": "user_registered",
            "clause": "5.1",
            "user": "anne@atelier-nord.example",
        },
        {
            "at": "2026-01-31T10:10:00+01:00",
            "event": "user_registered",
            "clause": "5.1",
            "user": "bob@atelier-nord.example",
        },
        reminder("2026-02-23T09:00:00+01:00", "trial_end", 7),
        reminder("2026-02-28T09:00:00+01:00", "trial_end", 2),
        {
            "at": "2026-03-03T00:00:00+01:00",
            "event": "service_suspended",
            "clause": "5.1",
            "reason": "trial_ended",
        },
        {"at": "2026-03-03T00:00:00+01:00", "event": "data_archived", "clause": "5.1"},
        reminder("2026-03-10T09:00:00+01:00", "archive_end", 7),
        reminder("2026-03-16T09:00:00+01:00", "archive_end", 1),
        {"at": "2026-03-18T00:00:00+01:00", "event": "service_closed", "clause": "5.1"},
        {"at": "2026-03-18T00:00:00+01:00", "event": "data_destroyed", "clause": "5.1"},
    ]
    assert (result["refused"], result["deadlines"], result["invoices"]) == ([], [], [])
    assert result["dues"] == {
        "invoices_cents": 0,
        "penalties_cents": 0,
        "indemnities_cents": 0,
        "total_cents": 0,
    }


def reminder(at: str, about: str, days: int) -> dict[str, Any]:
    return {"at": at, "event": "reminder_sent", "clause": "5.1", "about": about, "days": days}


def test_a_refused_act_is_recorded_and_the_run_goes_on() -> None:
    result = in_json("sixth_user")
    (refused,) = result["refused"]
    assert list(refused) == ["at", "do", "code", "clause", "message"]
    assert refused["at"] == "2026-01-31T11:00:00+01:00"
    assert (refused["do"], refused["code"], refused["clause"]) == ("register_user", "trial_user_limit", "5.1")
    assert refused["message"].startswith("L’essai gratuit est limité à 5\u00a0utilisateurs")
    assert result["state"] == {"relationship": "trial", "service": "open", "data": "live"}
    assert [one["name"] for one in result["deadlines"]] == ["trial_end", "archive_end", "destruction"]
    first = result["deadlines"][0]
    assert list(first) == ["name", "at", "clause", "because"]
    assert (first["at"], first["clause"]) == ("2026-03-03T00:00:00+01:00", "5.1")
    assert first["because"][0] == f"Article{NB}5.1 des CGV{NB}: l’essai gratuit dure 30{NB}jours calendaires."


def test_every_act_of_the_dossier() -> None:
    result = in_json("dossier")
    assert [(one["at"][:10], one["event"]) for one in result["timeline"][4:]] == [
        ("2026-01-31", "user_registered"),
        ("2026-02-01", "user_registered"),
        ("2026-02-01", "user_removed"),
        ("2026-02-01", "option_ordered"),
        ("2026-02-23", "reminder_sent"),
        ("2026-02-28", "reminder_sent"),
        ("2026-03-03", "service_suspended"),
        ("2026-03-03", "data_archived"),
        ("2026-03-10", "reminder_sent"),
        ("2026-03-16", "reminder_sent"),
        ("2026-03-17", "document_received"),
        ("2026-03-18", "document_received"),
        ("2026-03-20", "document_refused"),
        ("2026-03-20", "document_accepted"),
    ]
    (ordered,) = (one for one in result["timeline"] if one["event"] == "option_ordered")
    assert (ordered["code"], ordered["quantity"]) == ("training", 2)
    received, refused = result["timeline"][15], result["timeline"][16]
    assert (received["piece"], received["dated"], received["signed"]) == ("kbis", "2026-03-01", True)
    assert (refused["piece"], refused["reason"]) == ("mandate", "illegible")
    assert [one["code"] for one in result["refused"]] == ["last_administrator"]
    deadlines = [(one["name"], one["at"]) for one in result["deadlines"]]
    assert deadlines == [
        ("correction_end", "2026-04-10T00:00:00+02:00"),  # 20 March + 20 days, by the scenario's policy
        ("destruction", "2026-04-10T00:00:00+02:00"),
    ]


def test_a_deadline_at_the_very_end_has_not_happened_and_is_still_to_come() -> None:
    acts = (CREATE, 'do = "accept_terms"', 'do = "start_trial"')
    result = to_json(replay(read_scenario(scenario(*acts, until='"2026-03-03T00:00"'))))
    assert result["state"]["relationship"] == "trial"
    assert [one["name"] for one in result["deadlines"]] == ["trial_end", "archive_end", "destruction"]
    result = to_json(replay(read_scenario(scenario(*acts, until='"2026-03-03T00:00:00.000001"'))))
    assert result["state"]["relationship"] == "reflection"
    assert [one["name"] for one in result["deadlines"]] == ["archive_end", "destruction"]


def test_an_act_at_the_instant_of_a_deadline_comes_after_it() -> None:
    acts = [CREATE, 'do = "accept_terms"', 'do = "start_trial"']
    late = '\n[[act]]\nat = "2026-03-03T00:00"\ndo = "register_user"\nuser = "b@x.example"\n'
    result = to_json(replay(read_scenario(scenario(*acts, until='"2026-03-03T00:00"') + late)))
    assert [one["code"] for one in result["refused"]] == ["service_suspended"]
    assert [one["name"] for one in result["deadlines"]] == ["archive_end", "destruction"]


def test_an_account_refused_leaves_nothing_but_refusals() -> None:
    text = scenario(CREATE.replace("732829320", "732829321"), 'do = "accept_terms"')
    result = to_json(replay(read_scenario(text)))
    assert [one["code"] for one in result["refused"]] == ["siren_invalid", "account_missing"]
    assert result["state"] == {"relationship": "prospect", "service": "none", "data": "none"}
    assert (result["timeline"], result["deadlines"]) == ([], [])


@pytest.mark.parametrize("name", ["lapse", "dossier", "sixth_user"])
def test_every_name_is_one_of_the_promised_ones_and_every_instant_has_the_paris_offset(name: str) -> None:
    result = in_json(name)
    assert result["state"]["relationship"] in RELATIONSHIPS
    assert result["state"]["service"] in SERVICES
    assert result["state"]["data"] in DATA
    assert {one["name"] for one in result["deadlines"]} <= DEADLINES
    for one in result["timeline"] + result["refused"] + result["deadlines"]:
        instant = datetime.fromisoformat(one["at"])
        assert one["at"].endswith("+02:00" if instant > le("29/03/2026 02:00:00") else "+01:00")


def test_the_same_file_gives_the_same_result() -> None:
    assert to_json(played("dossier")) == to_json(played("dossier"))


# --- the story ---------------------------------------------------------------------------------------------


def test_the_story_of_a_lapse() -> None:
    story = to_text(played("lapse")).replace(NB, " ")
    lines = story.splitlines()
    assert lines[:2] == ["Trial left to lapse", "═══════════════════"]
    began = lines.index("Samedi 31 janvier 2026")
    assert lines[began + 3] == "  10 h 10  L’essai gratuit commence. [5.1]"
    destroyed = lines.index("Mercredi 18 mars 2026")
    assert "   0 h 00  Les données sont détruites définitivement. [5.1]" in lines[destroyed:]
    assert any(
        line.startswith("      Compté depuis dernier jour de conservation des données (mardi 17 mars 2026) :")
        for line in lines[destroyed:]
    )
    assert (
        lines[-1]
        == "Au mercredi 1er avril 2026 à 0 h 00 : essai sans suite, service fermé, données détruites."
    )
    assert story.endswith("\n")


def test_the_story_tells_refusals_in_their_place_and_what_is_to_come() -> None:
    lines = to_text(played("sixth_user")).replace(NB, " ").splitlines()
    refused = next(n for n, line in enumerate(lines) if "REFUSÉ (trial_user_limit)" in line)
    assert lines[refused] == "  11 h 00  REFUSÉ (trial_user_limit) [5.1]"
    assert lines[refused + 1].startswith("      L’essai gratuit est limité à 5 utilisateurs")
    assert lines[refused + 2] == ""
    assert [lines[n - 1] for n, line in enumerate(lines) if line.startswith("À venir")] == ["", "", ""]
    assert lines[refused + 3] == (
        "Au dimanche 1er février 2026 à 0 h 00 : essai en cours, service ouvert, données en ligne."
    )
    assert "À venir, mardi 3 mars 2026 à 0 h 00 : Fin de l’essai et suspension du service" in lines
    assert "  Article 5.1 des CGV : l’essai gratuit dure 30 jours calendaires." in lines


def test_what_happens_at_one_instant_is_told_in_its_order() -> None:
    story = to_text(played("dossier"))
    assert story.index("Pièce refusée") < story.index("Pièce acceptée")


def test_the_story_before_anything() -> None:
    lines = to_text(replay(read_scenario(scenario()))).replace(NB, " ").splitlines()
    assert lines[-1].endswith(" : pas encore d’essai, aucun service, aucune donnée.")
    assert "service suspendu, données archivées." in to_text(played("dossier")).replace(NB, " ")


# --- reading a file ----------------------------------------------------------------------------------------


def test_a_file_without_acts_offers_the_demonstration_grid() -> None:
    grid = read_scenario(scenario()).offer().grid
    assert (grid.minimum_users, grid.user_month_cents, grid.vat_hundredths) == (5, 4900, 2000)


def test_a_file_may_change_the_grid_and_the_readings() -> None:
    offer = read_scenario((SCENARIOS / "dossier.toml").read_text(encoding="utf-8")).offer()
    assert offer.grid.vat_hundredths == 850
    assert offer.policy.correction_days == 20
    assert offer.terms_version == "2026-01"
    more = "[grid]\nminimum_users = 3\nuser_month_cents = 5900\nvat_percent = 5.55"
    grid = read_scenario(scenario(more=more)).offer().grid
    assert (grid.minimum_users, grid.user_month_cents, grid.vat_hundredths) == (3, 5900, 555)
    assert len(grid.options) == 3


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ('"2026-01-31T10:00"', le("31/01/2026 10:00")),
        ('"2026-07-31T10:00:30"', le("31/07/2026 10:00:30")),
        ("2026-01-31T10:00:00", le("31/01/2026 10:00")),
        ('"2026-01-31T10:00+01:00"', le("31/01/2026 10:00")),
        ('"2026-01-31T09:00Z"', le("31/01/2026 10:00")),
        ("2026-01-31T09:00:00Z", le("31/01/2026 10:00")),
        ('"2026-10-25T02:30"', datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of the two
        ('"2026-10-25T02:30+01:00"', datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),  # the second, named
        ('"2008-01-01T00:00"', le("01/01/2008")),
        ('"2090-12-31T23:59"', le("31/12/2090 23:59")),
    ],
)
def test_an_instant_is_paris_wall_time_unless_it_carries_an_offset(written: str, instant: datetime) -> None:
    until = read_scenario(scenario(until=written)).until
    assert (until, until.tzinfo) == (instant, UTC)


@pytest.mark.parametrize("written", ['"2026-01-15"', "2026-01-15"])
def test_a_date_may_be_written_both_ways(written: str) -> None:
    text = scenario(f'do = "submit"\npiece = "kbis"\ndated = {written}')
    (line,) = read_scenario(text).act
    assert getattr(line, "dated", None) == jour("15/01/2026")


def test_a_scenario_at_the_end_of_the_calendar_still_runs() -> None:
    acts = (CREATE, 'do = "accept_terms"', 'do = "start_trial"')
    text = scenario(*acts, until='"2090-12-31T23:59"', more="[policy]\ncorrection_days = 365")
    text = text.replace("2026-01-31", "2090-12-31")
    assert to_json(replay(read_scenario(text)))["deadlines"]


# --- wrong files: one line, with the act and the field ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{}", "ce n’est pas du TOML (Invalid statement (at line 1, column 1))", id="not TOML"),
        pytest.param("a = " + "1" * 5_000, "ce n’est pas du TOML (Exceeds the limit …", id="a huge number"),
        pytest.param(
            "a = " + "[" * 5_000, "ce n’est pas du TOML (maximum recursion …", id="a bottomless list"
        ),
        pytest.param("", "champ title : champ obligatoire absent", id="empty"),
        pytest.param('title = "x"', "champ until : champ obligatoire absent", id="no end"),
        pytest.param(
            scenario(CREATE, 'do = "settle"'),
            "acte 2 : champ month ou champ everything, l’un des deux et un seul",
            id="a payment of nothing",
        ),
        pytest.param(scenario(more="color = 1"), "champ color : champ inconnu (1)", id="unknown field"),
        pytest.param(scenario(more="act = 3"), "champ act : une liste est attendue (3)", id="acts no list"),
        pytest.param(scenario(more="act = [1]"), "acte 1 : une table est attendue (1)", id="an act no table"),
        pytest.param(
            scenario(CREATE, 'do = "jump"'), "acte 2, champ do : acte inconnu ('jump')", id="unknown act"
        ),
        pytest.param(
            scenario(CREATE, 'user = "a@b"'), "acte 2, champ do : champ obligatoire absent", id="no act"
        ),
        pytest.param(
            scenario("do = 3"), "acte 1, champ do : acte inconnu ('3')", id="an act that is a number"
        ),
        pytest.param(
            scenario(CREATE.replace('company = "Atelier"\n', "")),
            "acte 1, champ company : champ obligatoire absent",
            id="missing field",
        ),
        pytest.param(
            scenario(CREATE, 'do = "refuse"\npiece = "kbis"'),
            "acte 2, champ reason : champ obligatoire absent",
            id="no reason",
        ),
        pytest.param(
            scenario(CREATE + "\nage = 3"),
            "acte 1, champ age : champ inconnu (3)",
            id="unknown field of an act",
        ),
        pytest.param(
            scenario(CREATE.replace('"732829320"', "732829320")),
            "acte 1, champ siren : un texte est attendu (732829320)",
            id="a number for a text",
        ),
        pytest.param(
            scenario(CREATE.replace("a@b.example", "anne")),
            "acte 1, champ admin : forme inattendue ('anne')",
            id="no e-mail",
        ),
        pytest.param(
            scenario(CREATE.replace("a@b.example", "a@" + "b" * 300)),
            "acte 1, champ admin : texte trop long ('a@" + "b" * 57 + ")",
            id="an endless e-mail",
        ),
        pytest.param(
            scenario('do = "start_trial"\nusers = ["a@b.example", "c"]'),
            "acte 1, champ users.1 : forme inattendue ('c')",
            id="one of a list",
        ),
        pytest.param(
            scenario('do = "start_trial"\nusers = "a@b"'),
            "acte 1, champ users : une liste est attendue ('a@b')",
            id="no list",
        ),
        pytest.param(
            scenario('do = "submit"\npiece = "rib"'),
            "acte 1, champ piece : valeur inconnue ('rib')",
            id="unknown piece",
        ),
        *(
            pytest.param(
                scenario(f'do = "submit"\npiece = "kbis"\ndated = {written}'),
                f"acte 1, champ dated : une date est attendue, par exemple 2026-01-15{shown}",
                id=f"dated {written}",
            )
            for written, shown in (
                ('"2026-02-30"', " ('2026-02-30')"),
                ('"hier"', " ('hier')"),
                ("0", " (0)"),
                ('"2026-01-15T10:00"', " ('2026-01-15T10:00')"),
                ("2026-01-15T10:00:00", ""),
            )
        ),
        pytest.param(
            scenario('do = "submit"\npiece = "kbis"\nsigned = "peut-être"'),
            "acte 1, champ signed : true ou false est attendu ('peut-être')",
            id="no boolean",
        ),
        pytest.param(
            scenario('do = "order_option"\ncode = "start"\nquantity = "deux"'),
            "acte 1, champ quantity : un nombre entier est attendu ('deux')",
            id="no integer",
        ),
        pytest.param(
            scenario(f'do = "order_option"\ncode = "start"\nquantity = "{"9" * 5_000}"'),
            "acte 1, champ quantity : valeur refusée ('" + "9" * 59 + ")",
            id="a number that no machine holds",
        ),
        pytest.param(
            scenario('do = "order_option"\ncode = "start"\nquantity = 1.5'),
            "acte 1, champ quantity : un nombre entier est attendu (1.5)",
            id="half an option",
        ),
        *(
            pytest.param(
                scenario(until=written),
                "champ until : une date et une heure sont attendues, par exemple 2026-01-31T10:00" + shown,
                id=f"until {written}",
            )
            for written, shown in (
                ('"2026-13-01T00:00"', " ('2026-13-01T00:00')"),
                ('"demain"', " ('demain')"),
                ("5", " (5)"),
                ("2026-04-01", ""),
                ("true", " (True)"),
            )
        ),
        *(
            pytest.param(
                scenario(until=written),
                f"champ until : l’année doit être de 2008 à 2090 ({written[1:-1]!r})",
                id=f"until {written}",
            )
            for written in (
                '"9999-12-31T23:59"',
                '"0001-01-01T00:00+05:00"',
                '"2091-01-01T00:00"',
                '"2007-12-31T23:59"',
            )
        ),
        pytest.param(
            scenario(CREATE).replace("2026-01-31T10:00", "2026-03-29T02:30"),
            "acte 1, champ at : 29/03/2026 02:30 n’existe pas à Paris (passage à l’heure d’été) "
            "('2026-03-29T02:30')",
            id="the hour that Paris skips",
        ),
        pytest.param(
            scenario(CREATE) + '\n[[act]]\nat = "2026-01-31T09:59"\ndo = "accept_terms"',
            "acte 2 (accept_terms), champ at : les actes doivent se suivre dans l’ordre du temps",
            id="out of order",
        ),
        pytest.param(
            scenario(CREATE, until='"2026-01-31T09:59"'),
            "acte 1 (create_account), champ at : l’acte vient après la fin du scénario (until)",
            id="after the end",
        ),
        pytest.param(
            scenario(more="[grid]\nminimum_users = 0"),
            "champ grid.minimum_users : valeur trop petite (0)",
            id="nobody",
        ),
        pytest.param(
            scenario(more="[grid]\nvat_percent = 101"),
            "champ grid.vat_percent : valeur trop grande (101)",
            id="VAT",
        ),
        pytest.param(
            scenario(more="[grid]\nvat_percent = 5.555"),
            "champ grid.vat_percent : deux décimales au plus (5.555)",
            id="a thousandth",
        ),
        pytest.param(
            scenario(more="[grid]\nvat_percent = nan"),
            "champ grid.vat_percent : un nombre est attendu (nan)",
            id="not a number",
        ),
        pytest.param(
            scenario(more='[grid]\nvat_percent = "x"'),
            "champ grid.vat_percent : un nombre est attendu ('x')",
            id="no number",
        ),
        pytest.param(
            scenario(more="[policy]\nmercy = true"),
            "champ policy.mercy : champ inconnu (True)",
            id="no reading",
        ),
        pytest.param(
            scenario(more="[policy]\ntrial_reminder_days = [0]"),
            "champ policy.trial_reminder_days.0 : valeur trop petite (0)",
            id="a reading out of bounds",
        ),
        pytest.param(
            scenario(more='[legal_rates]\n"2026-3" = 262'),
            "champ legal_rates.2026-3 : forme inattendue ('2026-3')",
            id="no half-year",
        ),
        pytest.param(
            scenario(more='[legal_rates]\n"2026-2" = -1'),
            "champ legal_rates.2026-2 : valeur trop petite (-1)",
            id="a negative rate",
        ),
    ],
)
def test_a_wrong_file_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text)
    told = str(caught.value)
    beginning, more, _ = message.partition(" …")
    assert told.replace(NB, " ") == message or (more and told.replace(NB, " ").startswith(beginning))
    assert "\n" not in told
    assert len(told) < 250
    assert f"{NB}: " in told or "TOML" in told


def test_every_field_of_a_submission_counts() -> None:
    acts = (CREATE, 'do = "accept_terms"', 'do = "start_trial"')
    unsigned = 'do = "submit"\npiece = "contract"\nsigned = false'
    foreign = 'do = "submit"\npiece = "mandate"\nsiren = "552100554"'
    result = to_json(replay(read_scenario(scenario(*acts, unsigned, foreign))))
    assert [one["signed"] for one in result["timeline"] if one["event"] == "document_received"] == [False]
    assert [one["code"] for one in result["refused"]] == ["siren_differs"]


def test_acts_at_the_same_instant_are_in_order() -> None:
    assert len(read_scenario(scenario(CREATE, 'do = "accept_terms"')).act) == 2


def test_a_quote_and_a_credit_note_are_acts_as_any_other() -> None:
    """Of somebody who has no contract yet: both are refused, each by its own name."""
    quote = 'do = "accept_quote"\nquote = "D-2026-0001"\nlabel = "Reprise des données"\nprice_cents = 120000'
    credit = 'do = "issue_credit_note"\ncites = "F-2026-0001"\nnet_cents = 2000\nlabel = "Geste commercial"'
    result = to_json(replay(read_scenario(scenario(CREATE, 'do = "accept_terms"', quote, credit))))
    assert [one["code"] for one in result["refused"]] == ["service_not_open", "unknown_invoice"]
