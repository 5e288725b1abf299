"""The `portal` command, also `python -m portal`."""

import typer

from portal.commands.banking import bank
from portal.commands.checking import check
from portal.commands.conditions import terms
from portal.commands.demonstrating import demo
from portal.commands.evidence import evidence
from portal.commands.invoicing import invoices
from portal.commands.reading_kbis import kbis_file
from portal.commands.records import rebuild, verify
from portal.commands.replaying import replay_file, rules_command
from portal.commands.serving import serve
from portal.commands.time_travel import travel_command
from portal.commands.working import worker

main = typer.Typer(
    help="Le portail des clients d’EXANERGY CRM.", no_args_is_help=True, pretty_exceptions_enable=False
)
main.command("serve")(serve)
main.command("worker")(worker)
main.command("demo")(demo)
main.command("travel")(travel_command)
main.command("check")(check)
main.command("replay")(replay_file)
main.command("kbis")(kbis_file)
main.command("rules")(rules_command)
main.command("evidence")(evidence)
main.command("verify")(verify)
main.command("rebuild")(rebuild)
main.add_typer(terms, name="terms")
main.add_typer(bank, name="bank")
main.add_typer(invoices, name="invoices")

if __name__ == "__main__":
    main()
