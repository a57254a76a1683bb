"""Opens a DXF through the library with its texts decoded as they really are; the strict door and the patient one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ezdxf
from ezdxf import recover
from ezdxf.document import Drawing as Document
from ezdxf.lldxf.tagger import binary_tags_loader
from ezdxf.lldxf.types import DXFTag
from ezdxf.tools.codepage import toencoding

from pipeline.drawing.defects import Defect, defect
from pipeline.readers.dxf import encodings, mending, repairs
from pipeline.readers.dxf.prescan import Prescan

repairs.install()


@dataclass(slots=True)
class Bytes:
    """A DXF file in memory and what its texts are encoded in."""

    path: Path
    data: bytes
    binary: bool
    claim: str  # what the header says
    used: str  # what the bytes say
    library: str = ""  # what the library would decode it with
    text: str | None = None  # the whole file decoded; None where the library decodes it as well itself
    undecodable: int = 0  # lines with bytes that fit no encoding
    defects: list[Defect] = field(default_factory=list)


def looked_at(path: Path, data: bytes, scan: Prescan) -> Bytes:
    """Return the file with its encoding settled; a wrong or a second encoding is a defect in the result."""
    claim = encodings.declared(scan.version, scan.codepage)
    found = Bytes(path, data, scan.binary, claim, claim)
    other = 0
    if scan.binary:
        claim, found.library = _binary_header(data)
        raw = _raw_strings(data, found.library)
        found.claim, found.used = claim, encodings.judge(raw[: encodings.SAMPLE], claim)
        found.undecodable = sum(encodings.decode(value, found.used)[1] for value in raw)
    elif not data.isascii():
        found.used = encodings.sniff(data, claim)
        text, other, found.undecodable = encodings.decoded(data, found.used)
        found.library = "utf-8" if scan.version >= "AC1021" else str(toencoding(scan.codepage.upper()))
        if other or found.undecodable or found.used != found.library or data.startswith(b"\xef\xbb\xbf"):
            found.text = text
    if found.used != claim or other:
        used = f"{found.used} + utf-8/gbk" if other else found.used
        found.defects.append(defect("encoding_corrected", declared=scan.codepage or claim, used=used))
    return found


def open_strict(file: Bytes) -> Any:
    """Return the document by the strict door. Raises what the library raises."""
    if file.binary:
        document = Document.load(_decoded_tags(file))
    elif file.text is None:
        document = ezdxf.readfile(file.path)
    else:
        document = ezdxf.read(io.StringIO(file.text, newline=None))
    if file.used != "utf-8":  # texts in the pictures of proxies are bytes of the same code page
        document.encoding = file.used
    return document


def open_patient(file: Bytes, why: str, whole: bool) -> tuple[Any, int]:
    """Return the document by the patient door and how many faults its audit found. Raises what the library raises.

    `why` is what the strict door said, `whole` whether the file has its end mark.
    """
    data = file.data if file.text is None or file.binary else encodings.as_ascii(file.data, file.used)
    if not file.binary and not whole:
        data = mending.close_file(data)
    if not file.binary and "Invalid handle" in why:
        data = mending.drop_bad_handles(data)
    document, audit = recover.read(io.BytesIO(data))
    return document, len(audit.errors) + len(audit.fixes)


def _binary_header(data: bytes) -> tuple[str, str]:
    """Return the declared encoding of a binary DXF and the one the library decodes it with.

    The library looks at the first 1,024 bytes only and takes its version and code page from there.
    """
    version, codepage = _header_value(data, b"$ACADVER", len(data)), _header_value(data, b"$DWGCODEPAGE", len(data))
    near = _header_value(data, b"$ACADVER", 1024) or "AC1009"
    library = "utf8" if near >= "AC1021" else toencoding(_header_value(data, b"$DWGCODEPAGE", 1024))
    return encodings.declared(version or "AC1009", codepage), str(library)


def _header_value(data: bytes, name: bytes, limit: int) -> str:
    at = data.find(name + b"\x00", 22, min(limit, 65_536))
    if at < 0:
        return ""
    start = at + len(name) + 2
    start += data[start : start + 1] == b"\x00"  # group codes have two bytes since R13
    return data[start : data.find(b"\x00", start, start + 64)].decode("ascii", "replace")


def _raw_strings(data: bytes, library: str) -> list[bytes]:
    """Return the values with bytes above 127 as they stand in a binary DXF, as far as its tags go."""
    found: list[bytes] = []
    try:
        for tag in binary_tags_loader(data, "surrogateescape"):
            if isinstance(tag.value, str) and not tag.value.isascii():
                found.append(tag.value.encode(library, "surrogateescape"))
    except Exception:  # a cut file: its end is the reader's business
        return found
    return found


def _decoded_tags(file: Bytes) -> Iterator[DXFTag]:
    for tag in binary_tags_loader(file.data, "surrogateescape"):
        value = tag.value
        if isinstance(value, str) and not value.isascii():
            text = encodings.decode(value.encode(file.library, "surrogateescape"), file.used)[0]
            tag = DXFTag(tag.code, text)
        yield tag
