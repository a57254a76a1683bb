"""What the library loses while it loads a file, given back: the view of R12 viewports, the look of tables.

It writes the view of a viewport of R12 (extended data ACAD, MVIEW) into fields that it throws away, and knows a table
by its tags only, without layer and colour.
"""

from __future__ import annotations

from typing import Any

from ezdxf.entities import factory
from ezdxf.entities.acad_table import AcadTableBlockContent
from ezdxf.entities.dxfgfx import acdb_entity_group_codes
from ezdxf.entities.dxfns import DXFNamespace
from ezdxf.entities.viewport import Viewport

_VIEW = ("view_target_point", "view_direction_vector", "view_twist_angle", "view_height", "view_center_point", "flags")


class OldViewport(Viewport):
    """A viewport that keeps its view in files of R12, too, and the layers frozen in it, which it has by name there."""

    def load_dxf_attribs(self, processor: Any = None) -> DXFNamespace:
        """Return the fields of a viewport."""
        if processor is None or not processor.r12:
            return super().load_dxf_attribs(processor)
        self.dxf = DXFNamespace(processor, self)
        found = super().load_dxf_attribs(processor)
        for name in _VIEW:
            if self.dxf.hasattr(name):
                found.set(name, self.dxf.get(name))
        return found

    def post_load_hook(self, doc: Any) -> Any:
        """Look up the layers frozen in it."""
        names = list(self._frozen_layers)
        done = super().post_load_hook(doc)
        self._frozen_layers += [name for name in names if isinstance(name, str) and name in doc.layers]
        return done


class Table(AcadTableBlockContent):
    """A table that knows its layer, colour and line type."""

    def load_dxf_attribs(self, processor: Any = None) -> DXFNamespace:
        """Return the fields of a table."""
        found = super().load_dxf_attribs(processor)
        if processor is not None and len(processor.subclasses) > 1:
            processor.fast_load_dxfattribs(found, acdb_entity_group_codes, subclass=1, log=False)
        return found


def install() -> None:
    """Let the library make these of viewports and tables from now on."""
    factory.ENTITY_CLASSES["VIEWPORT"] = OldViewport
    factory.ENTITY_CLASSES["ACAD_TABLE"] = Table
