"""The copy that is shown: the same pages, without anything that acts, hides or travels along.

The original is kept as received (a copy saved anew breaks an electronic signature); nobody's browser
opens it. To be run in the process of `workshop`: this parses what a stranger sent.
"""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

import pikepdf
from PIL import Image, ImageOps

from portal.documents.intake import MAX_PAGES, MAX_PIXELS, Fault, Unacceptable, unacceptable

_MOST_OBJECTS = 200_000
_LAST_BYTES = 4096  # some servers append a little to what they hand over
_LONGEST_SIDE = 3508  # pixels: A4 at 300 dots an inch
_QUALITY = 85
_A4: Final = (595.28, 841.89)


class Removed(StrEnum):
    """What a copy no longer has; the value is what a person reads."""

    SCRIPT = "programme"
    ACTION = "lien ou action"
    ATTACHMENT = "fichier joint"
    MEDIA = "son, vidéo ou objet 3D"
    DYNAMIC_FORM = "formulaire dynamique"
    METADATA = "données cachées de la photo (lieu, appareil)"


# Keys removed wherever they stand.
_KEYS: Final = {
    "/OpenAction": Removed.ACTION,
    "/AA": Removed.ACTION,
    "/JS": Removed.SCRIPT,
    "/JavaScript": Removed.SCRIPT,
    "/EmbeddedFiles": Removed.ATTACHMENT,
    "/EF": Removed.ATTACHMENT,
    "/RF": Removed.ATTACHMENT,
    "/AF": Removed.ATTACHMENT,
    "/Collection": Removed.ATTACHMENT,
    "/XFA": Removed.DYNAMIC_FORM,
    "/RichMedia": Removed.MEDIA,
    "/RichMediaContent": Removed.MEDIA,
    "/RichMediaSettings": Removed.MEDIA,
    "/Renditions": Removed.MEDIA,
    "/3DD": Removed.MEDIA,
    "/URI": Removed.ACTION,
}
# Actions (ISO 32000-1, 12.6.4), but to go to another page of this document.
_ACTIONS: Final = {
    "/JavaScript": Removed.SCRIPT,
    "/Launch": Removed.ACTION,
    "/SubmitForm": Removed.ACTION,
    "/ImportData": Removed.ACTION,
    "/ResetForm": Removed.ACTION,
    "/GoToR": Removed.ACTION,
    "/GoToE": Removed.ACTION,
    "/GoToDp": Removed.ACTION,
    "/URI": Removed.ACTION,
    "/Thread": Removed.ACTION,
    "/Hide": Removed.ACTION,
    "/SetOCGState": Removed.ACTION,
    "/Trans": Removed.ACTION,
    "/Rendition": Removed.MEDIA,
    "/Movie": Removed.MEDIA,
    "/Sound": Removed.MEDIA,
    "/GoTo3DView": Removed.MEDIA,
    "/RichMediaExecute": Removed.MEDIA,
}
_ANNOTATIONS: Final = {
    "/FileAttachment": Removed.ATTACHMENT,
    "/RichMedia": Removed.MEDIA,
    "/Screen": Removed.MEDIA,
    "/Movie": Removed.MEDIA,
    "/Sound": Removed.MEDIA,
    "/3D": Removed.MEDIA,
}
_ELSEWHERE: Final = ("/F", "/FFilter", "/FDecodeParms")  # a stream whose data are in another file


class Cleaned(NamedTuple):
    """What a copy has and has not; `rebuilt`: the table of what the file holds was missing, or wrong."""

    pages: int
    removed: tuple[Removed, ...]
    rebuilt: bool


def _has_its_end(source: Path) -> bool:
    """Tell whether a PDF is there to its last line (ISO 32000-1, 7.5.5): one without it was cut on its way.

    qpdf would put it together from what is left; nobody could say what is not. A broken table before it is another
    matter: scanners write some.
    """
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - _LAST_BYTES))
        return b"%%EOF" in file.read()


