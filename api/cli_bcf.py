"""Findings and differences as a BCF 2.1 file: one topic each, with the GlobalIds it is about.

Written by hand from the BCF 2.1 schema (buildingSMART BCF-XML, markup.xsd and visinfo.xsd): the parts used are few.
A topic about elements has a view from above onto them; one about a drawn sheet has a picture.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

_SPACE = uuid.UUID("6f4b3a9e-5a52-5c3b-9c0e-2f8f6d1f7a10")
_VERSION = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Version VersionId="2.1"><DetailedVersion>2.1</DetailedVersion></Version>\n'
)


@dataclass(slots=True)
class Topic:
    """One topic: what it says, of which kind it is, the elements it points at, and a key that stays the same."""

    title: str
    kind: str
    guids: list[str]
    key: str
    description: str = ""
    status: str = "Open"
    snapshot: bytes | None = None  # PNG
    view: tuple[float, float, float, float] | None = None  # of a plan view: middle x, y, camera z, height; metres


def write_bcf(topics: list[Topic], author: str = "Tushen") -> bytes:
    """Return a .bcf (zip). The same topics give the same topic ids, so importing twice does not double them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bcf.version", _VERSION)
        for topic in topics:
            guid = str(uuid.uuid5(_SPACE, topic.key))
            archive.writestr(f"{guid}/markup.bcf", _markup(topic, guid, author))
            if topic.guids or topic.view or topic.snapshot:
                archive.writestr(f"{guid}/viewpoint.bcfv", _viewpoint(topic, guid))
            if topic.snapshot:
                archive.writestr(f"{guid}/snapshot.png", topic.snapshot, zipfile.ZIP_STORED)
    return out.getvalue()


def _markup(topic: Topic, guid: str, author: str) -> str:
    view = str(uuid.uuid5(_SPACE, topic.key + "/view"))
    parts = "<Viewpoint>viewpoint.bcfv</Viewpoint>" if topic.guids or topic.view or topic.snapshot else ""
    parts += "<Snapshot>snapshot.png</Snapshot>" if topic.snapshot else ""
    viewpoint = f'<Viewpoints Guid="{view}">{parts}</Viewpoints>' if parts else ""
    description = f"<Description>{escape(topic.description)}</Description>" if topic.description else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Markup>'
        f'<Topic Guid="{guid}" TopicType={quoteattr(topic.kind)} TopicStatus={quoteattr(topic.status)}>'
        f"<Title>{escape(topic.title)}</Title>"
        f"<CreationDate>{datetime.now(UTC).isoformat(timespec='seconds')}</CreationDate>"
        f"<CreationAuthor>{escape(author)}</CreationAuthor>{description}</Topic>{viewpoint}</Markup>\n"
    )


def _viewpoint(topic: Topic, guid: str) -> str:
    view = str(uuid.uuid5(_SPACE, topic.key + "/view"))
    chosen = "".join(f"<Component IfcGuid={quoteattr(one)}/>" for one in topic.guids)
    selection = f"<Selection>{chosen}</Selection>" if chosen else ""
    camera = _camera(*topic.view) if topic.view else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<VisualizationInfo Guid="{view}"><Components>'
        f'{selection}<Visibility DefaultVisibility="true"/></Components>{camera}</VisualizationInfo>\n'
    )


def _camera(x: float, y: float, z: float, height: float) -> str:
    """An orthogonal camera that looks straight down."""
    xyz = "<{0}><X>{1:.6g}</X><Y>{2:.6g}</Y><Z>{3:.6g}</Z></{0}>".format
    places = xyz("CameraViewPoint", x, y, z) + xyz("CameraDirection", 0, 0, -1) + xyz("CameraUpVector", 0, 1, 0)
    return f"<OrthogonalCamera>{places}<ViewToWorldScale>{height:.6g}</ViewToWorldScale></OrthogonalCamera>"
