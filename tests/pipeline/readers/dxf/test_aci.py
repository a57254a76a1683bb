"""The table of colours is that of the library."""

from ezdxf.colors import DXF_DEFAULT_COLORS

from pipeline.readers.dxf.aci import COLORS


def test_colours_are_those_of_the_library():
    assert [color & 0xFFFFFF for color in DXF_DEFAULT_COLORS] == list(COLORS)
