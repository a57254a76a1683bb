"""Tags made a list at a time are those of the library."""

import io

import pytest
from ezdxf.lldxf.tagger import ascii_tags_loader, tag_compiler

from pipeline.readers.dxf.columns.compiled import compiled

_TEXT = (
    "  0\nSECTION\n  2\nHEADER\n999\nnote\n  9\n$EXTMIN\n 10\n1.5\n 20\n-2.0\n 30\n3e2\n 70\n  4.0\n"
    " 10\n1\n 20\n2\n310\n00FF\n  1\n text \n 11\n7\n 21\n8\n  0\n EOF\n  0\nEOF\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_same_tags(end):
    theirs = list(tag_compiler(ascii_tags_loader(io.StringIO(_TEXT))))
    ours = compiled(_TEXT.replace("\n", end))
    assert [(type(t), t.code, t.value) for t in ours] == [(type(t), t.code, t.value) for t in theirs]


@pytest.mark.parametrize("text", ["x\n1\n", " 10\n1\n 30\n2\n", " 40\none\n", " 70\none\n", " 10\n1\n"])
def test_what_is_no_tag_is_refused(text):
    with pytest.raises(Exception, match=r".+"):
        compiled(text)
