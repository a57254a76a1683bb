"""MLINE: lines, caps, mitres and filling of every style; the library is not asked."""

import ezdxf
import pytest

from pipeline.drawing.kinds import EntityKind
from tests.pipeline.readers.dxf.columns.equality import by_both

FLAGS = {"plain": 0, "filled": 1, "mitres": 2, "square": 16 | 256, "inner": 32 | 512, "round": 1 | 64 | 1024}


def _document(flags, *, closed, colors=(1, 2, 3, 4)):
    doc = ezdxf.new("R2010", units=4)
    style = doc.mline_styles.new("WALL")
    style.dxf.flags, style.dxf.fill_color = flags, 5
    for at, color in enumerate(colors):
        style.elements.append(3.0 - 2 * at, color, "BYLAYER")
    points = [(0, 0, 7), (100, 0, 7), (100, 60, 7), (20, 90, 7)]
    doc.modelspace().add_mline(points, close=closed, dxfattribs={"style_name": "WALL"})
    return doc


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("name", FLAGS)
def test_styles(tmp_path, name, closed):
    path = tmp_path / "mline.dxf"
    _document(FLAGS[name], closed=closed).saveas(path)
    kinds = by_both(path).spaces[0].entities.kind.tolist()
    assert kinds.count(EntityKind.LINE) >= 4 * (4 if closed else 3)
    assert kinds.count(EntityKind.FILL) == FLAGS[name] & 1


def test_a_round_cap_of_two_colours_is_two_quarters(tmp_path):
    path = tmp_path / "mline.dxf"
    _document(64 | 1024, closed=False).saveas(path)
    assert by_both(path).spaces[0].entities.kind.tolist().count(EntityKind.ARC) == 4
    _document(64 | 1024, closed=False, colors=(1, 2, 1)).saveas(path)
    assert by_both(path).spaces[0].entities.kind.tolist().count(EntityKind.ARC) == 2


def test_a_line_whose_parameters_do_not_fit_the_style_is_not_drawn(tmp_path):
    doc = _document(0, closed=False)
    doc.modelspace()[0].vertices[1].line_params.pop()
    doc.modelspace().add_line((0, 0), (1, 1))
    path = tmp_path / "mline.dxf"
    doc.saveas(path)
    assert len(by_both(path).spaces[0].entities) == 1
