"""Papers that do something: run a program, open another file, send the form, carry attachments; or are locked."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.documents.hostile.papers import opened, pdf, saved

Revision = Literal[2, 3, 4, 5, 6]

Make = Callable[[], bytes]

MARK = "charge-utile-42"
"""What every weapon has in it, and no copy may have."""

ACTIONS = {
    "javascript": f"<< /S /JavaScript /JS (app.alert\\('{MARK}'\\)) >>",
    "launch": f"<< /S /Launch /F ({MARK}.exe) >>",
    "submit": f"<< /S /SubmitForm /F (https://{MARK}.example/) >>",
    "import": f"<< /S /ImportData /F ({MARK}.fdf) >>",
    "reset": f"<< /S /ResetForm /Fields [({MARK})] >>",
    "elsewhere": f"<< /S /GoToR /F ({MARK}.pdf) /D [0 /Fit] >>",
    "embedded": f"<< /S /GoToE /T << /R /C /N ({MARK}) >> >>",
    "uri": f"<< /S /URI /URI (https://{MARK}.example/) >>",
    "movie": f"<< /S /Movie /T ({MARK}) >>",
    "rendition": f"<< /S /Rendition /OP 0 /JS ({MARK}) >>",
    "thread": f"<< /S /Thread /F ({MARK}.pdf) /D 0 >>",
    "disguised": f"<< /Type /StructElem /S /Launch /F ({MARK}.exe) /K 0 /P 0 >>",
}


def _action(name: str) -> pikepdf.Object:
    return pikepdf.Object.parse(ACTIONS[name].encode())


def files() -> Iterator[tuple[str, Make]]:
    for name in ACTIONS:
        yield f"opens-with-{name}.pdf", lambda name=name: _with(lambda made: _open_action(made, name))  # type: ignore[misc]
        yield f"link-{name}.pdf", lambda name=name: _with(lambda made: _link(made, name))  # type: ignore[misc]
        yield f"page-{name}.pdf", lambda name=name: _with(lambda made: _page_action(made, name))  # type: ignore[misc]
        yield f"chained-{name}.pdf", lambda name=name: _with(lambda made: _chained(made, name))  # type: ignore[misc]
    yield "script-by-name.pdf", lambda: _with(_named_script)
    yield "attachment.pdf", lambda: _with(_attachment)
    yield "attachment-of-a-page.pdf", lambda: _with(_page_attachment)
    yield "portfolio.pdf", lambda: _with(_portfolio)
    yield "dynamic-form.pdf", lambda: _with(_dynamic_form)
    yield "field-script.pdf", lambda: _with(_field_script)
    yield "film.pdf", lambda: _with(_film)
    yield "stream-elsewhere.pdf", lambda: _with(_stream_elsewhere)
    yield (
        "compressed-script.pdf",
        lambda: saved(opened(_with(_named_script)), object_stream_mode=pikepdf.ObjectStreamMode.generate),
    )
    for strength in (2, 3, 4, 6):
        yield f"locked-{strength}.pdf", partial(locked, strength)
        yield f"restricted-{strength}.pdf", partial(restricted, strength)


def locked(strength: Revision = 6) -> bytes:
    """A paper that opens with a password only."""
    return _encrypted(strength, user="secret")


def restricted(strength: Revision = 6) -> bytes:
    """A paper that anybody opens, and nobody may print: registries send such extracts."""
    return _encrypted(strength, user="")


def _encrypted(strength: Revision, *, user: str) -> bytes:
    how = pikepdf.Encryption(
        user=user, owner="owner", R=strength, aes=strength in {4, 6}, metadata=strength in {4, 6}
    )
    return saved(opened(pdf()), encryption=how)


def _with(arm: Callable[[pikepdf.Pdf], None]) -> bytes:
    with opened(pdf(2)) as made:
        arm(made)
        return saved(made)


def _open_action(made: pikepdf.Pdf, name: str) -> None:
    made.Root.OpenAction = made.make_indirect(_action(name))


def _link(made: pikepdf.Pdf, name: str) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 595, 842], A=_action(name))
    made.pages[0].Annots = Array([made.make_indirect(link)])


def _page_action(made: pikepdf.Pdf, name: str) -> None:
    made.pages[0].AA = Dictionary(O=_action(name), C=made.make_indirect(_action(name)))


def _chained(made: pikepdf.Pdf, name: str) -> None:
    """Harmless at first: go to a page, then, then."""
    last = made.make_indirect(Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([_action(name)])))
    first = Dictionary(S=Name.GoTo, D=Array([made.pages[1].obj, Name.Fit]), Next=last)
    made.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=first)])


def _named_script(made: pikepdf.Pdf) -> None:
    tree = Dictionary(Names=Array([String("start"), made.make_indirect(_action("javascript"))]))
    made.Root.Names = Dictionary(JavaScript=made.make_indirect(tree))


def _file(made: pikepdf.Pdf) -> pikepdf.Object:
    held = made.make_stream(MARK.encode(), Type=Name.EmbeddedFile)
    return made.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=held)))


def _attachment(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a.exe"), _file(made)])))
    made.Root.AF = Array([_file(made)])


def _page_attachment(made: pikepdf.Pdf) -> None:
    pin = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=_file(made))
    made.pages[0].Annots = Array([pin])


def _portfolio(made: pikepdf.Pdf) -> None:
    _attachment(made)
    made.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D, D=String(MARK))


def _dynamic_form(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(f"<xdp>{MARK}</xdp>".encode()))


def _field_script(made: pikepdf.Pdf) -> None:
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), Rect=[10, 10, 200, 30],
            AA=Dictionary(K=_action("javascript"), F=_action("launch")),
        )
    )  # fmt: skip
    made.Root.AcroForm = Dictionary(Fields=Array([field]))
    made.pages[0].Annots = Array([field])


def _film(made: pikepdf.Pdf) -> None:
    content = Dictionary(Assets=Dictionary(Names=Array([String("a.swf"), _file(made)])))
    film = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 99, 99], RichMediaContent=content)
    made.pages[0].Annots = Array([made.make_indirect(film)])


def _stream_elsewhere(made: pikepdf.Pdf) -> None:
    held = made.make_stream(b"", F=String(f"/etc/{MARK}"), FFilter=Name.FlateDecode)
    made.pages[1].Resources.XObject = Dictionary(X=held)
