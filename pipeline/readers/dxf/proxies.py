"""Objects of other programs (TArch walls, doors, dimensions …): drawn from the picture they may carry, else counted.

They stand in a DXF as ACAD_PROXY_ENTITY (written without that program) or under their own names (TCH_WALL, written
with it). Their data is secret; the picture, where there is one, is a stream of drawing commands (groups 92/160, 310).
"""

from __future__ import annotations

from typing import Any

from pipeline.drawing.safe_text import safe_text

PROXY = "ACAD_PROXY_ENTITY"
_FIRST_CLASS = 500  # class numbers of a drawing begin here (DXF reference, ACAD_PROXY_ENTITY group 91)


def is_foreign(entity: Any) -> bool:
    """Tell whether the library knows an entity by its tags only."""
    return type(entity).__name__ == "DXFTagStorage"


def stand_in(entity: Any) -> Any:
    """Return a drawable entity with the layer, colour, width and line type of one known by its tags only."""
    from ezdxf.entities import factory

    return factory.new("POINT", dxfattribs=entity.graphic_properties() or _bare_properties(entity), doc=entity.doc)


def _bare_properties(entity: Any) -> dict[str, Any]:
    """Return layer and colour of an entity without subclasses (R12)."""
    names = {8: "layer", 6: "linetype", 62: "color", 60: "invisible"}
    return {names[tag.code]: tag.value for tag in entity.xtags.subclasses[0] if tag.code in names}


def picture(entity: Any) -> list[Any]:
    """Return the parts of the picture an entity of another program carries, [] where it has none.

    Raises what the library raises when the picture is broken.
    """
    data = getattr(entity, "proxy_graphic", None)
    if not data:
        return []
    from ezdxf.proxygraphic import ProxyGraphic

    return list(ProxyGraphic(data, doc=entity.doc).virtual_entities())


def kind_of(entity: Any) -> str:
    """Return the class an entity had in its own program (TCH_WALL), its DXF name where that is not to be told."""
    name = str(entity.dxftype())
    if name == PROXY and entity.doc is not None and entity.acdb_proxy_entity is not None:
        number = int(entity.acdb_proxy_entity.get_first_value(91, 0)) - _FIRST_CLASS
        classes = list(entity.doc.classes.classes.values())
        if 0 <= number < len(classes):
            name = str(classes[number].dxf.get("name", "") or name)
    return safe_text(name, 60)[0]


def is_of_another_program(name: str) -> bool:
    """Tell whether an entity name is one of a program on top of CAD: TArch, a proxy, AutoCAD Architecture."""
    return name.startswith(("TCH_", "TDB_", "AEC_")) or "PROXY" in name
