"""Findings and differences as a BCF 2.1 file: one topic each, with the GlobalIds it is about.

Written by hand from the BCF 2.1 schema (buildingSMART BCF-XML, markup.xsd and visinfo.xsd): the parts used are few.
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


def write_bcf(topics: list[Topic], author: str = "Tushen") -> bytes:
    """Return a .bcf (zip). The same topics give the same topic ids, so importing twice does not double them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bcf.version", _VERSION)
        for topic in topics:
            guid = str(uuid.uuid5(_SPACE, topic.key))
            archive.writestr(f"{guid}/markup.bcf", _markup(topic, guid, author))
            if topic.guids:
                archive.writestr(f"{guid}/viewpoint.bcfv", _viewpoint(topic, guid))
    return out.getvalue()


def _markup(topic: Topic, guid: str, author: str) -> str:
    view = str(uuid.uuid5(_SPACE, topic.key + "/view"))
    viewpoint = f'<Viewpoints Guid="{view}"><Viewpoint>viewpoint.bcfv</Viewpoint></Viewpoints>' if topic.guids else ""
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
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<VisualizationInfo Guid="{view}"><Components>'
        f'<Selection>{chosen}</Selection><Visibility DefaultVisibility="true"/></Components></VisualizationInfo>\n'
    )
