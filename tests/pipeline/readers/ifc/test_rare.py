"""Bytes that are rare are found one by one, and where they are not, in strips: both ways give every place."""

import random
import re

import pytest

from pipeline.readers.ifc import rare, step


@pytest.mark.parametrize(("strip", "one_by_one"), [(64, 0), (64, 3), (128, 100)])
def test_every_byte_and_every_pair_is_found(strip: int, one_by_one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare, "_STRIP", strip)
    monkeypatch.setattr(rare, "_RARE", one_by_one)
    chance = random.Random(strip)
    for size in [*range(140), 1000]:
        data = bytes(chance.choice(b"ab*/\\ ") for _ in range(size))
        assert rare.positions(data, b"\\").tolist() == [found.start() for found in re.finditer(rb"\\", data)]
        assert rare.pair_positions(data, b"/*") == [found.start() for found in re.finditer(rb"/\*", data)]


@pytest.mark.parametrize("many", [0, 300])
def test_a_quote_behind_a_page_escape_ends_no_string(many: int) -> None:
    rows = b"".join(b"#%d=IFCLABEL('a\\X\\F6\\X0\\');\n" % (number + 10) for number in range(many))
    data = b"ISO-10303-21;\nDATA;\n" + rows + b"#1=IFCA('x\\S\\',#2');\n#3=IFCB(*,#1);\n" + b"#4=IFCB(*);" * many
    text = step.scan(data)
    assert not text.unterminated and not text.dangling
    assert text.ids[text.edge_from].tolist() == [3] and text.ids[text.edge_to].tolist() == [1]
