"""Different texts among many: the same as looking at each of them, whatever stands in the file."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.dxf.columns import words
from pipeline.readers.dxf.columns.tags import tokenise

_TEXTS = st.lists(
    st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=("Cs",)), max_size=40)
    | st.sampled_from(["0", "A-WALL", "A-WALL-1", "墙体-建筑", "x" * 63, "x" * 64, "y" * 200]),
    min_size=1,
    max_size=60,
)


def _tags(texts):
    data = "".join(f"  8\n{text}\n" for text in texts).encode()
    return tokenise(np.frombuffer(data, np.uint8), 0, bytes.decode)


@given(_TEXTS)
def test_each_tag_gets_the_number_of_its_text_in_the_order_they_first_come(texts):
    found, number = words.numbered(_tags([*texts, "0"]), np.arange(len(texts)))
    assert found == list(dict.fromkeys(texts))
    assert [found[i] for i in number.tolist()] == texts


def test_many_different_texts_and_two_with_one_key_are_told_apart(monkeypatch):
    texts = [f"layer {n % 5000}" for n in range(20000)]
    tags = _tags(texts)
    expected = (list(dict.fromkeys(texts)), [n % 5000 for n in range(20000)])
    found, number = words.numbered(tags, np.arange(len(texts)))
    assert (found, number.tolist()) == expected
    monkeypatch.setattr(words, "_ODD", np.uint64(0))  # every key is the same
    found, number = words.numbered(tags, np.arange(len(texts)))
    assert (found, number.tolist()) == expected
