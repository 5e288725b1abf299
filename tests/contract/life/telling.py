"""The small language of these lives: `vie(acts, jusquau=day).raconte(events)`.

    vie("02/03/2026 10:00  ouvre un essai avec bob", jusquau="20/03/2026").raconte('''
        02/03/2026 10:00  ouvre un essai avec bob
    ''')

`raconte` compares the complete list: an event that it does not name did not happen, up to the start of the day
`jusquau`. The short forms (« ouvre un essai », « dossier accepté », « dossier validé », « entre en
vigueur », « en vigueur », « chaque mois ») stand for
the same events each time, which are compared as the others are. A life is played through `portal replay`'s own
reading of a file and seen through its JSON, nothing else.
"""

import json
from dataclasses import dataclass
from typing import Any

from portal.contract.replay import replay, to_json
from portal.contract.scenario import read_scenario
from tests.contract.life.lines import Json, amount, expected, instant, invoice_lines, midnight, told
from tests.contract.life.phrases import read_acts

TERMS_NAMES = {
    "factures": "invoices_cents",
    "pénalités": "penalties_cents",
    "indemnités": "indemnities_cents",
}


def vie(acts: str, *, jusquau: str, taux: dict[str, int] | None = None, **grid: float) -> "Life":
    """Play the acts until the start of the day `jusquau`; `taux` are legal rates in hundredths of a percent."""
    return Life(played(as_toml(acts, jusquau=jusquau, taux=taux, grid=grid)))


def played(toml: str) -> Json:
    """What a reader of the JSON sees, and only what JSON can say."""
    result: Json = json.loads(json.dumps(to_json(replay(read_scenario(toml)))))
    return result


def as_toml(
    acts: str, *, jusquau: str, taux: dict[str, int] | None = None, grid: dict[str, float] | None = None
) -> str:
    tables = [f'title = "Une vie"\nuntil = "{midnight(jusquau).isoformat()}"']
    for name, values in (("grid", grid), ("legal_rates", taux)):
        tables.append(
            "\n".join((f"[{name}]", *(f'"{key}" = {value}' for key, value in (values or {}).items())))
        )
    for at, act in read_acts(acts):
        fields = {"at": at.isoformat(), **act}
        tables.append(
            "\n".join(("[[act]]", *(f"{key} = {_in_toml(value)}" for key, value in fields.items())))
        )
    return "\n\n".join(tables)


def _in_toml(value: Any) -> str:
    # JSON writes texts, numbers, lists and booleans as TOML does.
    return json.dumps(value)


@dataclass(frozen=True)
class Life:
    """A life that was played; each method asserts a part of what came of it, in full."""

    result: Json

    def raconte(self, story: str) -> "Life":
        """These events and refusals happened, in this order, and no other."""
        assert told(self.result) == expected(story)
        return self

    def reste(self, situation: str) -> "Life":
        """The relationship, the service and the data at the end: « active open live »."""
        state = self.result["state"]
        assert f"{state['relationship']} {state['service']} {state['data']}" == situation
        return self

    def facture(self, number: str, lines: str) -> "Life":
        """The document's lines, in order, then its totals and whether it is settled."""
        document = next(one for one in self.result["invoices"] if one["number"] == number)
        assert invoice_lines(document) == _lines(lines)
        return self

    def doit(self, sum_: str) -> "Life":
        """What is due at the end: « factures + pénalités + indemnités = total »."""
        dues = self.result["dues"]
        parts = (dues[key] for key in TERMS_NAMES.values())
        shown = (" + ".join(_known(part) for part in parts), _known(dues["total_cents"]))
        assert " = ".join(shown) == sum_
        return self

    def attend(self, deadlines: str) -> "Life":
        """The deadlines to come, all of them, soonest first, then by name: « notice_limit 17/02/2027 00:00 »."""
        soonest_first = sorted(self.result["deadlines"], key=lambda one: (one["at"][:16], one["name"]))
        assert [f"{one['name']} {instant(one['at'])}" for one in soonest_first] == _lines(deadlines)
        return self


def _known(cents: int | None) -> str:
    return "?" if cents is None else amount(cents)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.strip().splitlines() if line.strip()]
