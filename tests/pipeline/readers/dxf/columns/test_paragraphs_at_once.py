"""MTEXT of whole blocks at once: the same as one by one, and only what has nothing of its own."""

import ezdxf
import numpy as np
import pytest

from pipeline.readers.dxf.columns import assembly
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_both, differences

PLAIN = (
    {"insert": (0, 0), "char_height": 3},
    {"insert": (5, 5, 2), "width": 20, "rotation": 30, "attachment_point": 5},
    {"insert": (9, 0), "text_direction": (0, 2, 0), "attachment_point": 9, "line_spacing_factor": 1.5},
    {"insert": (1, 2), "extrusion": (0, 0, -1), "attachment_point": 7, "char_height": 0},
)
SINGLY = ({"insert": (0, 40), "bg_fill": 1, "bg_fill_color": 3}, {"insert": (0, 60), "flow_direction": 3})
STRINGS = (
    "one line",
    "{\\fSimSun;\\C1;两行\\P文字} %%c",
    "long enough to be broken at some place",
    "\\H2x;\\S1/2;",
    " ",
)


def _document():
    doc = ezdxf.new("R2018", units=4)
    block = doc.blocks.new("B")
    for at, fields in enumerate((*PLAIN, *SINGLY)):
        for string in STRINGS:
            (block if at % 2 else doc.modelspace()).add_mtext(string, {**fields, "color": at})
    doc.modelspace().add_mtext("\\pxqc;in the middle", {"width": 90})
    doc.modelspace().add_blockref("B", (100, 0), {"rotation": 20})
    return doc


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "texts.dxf"
    _document().saveas(path)
    return path


def test_they_are_the_same_one_by_one_and_by_the_library(path, monkeypatch):
    at_once = by_both(path)
    assert len(at_once.spaces[0].texts) > 20
    nothing = {"plain": lambda _, rows, *__: np.zeros(len(rows), bool)}
    for name, value in nothing.items():
        monkeypatch.setattr(assembly.paragraphs_at_once, name, value)
    assert differences(DxfReader().read(path, path.name), at_once) == []


def test_only_what_has_something_of_its_own_is_drawn_singly(path, monkeypatch):
    singly = []
    lettered = assembly.lettered

    def counted(*arguments):
        singly.append(lettered(*arguments))
        return singly[-1]

    monkeypatch.setattr(assembly, "lettered", counted)
    DxfReader().read(path, path.name)
    assert len(singly) == len(SINGLY) * len(STRINGS) + 1
