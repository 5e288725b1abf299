"""A contract's life counted by hand: what it invoices, and what is owed at its end.

Written from the terms alone. It walks from one day to the next with a wall calendar (`naive`), keeps what
a clerk would keep on paper, and calls no rule of the portal: where the two agree, two readers agree.

In: the acts of a scenario as plain dicts and the indices of those that were refused (who may do what is
not its subject). Out: the documents and the dues in the shape that `portal replay --json` gives, less
the labels.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.contract import naive
from tests.contract.oracle_days import (
    Month,
    first_due,
    instant,
    issue_day,
    issue_instant,
    last_banking_day,
    last_of,
    month_of,
    paris_day,
    start_of,
)
from tests.contract.oracle_ledger import Billed, Ledger, Paper, line, rounded
from tests.contract.oracle_people import People
from tests.contract.oracle_term import Engagement

OPTIONS = {"start": (49000, False), "training": (29000, False), "storage": (1500, True)}
Act = dict[str, Any]


class Life:
    """One contract, walked day by day."""

    def __init__(self, scenario: dict[str, Any], refused: Collection[int]) -> None:
        grid = scenario.get("grid", {})
        self.minimum: int = grid.get("minimum_users", 5)
        self.price: int = grid.get("user_month_cents", 4900)
        self.ledger = Ledger(
            vat=Fraction(str(grid.get("vat_percent", 20))) / 100,
            rates={"2025-2": 276, "2026-1": 262} | scenario.get("legal_rates", {}),
        )
        self.acts = [
            (instant(act["at"]), act) for number, act in enumerate(scenario["act"]) if number not in refused
        ]
        self.until = instant(scenario["until"])
        self.admins: list[str] = []
        self.people = People()
        self.pieces: dict[str, str] = {}
        self.identity = self.validated = False
        self.first: Paper | None = None
        self.first_from: date | None = None  # the 1st on which the first month's invoice waits to be issued
        self.orders: list[tuple[datetime, str, int]] = []
        self.options = dict(OPTIONS)
        self.entry: datetime | None = None
        self.engagement: Engagement | None = None
        self.monthly_from: date | None = None
        self.carried_over = False
        self.billed: dict[Month, Billed] = {}
        self.ended: date | None = None

    @property
    def term(self) -> Engagement:
        assert self.engagement
        return self.engagement

    # --- the walk ------------------------------------------------------------------------------------

    def walk(self) -> None:
        if not self.acts:
            return
        day = paris_day(self.acts[0][0])
        while start_of(day) < self.until:
            self._do_acts_before(start_of(day))
            self._at_midnight(day)
            six = naive.paris(day, 6)
            if six < self.until:
                self._do_acts_before(six)
                self._at_six(day, six)
            day += naive.DAY
        self._do_acts_before(self.until + timedelta(microseconds=1))

    def _do_acts_before(self, limit: datetime) -> None:
        while self.acts and self.acts[0][0] < limit:
            at, act = self.acts.pop(0)
            getattr(self, f"_{act['do']}")(at, act)

    def _at_midnight(self, day: date) -> None:
        if self.entry is None or self.ended or day != self.term.last_day() + naive.DAY:
            return
        if self.term.end() == self.term.last_day():
            self._close(self.term.last_day(), start_of(day), share=None)
        else:
            self.term.term += 1

    def _at_six(self, day: date, at: datetime) -> None:
        if self.first_from == day:
            self.first_from = None
            self._issue_first(at)
        if self.entry is None or self.ended:
            return
        month = month_of(day)
        if self.monthly_from == day:
            self.monthly_from = None
            self._issue(at, month, due_in=month)
        elif day == issue_day(month):
            self._issue(at, naive.plus_months(month, 1), due_in=month)

    # --- the dossier ---------------------------------------------------------------------------------

    def _create_account(self, _at: datetime, act: Act) -> None:
        self.admins = [act["admin"]]

    def _accept_terms(self, _at: datetime, _act: Act) -> None:
        """It has no price; nor have these (a suspended user stays registered, and owed)."""

    _request_restitution = _complete_restitution = _restore_user = _accept_terms

    def _start_trial(self, at: datetime, act: Act) -> None:
        for user in (self.admins[0], *act.get("users", ())):
            self.people.register(at, user)

    def _submit(self, _at: datetime, act: Act) -> None:
        self.pieces[act["piece"]] = "received"

    def _accept(self, at: datetime, act: Act) -> None:
        self.pieces[act["piece"]] = "accepted"
        self._validate(at)

    def _refuse(self, _at: datetime, act: Act) -> None:
        self.pieces[act["piece"]] = "refused"

    def _validate_identity(self, at: datetime, _act: Act) -> None:
        self.identity = True
        self._validate(at)

    def _validate(self, at: datetime) -> None:
        pieces = [self.pieces.get(one) for one in ("contract", "mandate", "kbis")]
        if self.validated or not self.identity or pieces != ["accepted"] * 3:
            return
        self.validated = True
        today = paris_day(at)
        if month_of(first_due(today)) == month_of(today):
            self._issue_first(at)
        else:
            self.first_from = naive.plus_months(month_of(today), 1)

    def _issue_first(self, at: datetime) -> None:
        today = paris_day(at)
        due = first_due(today)
        quantity = max(self.minimum, len(self.people.registered() | {self.admins[0]}))
        lines = [line("subscription", quantity, self.price, quantity * self.price)]
        self.first = self.ledger.issue(at, today, "first", lines, due, due)

    def _enter_into_force(self, at: datetime) -> None:
        assert self.first
        self.entry, today = at, paris_day(at)
        self.engagement = Engagement(today, self.price)
        self.people.register(at, self.admins[0])
        month = month_of(today)
        subscription = self.first.lines[0]
        self.billed[month] = Billed(subscription["quantity"], self.price, self.first.net)
        if at >= issue_instant(month):
            if naive.plus_business_days(today, 5) <= last_banking_day(month):
                self._issue(at, naive.plus_months(month, 1), due_in=month)
            else:
                self.monthly_from = naive.plus_months(month, 1)

    # --- users and options ---------------------------------------------------------------------------

    def _register_user(self, at: datetime, act: Act) -> None:
        self.people.register(at, act["user"])

    def _remove_user(self, at: datetime, act: Act) -> None:
        self.people.remove(at, act["user"])
        self._relieve_administrator(at, act)

    def _name_administrator(self, _at: datetime, act: Act) -> None:
        self.admins += [act["user"]] if act["user"] not in self.admins else []

    def _relieve_administrator(self, _at: datetime, act: Act) -> None:
        self.admins = [one for one in self.admins if one != act["user"]]

    _suspend_user = _relieve_administrator

    def _order_option(self, at: datetime, act: Act) -> None:
        self.orders.append((at, act["code"], act.get("quantity", 1)))

    def _accept_quote(self, at: datetime, act: Act) -> None:
        code = f"quote {act['quote']}"
        if code not in self.options:
            self.options[code] = (act["price_cents"], False)
            self.orders.append((at, code, 1))

    # --- term, notice, changes -----------------------------------------------------------------------

    def _serve_notice(self, at: datetime, act: Act) -> None:
        self.term.serve_notice(date.fromisoformat(act["posted"]) if "posted" in act else paris_day(at))

    def _withdraw_notice(self, at: datetime, _act: Act) -> None:
        self.term.withdraw_notice()
        self._go_on(at)

    def _announce_price(self, at: datetime, act: Act) -> None:
        self.term.announce(paris_day(at), "price", act["user_month_cents"])

    def _announce_terms(self, at: datetime, _act: Act) -> None:
        self.term.announce(paris_day(at), "terms")

    def _refuse_change(self, at: datetime, act: Act) -> None:
        self.term.refuse_change(paris_day(at), act["what"])

    def _withdraw_refusal(self, at: datetime, act: Act) -> None:
        self.term.withdraw_refusal(act["what"])
        self._go_on(at)

    def _go_on(self, at: datetime) -> None:
        """A contract that was to end goes on: the invoice that was left out in between is issued now."""
        if self.ended:
            return
        today = paris_day(at)
        month = month_of(today)
        following = naive.plus_months(month, 1)
        is_past = at >= issue_instant(month)
        if is_past and following not in self.billed and self.monthly_from is None:
            is_in_time = naive.plus_business_days(today, 2) <= last_banking_day(month)
            self._issue(at, following, due_in=month if is_in_time else following)

    # --- invoices ------------------------------------------------------------------------------------

    def _owed(self, month: Month, amount: int, share: Fraction | None = None) -> int:
        """Return what of a full month's amount is owed: by `share`, or the month of entry by its days, the
        last month by what the month of entry left."""
        first_share, end = self.term.first_share(), self.term.end()
        if share is not None:
            return rounded(amount * share)
        if month == month_of(self.term.entry):
            return rounded(amount * first_share)
        if end and month == month_of(end) and first_share != 1:
            return amount - rounded(amount * first_share)
        return amount

    def _delta(self, month: Month) -> int:
        """Return how many more (or fewer) persons a month is owed for than it was charged for."""
        assert self.entry
        return max(self.minimum, self.people.in_month(month, self.entry)) - self.billed[month].quantity

    def _adjustments(self, now: Month) -> list[dict[str, Any]]:
        lines = []
        for month in sorted(self.billed):
            billed, delta = self.billed[month], self._delta(month)
            left_out = self._owed(month, billed.quantity * billed.price) - billed.net
            if left_out > 0 and month > self.term.entry:
                billed.net += left_out  # it was charged as the last one, and the contract went on
                lines.append(line("adjustment", billed.quantity, billed.price, left_out))
            if month < now or (month == now and delta > 0):
                net = self._owed(month, delta * billed.price)
                billed.quantity += delta
                billed.net += net
                lines.append(line("adjustment", delta, billed.price, net))
        return lines

    def _options_left_out(self) -> list[dict[str, Any]]:
        """Charge the rest of the options of a month that was charged as the last one and was not."""
        lines = []
        for month, billed in sorted(self.billed.items()):
            for code, (quantity, charged) in billed.options.items():
                price = self.options[code][0]
                left_out = self._owed(month, quantity * price) - charged
                if left_out > 0:
                    billed.options[code] = (quantity, charged + left_out)
                    lines.append(line("option", quantity, price, left_out))
        return lines

    def _carry_over(self) -> list[dict[str, Any]]:
        assert self.first
        if self.carried_over:
            return []
        self.carried_over = True
        owed = rounded(self.first.net * self.term.first_share())
        self.billed[month_of(self.term.entry)].net += owed - self.first.net
        return [line("carry_over", 1, owed - self.first.net, owed - self.first.net)]

    def _options(self, at: datetime, month: Month, share: Fraction | None = None) -> list[dict[str, Any]]:
        """Charge the recurring options of a month, and those ordered once since the last document."""
        quantities: dict[str, int] = {}
        for ordered_at, code, quantity in self.orders:
            if ordered_at <= at and not (self.options[code][1] and month_of(paris_day(ordered_at)) >= month):
                quantities[code] = quantities.get(code, 0) + quantity
        lines = []
        for code in sorted(quantities, key=lambda one: (not self.options[one][1], one not in OPTIONS)):
            price, recurs = self.options[code]
            net = full = quantities[code] * price
            if recurs:
                net = self._owed(month, full, share)
                self.billed[month].options[code] = (quantities[code], net)
            lines.append(line("option", quantities[code], price, net))
        self.orders = [one for one in self.orders if self.options[one[1]][1]]
        return lines

    def _issue(self, at: datetime, month: Month, *, due_in: Month) -> None:
        """Issue the document of a month, unless the contract is known to be over by then."""
        end = self.term.end()
        if end and month > end:
            return
        adjustments = self._adjustments(month_of(paris_day(at)))
        lines = [self._subscription(month), *adjustments, *self._carry_over(), *self._options_left_out()]
        lines += self._options(at, month)
        due = last_of(due_in), last_banking_day(due_in)
        self.ledger.issue(at, paris_day(at), f"{month:%Y-%m}", lines, *due)

    def _subscription(self, month: Month, share: Fraction | None = None) -> dict[str, Any]:
        quantity, price = max(self.minimum, len(self.people.registered())), self.term.price_of(month)
        net = self._owed(month, quantity * price, share)
        self.billed[month] = Billed(quantity, price, net)
        return line("subscription", quantity, price, net)

    # --- the end -------------------------------------------------------------------------------------

    def _terminate(self, at: datetime, _act: Act) -> None:
        if self.ended:
            return
        today, month = paris_day(at), month_of(paris_day(at))
        first_day = max(month, self.term.entry)
        self._close(today, at, Fraction((today - first_day).days + 1, last_of(month).day))

    def _close(self, last_day: date, at: datetime, share: Fraction | None) -> None:
        """End the contract and issue its last document; `share` is that of the last month, if not a term's."""
        month = month_of(last_day)
        is_new = month not in self.billed  # it ends before the 1st's invoice
        was_paid_whole = month == month_of(self.term.entry) and not self.carried_over
        lines = [self._subscription(month, share)] if is_new else []
        carried = self._carried_at_the_end(month, share) if was_paid_whole else self._carry_over()
        for one in sorted(self.billed):
            if one <= month:
                delta, price = self._delta(one), self.billed[one].price
                net = self._owed(one, delta * price, share if one == month else None)
                lines.append(line("adjustment", delta, price, net))
        lines += [] if was_paid_whole else self._last_month(month, share)
        lines += carried
        lines += self._last_options(month, share)
        for one in sorted(self.billed):
            billed = self.billed[one]
            if one > month:
                lines.append(line("adjustment", -billed.quantity, billed.price, -billed.net))
                lines += [
                    line("option", -quantity, self.options[code][0], -net)
                    for code, (quantity, net) in billed.options.items()
                ]
        if not is_new:
            self.orders = [one for one in self.orders if not self.options[one[1]][1]]
        lines += self._options(at, month, share)
        self.ended, today = last_day, paris_day(at)
        due_in = month_of(today)
        if naive.plus_business_days(today, 2) > last_banking_day(due_in):
            due_in = naive.plus_months(due_in, 1)
        lines.sort(key=lambda one: ("subscription", "adjustment", "carry_over", "option").index(one["kind"]))
        if any(one["net_cents"] for one in lines):
            due = last_of(due_in), last_banking_day(due_in)
            self.ledger.issue(at, today, f"{month:%Y-%m}", lines, *due)

    def _carried_at_the_end(self, month: Month, share: Fraction | None) -> list[dict[str, Any]]:
        """It ends in its month of entry: give back what was paid for it, less the share of its days."""
        assert self.first
        net = self._owed(month, self.first.net, share) - self.first.net
        return [line("carry_over", 1, net, net)]

    def _last_month(self, month: Month, share: Fraction | None) -> list[dict[str, Any]]:
        """Take back what the last month was charged beyond its share."""
        billed = self.billed[month]
        full = billed.quantity * billed.price
        owed = self._owed(month, full, share)
        if billed.net in {full, owed}:
            lines = [line("adjustment", -billed.quantity, billed.price, owed - billed.net)]
        else:  # charged by another share: taken back, and charged again
            lines = [
                line("adjustment", -billed.quantity, billed.price, -billed.net),
                line("adjustment", billed.quantity, billed.price, owed),
            ]
        return lines

    def _last_options(self, month: Month, share: Fraction | None) -> list[dict[str, Any]]:
        lines = []
        for code, (quantity, charged) in self.billed[month].options.items():
            net = self._owed(month, quantity * self.options[code][0], share) - charged
            lines.append(line("option", -quantity, self.options[code][0], net))
        return lines

    # --- payments ------------------------------------------------------------------------------------

    def _settle(self, at: datetime, act: Act) -> None:
        if act.get("everything"):
            self.ledger.pay_everything(paris_day(at), at)
        else:
            self.ledger.pay(act["month"], paris_day(at), at)
        self._after_a_settlement(at)

    def _issue_credit_note(self, at: datetime, act: Act) -> None:
        self.ledger.give_back(at, paris_day(at), act["cites"], act["net_cents"])
        self._after_a_settlement(at)

    def _after_a_settlement(self, at: datetime) -> None:
        if self.entry is None and self.first and self.first.unpaid == 0:
            self._enter_into_force(at)

    def _bank_return(self, at: datetime, act: Act) -> None:
        self.ledger.returned(act["month"], act["kind"], paris_day(at), at)


def lived(scenario: dict[str, Any], refused: Collection[int] = ()) -> dict[str, Any]:
    """Return the documents and the dues of a scenario, as the JSON of a replay has them."""
    life = Life(scenario, refused)
    life.walk()
    today = paris_day(life.until - timedelta(microseconds=1))
    return {
        "invoices": [paper.shown() for paper in life.ledger.papers],
        "dues": life.ledger.dues(today, is_awaiting=life.entry is None),
    }
