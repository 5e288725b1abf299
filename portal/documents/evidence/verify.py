"""Verify the evidence file of a contract with EXANERGY CRM.

    python verify.py FICHIER.zip

Plain Python, 3.8 or newer; nothing to install, no network. Ends with 0 where nothing differs, with 1 where something
does, and says what, in French.

The file is verified twice, in two ways that share no step. Its seal, the last 64 characters, is the SHA-256 of every
byte before it. Then all is derived again: an archive of this format has one possible form, so it is written anew from
its contents and compared byte by byte; each content has its SHA-256 in the manifest, the manifest has its own in the
last line; each event carries the hash of the one before it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT = "EXANERGY-PREUVE-1"
MANIFEST = "manifest.json"
EVENTS = "evenements.jsonl"
ACCEPTANCES = "acceptations.json"
FIRST_PREVIOUS = "0" * 64

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
# As ZIP writes them: version 2.0, nothing compressed, no flags, 1 January 1980 at midnight.
_VERSION, _DAY = 20, 33
_HEX = 64


# --- the one form of an archive ------------------------------------------------------------------


def local_header(name: str, size: int, crc: int) -> bytes:
    """Return what stands before a content."""
    short = name.encode("ascii")
    return _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DAY, crc, size, size, len(short), 0) + short


def central_header(name: str, size: int, crc: int, offset: int) -> bytes:
    """Return an entry of the directory at the end of the archive."""
    short = name.encode("ascii")
    numbers = (_VERSION, _VERSION, 0, 0, 0, _DAY, crc, size, size, len(short), 0, 0, 0, 0, 0, offset)
    return _CENTRAL.pack(_CENTRAL_MARK, *numbers) + short


def end_record(count: int, size: int, offset: int, manifest_sha256: str) -> bytes:
    """Return the end of the archive, up to where the seal's 64 characters begin."""
    words = f"{FORMAT} manifest:{manifest_sha256} archive:".encode("ascii")
    return _END.pack(_END_MARK, 0, 0, count, count, size, offset, len(words) + _HEX) + words


# --- first: the seal -----------------------------------------------------------------------------


def seal_fault(archive: bytes) -> str:
    """Return what is wrong with the seal; nothing where it fits."""
    found = hashlib.sha256(archive[:-_HEX]).hexdigest()
    if archive[-_HEX:] == found.encode("ascii"):
        return ""
    return "Le sceau ne correspond pas aux octets du fichier : au moins un octet a été modifié."


# --- then: everything derived again --------------------------------------------------------------


def faults(archive: bytes) -> list[str]:
    """Return all that differs, in French; nothing where all is as it was sealed."""
    found = [fault for fault in [seal_fault(archive)] if fault]
    try:
        for fault in _derived_faults(archive):
            found.append(fault)  # noqa: PERF402 -- what was found before the reading stopped is said
    except Exception as error:  # noqa: BLE001 -- whatever stops the reading is a difference: it was readable once
        found.append(f"Le contenu n’est plus lisible ({type(error).__name__}).")
    return found


def _derived_faults(archive: bytes) -> Iterator[str]:
    members, places, layout = _members(archive)
    contents = dict(members)
    if MANIFEST not in contents:
        yield from layout
        yield f"{MANIFEST} manque ou n’est plus lisible : le contenu ne peut pas être comparé."
        return
    if len(contents) != len(members):
        yield "Le même nom de fichier figure deux fois dans l’archive."
    manifest_sha256 = hashlib.sha256(contents[MANIFEST]).hexdigest()
    if f" manifest:{manifest_sha256} ".encode("ascii") not in archive[-3 * _HEX :]:
        yield f"{MANIFEST} : ce n’est pas le manifeste que la dernière ligne de l’archive désigne."
        # It can't be read for what it was: what it says of the others is not believed.
        yield from layout or _form_faults(archive, members, places, {MANIFEST: ""})
        return
    manifest = json.loads(contents[MANIFEST].decode("utf-8"))
    altered = _content_faults(manifest, members)
    yield from altered.values()
    yield from layout or _form_faults(archive, members, places, altered)
    yield from _chain_faults(manifest, contents)