def clean_pdf(source: Path, target: Path, name: str) -> Cleaned:
    """Write the copy of a PDF to `target`.

    Raises `Unacceptable` for `name`, `OSError` where `target` cannot be written. Streams are carried over as they are: a bomb is not decoded here.
    """
    if not _has_its_end(source):
        raise unacceptable(Fault.DAMAGED, name)
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            if len(pdf.objects) > _MOST_OBJECTS:
                raise unacceptable(Fault.TOO_HEAVY, name)
            pages = len(pdf.pages)
            if pages > MAX_PAGES:
                raise unacceptable(Fault.TOO_MANY_PAGES, name)
            if not pages:
                raise unacceptable(Fault.DAMAGED, name)
            removed = _without_actors(pdf)
            copy = io.BytesIO()
            pdf.save(
                copy,
                encryption=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
            rebuilt = any("reconstruct" in warning for warning in pdf.get_warnings())
    except pikepdf.PasswordError as error:
        raise unacceptable(Fault.ENCRYPTED, name) from error
    except (
        pikepdf.PdfError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        # qpdf and pikepdf say « broken » in as many ways as a file can be broken.
        raise unacceptable(Fault.DAMAGED, name) from error
    _write(copy, target)
    return Cleaned(pages, tuple(sorted(removed)), rebuilt)


def _write(copy: io.BytesIO, target: Path) -> None:
    """Write a copy that is whole; raises `OSError`. qpdf itself ends the process where a disk is full."""
    target.write_bytes(copy.getbuffer())


def _without_actors(pdf: pikepdf.Pdf) -> set[Removed]:
    removed: set[Removed] = set()
    for thing in (pdf.trailer, *pdf.objects):
        for one in _containers(thing):
            removed.update(_disarmed(one))
    return removed


def _containers(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield an object and what is written inside it; what it only refers to is met on its own."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            children = [value for key in one.keys() if isinstance(value := one.get(key), pikepdf.Object)]  # noqa: SIM118
        elif isinstance(one, pikepdf.Array):
            yield one
            children = [value for value in one if isinstance(value, pikepdf.Object)]
        else:
            continue
        waiting += [child for child in children if not child.is_indirect]


def _disarmed(one: pikepdf.Object) -> Iterator[Removed]:
    if isinstance(one, pikepdf.Array):
        for place in range(len(one) - 1, -1, -1):
            if (what := _actor(one[place])) is not None:
                del one[place]
                yield what
        return
    if isinstance(one, pikepdf.Stream):
        if one.get("/Type") == "/EmbeddedFile":
            one.write(b"")
            yield Removed.ATTACHMENT
        for key in _ELSEWHERE:
            if key in one:
                del one[key]
                yield Removed.ATTACHMENT
    for key in list(one.keys()):
        # The catalogue's own /URI is the base of links, an action's is its target: neither is needed.
        what = _KEYS.get(key) or _actor(one.get(key))
        if what is not None:
            del one[key]
            yield what


def _actor(value: object) -> Removed | None:
    """Return what an action or an annotation is, if it is one to remove; whatever /Type it claims to be of."""
    if not isinstance(value, pikepdf.Dictionary):
        return None
    return _ANNOTATIONS.get(str(value.get("/Subtype"))) or _ACTIONS.get(str(value.get("/S")))


def pdf_of_photos(
    sources: Sequence[tuple[Path, str]], target: Path, *, before_each: Callable[[int], None] = lambda _: None
) -> None:
    """Write one PDF of the photos, a page each, in their order: upright, without hidden data.

    `sources` are files with the names people know them by; `before_each` is told their places. Raises `Unacceptable`, and `OSError`
    where `target` cannot be written.
    """
    if len(sources) > MAX_PAGES:
        raise unacceptable(Fault.TOO_MANY_PAGES, sources[MAX_PAGES][1])
    with pikepdf.new() as pdf:
        for number, (source, name) in enumerate(sources):
            before_each(number)
            _add_page(pdf, _photo(source, name))
        copy = io.BytesIO()
        pdf.save(copy, deterministic_id=True)
    _write(copy, target)


def _photo(source: Path, name: str) -> Image.Image:
    """Return the photo upright and on white, in grey or colours, no larger than a scan of 300 dots an inch."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on broken EXIF, and Pillow's own limit: ours is lower
            with Image.open(source, formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise unacceptable(Fault.TOO_MANY_PIXELS, name)
                # A JPEG is read at the size it will have: a quarter of the memory, and of the time.
                image.draft(None, (_LONGEST_SIDE, _LONGEST_SIDE))
                image.load()
                return _on_white(ImageOps.exif_transpose(_reduced(image)))
    except Image.DecompressionBombError as error:
        raise unacceptable(Fault.TOO_MANY_PIXELS, name) from error
    except Unacceptable:
        raise
    # Pillow's ways to say that an image is broken.
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, ZeroDivisionError, OverflowError) as error:  # fmt: skip
        raise unacceptable(Fault.DAMAGED, name) from error


def _reduced(image: Image.Image) -> Image.Image:
    exif = image.getexif()
    factor = -(-max(image.size) // _LONGEST_SIDE)
    if factor > 1:
        image = _in_levels(image).reduce(factor)
    image.getexif().update(exif)  # it says which side is up
    return image


def _in_levels(image: Image.Image) -> Image.Image:
    """Return an image of black and white dots, of 16 bits of grey or of a palette in levels that can be averaged."""
    if image.mode.startswith("I"):
        return image.point(lambda level: level / 256).convert("L")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _on_white(photo: Image.Image) -> Image.Image:
    image = _in_levels(photo)
    if image.mode == "L":
        return image
    if image.has_transparency_data:
        drawn = image.convert("RGBA")
        white = Image.new("RGB", drawn.size, "white")
        white.paste(drawn, mask=drawn.getchannel("A"))
        return white
    return image.convert("RGB")


def _add_page(pdf: pikepdf.Pdf, image: Image.Image) -> None:
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=_QUALITY)  # neither EXIF nor a profile: Pillow writes what it is given
    width, height = image.size
    sheet = _A4 if height >= width else _A4[::-1]
    scale = min(sheet[0] / width, sheet[1] / height)
    drawn = pikepdf.Stream(
        pdf,
        jpeg.getvalue(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page = pdf.add_blank_page(page_size=(width * scale, height * scale))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=drawn))
    page.Contents = pdf.make_stream(f"{width * scale:.3f} 0 0 {height * scale:.3f} 0 0 cm /Photo Do".encode())
