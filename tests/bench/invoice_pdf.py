"""What one Factur-X costs, from its facts to its bytes, beside WeasyPrint or factur-x in the same run.

    uv run python -m tests.bench.invoice_pdf                    # beside factur-x
    uv run --with weasyprint python -m tests.bench.invoice_pdf  # beside WeasyPrint and factur-x as well

WeasyPrint needs Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0); it is no dependency of the
portal. Its reference is a plain page of the same words, made a PDF/A-3 and given the same XML by `factur-x`. The
other reference adds that XML to our own page by `factur-x`. Every document is another: a page set twice is kept by Typst.
"""

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from html import escape

import facturx

from portal.contract.french import euros, long_date
from portal.documents import invoice_paper
from portal.documents.facturx_checks import missing_marks
from portal.documents.invoice_facts import InvoicePaper, charged
from portal.documents.invoice_paper import invoice_pdf
from portal.documents.invoice_words import DISCOUNT, INDEMNITY, PENALTIES, explained
from portal.documents.invoice_xml import invoice_xml
from tests.documents.invoices import ADJUSTED, APRIL, CARRIED, STORAGE, an_invoice

TARGET_MS = 15
ORDINARY = an_invoice(APRIL, CARRIED)
FOUR_LINES = an_invoice(APRIL, CARRIED, ADJUSTED, STORAGE)
THIRTY_LINES = an_invoice(*(replace(STORAGE, label=f"Option {number}") for number in range(30)))


def milliseconds(
    make: Callable[[InvoicePaper], bytes], paper: InvoicePaper, count: int
) -> tuple[float, float]:
    """Return the shortest and the median time of a document, after a few that warm up; each has its own number."""
    papers = [replace(paper, number=f"F-2026-{number:04}") for number in range(1, count + 6)]
    times = []
    for one in papers:
        began = time.perf_counter()
        make(one)
        times.append(1000 * (time.perf_counter() - began))
    return min(times[5:]), statistics.median(times[5:])


def by_factur_x(paper: InvoicePaper) -> bytes:
    """The same page, to which `factur-x` attaches the XML again and writes its own metadata."""
    return _given_its_xml(invoice_paper.page(paper), paper)


def by_weasyprint(paper: InvoicePaper) -> bytes:
    import weasyprint

    rows = "".join(
        f"<tr><td>{escape(line.label)}<p>{escape(' '.join(explained(line)))}</p></td><td>{charged(line).quantity}</td>"
        f"<td>{euros(line.unit_cents)}</td><td>{euros(line.net_cents)}</td></tr>"
        for line in paper.lines
    )
    html = f"""<html lang="fr"><head><title>Facture {paper.number}</title><style>
        @page {{ size: A4; margin: 22mm }} table {{ width: 100% }} td {{ border-bottom: 1px solid }}
        </style></head><body><h1>Facture {paper.number}</h1><h2>{euros(paper.payable_cents)}</h2>
        <p>{escape(paper.buyer.name)}, {", ".join(paper.buyer.address.lines)}, {paper.buyer.siren}</p>
        <p>{escape(paper.seller.legal_mention)}</p><p>{long_date(paper.issued)}</p>
        <table><thead><tr><th>Désignation</th><th>Quantité</th><th>Prix</th><th>Montant</th></tr></thead>{rows}</table>
        <p>{euros(paper.net_cents)} {euros(paper.vat_cents)} {euros(paper.gross_cents)}</p>
        <p>{PENALTIES}</p><p>{INDEMNITY}</p><p>{DISCOUNT}</p></body></html>"""
    made = io.BytesIO()
    weasyprint.HTML(string=html).write_pdf(made, pdf_variant="pdf/a-3a")
    return _given_its_xml(made.getvalue(), paper)


def _given_its_xml(page: bytes, paper: InvoicePaper) -> bytes:
    made: bytes = facturx.generate_from_binary(
        page, invoice_xml(paper), flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False
    )
    return made


def main() -> None:
    assert missing_marks(invoice_pdf(ORDINARY)) == ()
    ways: dict[str, tuple[Callable[[InvoicePaper], bytes], int]] = {
        "ours (Typst, pikepdf)": (invoice_pdf, 100),
        "our page, then factur-x": (by_factur_x, 40),
    }
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        print("WeasyPrint or its Pango is not there: beside factur-x alone.")
    else:
        ways["WeasyPrint, then factur-x"] = (by_weasyprint, 20)
    print(f"{'ms a document':<28} {'2 lines':>16} {'4 lines':>16} {'30 lines':>16}   (shortest, median)")
    for name, (make, count) in ways.items():
        found = [milliseconds(make, paper, count) for paper in (ORDINARY, FOUR_LINES, THIRTY_LINES)]
        print(f"{name:<28} " + " ".join(f"{least:>7.1f} {median:>8.1f}" for least, median in found))
    print(f"target: {TARGET_MS} ms for the ordinary one, warm")


if __name__ == "__main__":
    main()