def _members(archive: bytes) -> tuple[list[tuple[str, bytes]], list[int], list[str]]:
    """Return names with contents, where each begins, and what stopped the reading."""
    members: list[tuple[str, bytes]] = []
    places: list[int] = []
    at = 0
    for _ in range(len(archive) // _LOCAL.size):  # no more headers than that have room
        if archive[at : at + 4] != _LOCAL_MARK:
            break
        header = archive[at : at + _LOCAL.size]
        if len(header) < _LOCAL.size:
            return members, places, [f"Octet {at} : l’archive s’arrête au milieu d’un en-tête."]
        fields = _LOCAL.unpack(header)
        begin = at + _LOCAL.size + fields[9] + fields[10]
        end = begin + fields[7]
        name = archive[at + _LOCAL.size : at + _LOCAL.size + fields[9]].decode("utf-8", "replace")
        if end > len(archive):
            return (
                members,
                places,
                [f"Octet {at} : l’en-tête de « {name} » annonce plus d’octets qu’il n’y en a."],
            )
        members.append((name, archive[begin:end]))
        places.append(at)
        at = end
    if archive[at : at + 4] != _CENTRAL_MARK:
        return members, places, [f"Octet {at} : un en-tête de fichier ou le répertoire a été modifié."]
    return members, places, []


def _content_faults(manifest: dict[str, Any], members: list[tuple[str, bytes]]) -> dict[str, str]:
    """Return by name the contents that are not those of the manifest."""
    found = {}
    listed = {one["path"]: one for one in manifest["files"]}
    present = {name for name, _ in members}
    for name, content in members:
        if name == MANIFEST:
            continue
        if name not in listed:
            found[name] = f"{name} : ce fichier n’est pas dans le manifeste."
        elif hashlib.sha256(content).hexdigest() != listed[name]["sha256"]:
            found[name] = (
                f"{name} : le contenu a été modifié ; son empreinte n’est plus {listed[name]['sha256']}."
            )
        elif len(content) != listed[name]["size"]:
            found[name] = f"{name} : la taille n’est pas celle du manifeste."
    for name in listed:
        if name not in present:
            found[name] = f"{name} : ce fichier manque."
    if not found and [name for name, _ in members] != [one["path"] for one in manifest["files"]] + [MANIFEST]:
        found[MANIFEST] = "Les fichiers ne sont pas dans l’ordre du manifeste."
    return found


def _form_faults(
    archive: bytes, members: list[tuple[str, bytes]], places: list[int], altered: dict[str, str]
) -> list[str]:
    """Write the archive again and compare: a byte between the contents has nowhere to hide."""
    headers, directory, at = [], [], 0
    for (name, content), begin in [(members[n], places[n]) for n in range(len(members))]:
        # A content known to be altered no longer has its checksum: it is named already.
        crc = (
            _LOCAL.unpack(archive[begin : begin + _LOCAL.size])[6] if name in altered else zlib.crc32(content)
        )
        header = local_header(name, len(content), crc)
        headers.append((at, header, f"l’en-tête de {name}"))
        directory.append((central_header(name, len(content), crc, at), name))
        at += len(header) + len(content)
    start = at
    for entry, name in directory:
        headers.append((at, entry, f"l’entrée de {name} au répertoire"))
        at += len(entry)
    manifest_sha256 = hashlib.sha256(dict(members)[MANIFEST]).hexdigest()
    end = end_record(len(members), at - start, start, manifest_sha256)
    headers.append((at, end, "la fin de l’archive"))
    found = []
    for offset, expected, what in headers:
        seen = archive[offset : offset + len(expected)]
        if seen != expected:
            same = [n for n in range(min(len(seen), len(expected))) if seen[n] != expected[n]]
            place = offset + (same[0] if same else len(seen))
            found.append(f"Octet {place} : {what} a été modifié.")
    if len(archive) != at + len(end) + _HEX:
        found.append("L’archive n’a plus la longueur qu’elle avait.")
    return found


def head_of(archive: bytes) -> str:
    """Return the hash of the last event, as the manifest of a verified archive says it."""
    return str(_manifest(archive)["head"])


def _manifest(archive: bytes) -> dict[str, Any]:
    members, _, _ = _members(archive)
    found: dict[str, Any] = json.loads(dict(members)[MANIFEST].decode("utf-8"))
    return found


# --- what the contents say -----------------------------------------------------------------------


def event_hash(event: dict[str, Any]) -> str:
    """Return the SHA-256 that binds an event to all those before it."""
    names = ("contract_id", "seq", "body", "recorded_at", "actor", "previous_hash")
    bound = json.dumps([event[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(bound.encode("utf-8")).hexdigest()


def opened_commitment(salt: str, kept: dict[str, Any]) -> str:
    """Return the salted SHA-256 that the event of an acceptance commits to."""
    canonical = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((salt + canonical).encode("utf-8")).hexdigest()


def _chain_faults(manifest: dict[str, Any], contents: dict[str, bytes]) -> Iterator[str]:
    """Follow the chain of events, and what it says must be there."""
    previous, bodies = FIRST_PREVIOUS, []
    lines = contents.get(EVENTS, b"").decode("utf-8").split("\n")[:-1]
    for number, line in [(n + 1, lines[n]) for n in range(len(lines))]:
        event = json.loads(line)
        body = json.loads(event["body"])
        if event["seq"] != number or event["contract_id"] != manifest["contract"]["id"]:
            yield f"Événement {number} : ce n’est pas celui qui suit, ou pas de ce contrat."
        if event["previous_hash"] != previous:
            yield f"Événement {number} : il ne suit pas le précédent."
        if event["hash"] != event_hash(event):
            yield f"Événement {number} : il a été modifié ; son empreinte ne correspond plus."
        if (event["kind"], event["at"]) != (body["kind"], body["at"]):
            yield f"Événement {number} : sa date ou sa nature n’est pas celle de son texte."
        previous = event["hash"]
        bodies.append(body)
    if (len(bodies), previous) != (manifest["events"], manifest["head"]):
        yield "La chaîne des événements ne finit pas là où le manifeste le dit."
    yield from _acceptance_faults(contents, bodies)
    told = {one.get("proves") for one in manifest["files"]} | {
        one.get("proves") for one in manifest["absent"]
    }
    yield from (
        f"« {needed} » : la chaîne l’atteste, et le fichier n’en contient ni la pièce ni l’absence."
        for needed in proofs_needed(bodies)
        if needed not in told
    )


def _acceptance_faults(contents: dict[str, bytes], bodies: list[dict[str, Any]]) -> Iterator[str]:
    """Compare each acceptance with its event, its text and, where it is still known, what it commits to."""
    acceptances = {one["event"]: one for one in json.loads(contents.get(ACCEPTANCES, b"[]").decode("utf-8"))}
    for number, body in [(n + 1, bodies[n]) for n in range(len(bodies))]:
        if body["kind"] != "terms_accepted":
            continue
        told = acceptances.pop(number, None)
        if told is None or (told["version"], told["evidence"]) != (body["version"], body["evidence"]):
            yield f"Acceptation de l’événement {number} : elle manque, ou diffère de l’événement."
            continue
        if (
            told["text"]
            and hashlib.sha256(contents.get(told["text"], b"")).hexdigest() != told["text_sha256"]
        ):
            yield f"{told['text']} : ce n’est pas le texte accepté à l’événement {number}."
        opening = told["opening"]
        if opening is None:
            continue
        kept = opening["kept"]
        if opened_commitment(opening["salt"], kept) != told["evidence"]:
            yield f"Acceptation de l’événement {number} : ses circonstances ne sont pas celles engagées."
        if (kept.get("version"), kept.get("text_sha256")) != (told["version"], told["text_sha256"]):
            yield f"Acceptation de l’événement {number} : elle porte sur un autre texte."
    for number, told in acceptances.items():
        yield from _renewal_faults(number, told, contents, bodies)


def _renewal_faults(
    number: int, told: dict[str, Any], contents: dict[str, bytes], bodies: list[dict[str, Any]]
) -> Iterator[str]:
    """Compare terms that a tacit renewal made the contract's with the renewal and with what had announced them."""
    named = dict(enumerate(bodies, start=1))
    renewal, announcement = named.get(number, {}), named.get(told.get("announced", 0), {})
    if (renewal.get("kind"), announcement.get("kind")) != ("contract_renewed", "change_announced"):
        yield f"Acceptation de l’événement {number} : il n’y en a pas."
    elif announcement["version"] != told["version"]:
        yield f"Acceptation de l’événement {number} : elle porte sur un autre texte que celui annoncé."
    elif told["text"] and hashlib.sha256(contents.get(told["text"], b"")).hexdigest() != told["text_sha256"]:
        yield f"{told['text']} : ce n’est pas le texte que le renouvellement a rendu applicable."


def proofs_needed(bodies: list[dict[str, Any]]) -> list[str]:
    """Return what the events say exists: texts accepted or announced, pieces accepted, invoices and credit notes."""
    needed: list[str] = []
    received: dict[str, str] = {}
    for body in bodies:
        if body["kind"] in ("terms_accepted", "change_announced") and body.get("version"):
            needed.append("cgv:" + body["version"])
        elif body["kind"] == "document_received":
            received[body["piece"]] = body["document"]
        elif body["kind"] == "document_accepted":
            needed.append("piece:" + received.get(body["piece"], body["piece"]))
        elif body["kind"] in ("invoice_issued", "credit_note_issued"):
            needed.append("facture:" + body["number"])
    return list(dict.fromkeys(needed))


# --- the command ---------------------------------------------------------------------------------


def said(line: str) -> str:
    """Return a sentence with the spaces of French typography."""
    for typed, kept in ((" :", "\u00a0:"), (" ;", "\u202f;"), ("« ", "«\u00a0"), (" »", "\u00a0»")):
        line = line.replace(typed, kept)
    return line + "\n"


def main(words: list[str]) -> int:
    """Verify the file that is named, and say what was found."""
    if len(words) != 1:
        sys.stdout.write(said("Indiquez un fichier de preuve : python verify.py FICHIER.zip"))
        return 1
    try:
        archive = Path(words[0]).read_bytes()
    except OSError as error:
        sys.stdout.write(said(f"{words[0]} : ce fichier ne peut pas être lu ({error.strerror})."))
        return 1
    found = faults(archive)
    for line in found:
        sys.stdout.write(said(line))
    if found:
        sys.stdout.write(said(f"{words[0]} : ce fichier n’est plus celui qui a été remis."))
        return 1
    manifest = _manifest(archive)
    contract = manifest["contract"]
    for line in (
        f"Aucune différence : chaque octet de {words[0]} est celui qui a été scellé.",
        f"Contrat {contract['number'] or contract['id']}, {manifest['events']} événements.",
        f"Empreinte de tête : {manifest['head']}",
        "Comparez cette empreinte à celle que le portail ou l’un de ses e-mails vous a donnée : un fichier refait",
        "en entier, chaîne et sceau compris, se vérifierait lui aussi, mais n’aurait pas la même.",
    ):
        sys.stdout.write(said(line))
    return 0


# Two gates, each enough by itself: a verifier with one altered byte does not let its own archive through.
if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        everything = Path(sys.argv[-1]).read_bytes()
    except OSError:
        sys.exit(main(sys.argv[1:]) or 1)
    if hashlib.sha256(everything[:-64]).hexdigest() != everything[-64:].decode("ascii", "replace"):
        sys.exit(main(sys.argv[1:]) or 1)
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
