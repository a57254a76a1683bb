"""Findings as BCF 2.1: one topic each for what somebody has to look at, with the elements of models selected."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any
from xml.etree import ElementTree as Xml

from rules import VERSION
from rules.outputs import OPEN, WORDS, Findings, clause_of

_SPACE = uuid.UUID("7b1f6c2e-58f1-5d3e-8c35-0c6a4e1d9f10")
_PRIORITY = {"violation": "High", "advice": "Normal", "undecided": "Low"}
_GUID = 22


def write(
    findings: Findings,
    date: str,
    names: dict[str, str] | None = None,
    author: str = "Tushen",
    hashes: dict[str, str] | None = None,
) -> bytes:
    """Return a .bcfzip.

    Args:
        findings: findings as dicts; passed and not applicable ones are left out.
        date: ISO 8601 moment for all topics (no clock is read here).
        names: file id -> file name.
        author: who is said to have made the topics.
        hashes: file id -> SHA-256 of its content, told with the engine's version in every description.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        version = Xml.Element("Version", {"VersionId": "2.1"})
        Xml.SubElement(version, "DetailedVersion").text = "2.1"
        _put(archive, "bcf.version", version)
        for finding in findings:
            if finding["outcome"] in OPEN:
                _topic(archive, finding, date, names or {}, author, (hashes or {}).get(finding["file_id"], ""))
    return out.getvalue()


def _topic(
    archive: zipfile.ZipFile, f: dict[str, Any], date: str, names: dict[str, str], author: str, sha256: str
) -> None:
    guid = str(uuid.uuid5(_SPACE, f"{f['rule_code']}|{f['subject_key']}"))
    markup = Xml.Element("Markup")
    name = names.get(f["file_id"], f["file_id"])
    if name:
        header = Xml.SubElement(markup, "Header")
        file = Xml.SubElement(header, "File", {"isExternal": "true"})
        Xml.SubElement(file, "Filename").text = _clean(name)
    topic = Xml.SubElement(markup, "Topic", {"Guid": guid, "TopicType": WORDS[f["outcome"]][1], "TopicStatus": "Open"})
    Xml.SubElement(topic, "Title").text = _clean(f"{f['rule_code']} {f['message_zh']}"[:250])
    Xml.SubElement(topic, "Priority").text = _PRIORITY[f["outcome"]]
    Xml.SubElement(topic, "Labels").text = f["rule_code"]
    Xml.SubElement(topic, "CreationDate").text = date
    Xml.SubElement(topic, "CreationAuthor").text = author
    basis = f"\n{clause_of(f)}" if f.get("clause") else ""
    source = " ".join(part for part in (f"Tushen {VERSION}", f"sha256:{sha256}" if sha256 else "") if part)
    Xml.SubElement(topic, "Description").text = _clean(f"{f['message_zh']}\n{f['message_en']}{basis}\n{source}")
    elements = [s for s in f["source_ids"] if len(s) == _GUID and name.lower().endswith((".ifc", ".ifczip"))]
    if elements:
        view = str(uuid.uuid5(_SPACE, guid))
        point = Xml.SubElement(markup, "Viewpoints", {"Guid": view})
        Xml.SubElement(point, "Viewpoint").text = "viewpoint.bcfv"
        _put(archive, f"{guid}/viewpoint.bcfv", _viewpoint(view, elements))
    _put(archive, f"{guid}/markup.bcf", markup)


def _viewpoint(guid: str, elements: list[str]) -> Xml.Element:
    info = Xml.Element("VisualizationInfo", {"Guid": guid})
    components = Xml.SubElement(info, "Components")
    selection = Xml.SubElement(components, "Selection")
    for element in elements:
        Xml.SubElement(selection, "Component", {"IfcGuid": element})
    Xml.SubElement(components, "Visibility", {"DefaultVisibility": "true"})
    return info


def _clean(text: str) -> str:
    """Leave out characters that XML 1.0 does not have."""
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )


def _put(archive: zipfile.ZipFile, name: str, root: Xml.Element) -> None:
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, Xml.tostring(root, encoding="utf-8", xml_declaration=True))
