"""Special codes and wrapping of DXF texts."""

import numpy as np
import pytest

from pipeline.readers.dxf.faces import face_of
from pipeline.readers.dxf.text import breaks, plain, text_width


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("%%c8@200", "Ø8@200"),
        ("%%P0.000", "±0.000"),
        ("45%%d", "45°"),
        ("%%13212@150", "Φᶜ12@150"),
        ("%%uTITLE%%u", "TITLE"),
        ("\\U+4E00\\U+5C42", "一层"),
        ("\\M+5D2BB\\M+5B2E3", "一层"),
        ("a\x00b\u202ec", "abc"),
    ],
)
def test_special_codes_are_decoded(raw, shown):
    assert plain(raw) == (shown, False)


def test_lone_surrogates_are_replaced_and_reported():
    assert plain("a\udcd2b") == ("a\ufffdb", True)


def test_wrapped_lines_fit_and_lose_no_letter():
    text = "本工程为框架结构，耐火等级为二级，抗震设防烈度为七度。" * 3
    sums = np.concatenate([[0.0], np.cumsum(face_of("arial.ttf").letters(text))])
    lines = [text[begin:end] for begin, end in breaks(text, sums, 20.0)]
    assert "".join(lines) == text
    assert all(text_width(line) <= 20.0 * 1.02 for line in lines)
