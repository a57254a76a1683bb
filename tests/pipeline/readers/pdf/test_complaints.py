"""What MuPDF whispers is heard: lost content, faults, and what does not matter."""

from __future__ import annotations

import pytest

from pipeline.readers.pdf.complaints import complaints


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ([], []),
        (["library error: zlib error: incorrect header check"], ["pdf_content_lost"]),
        (["unknown filter name (XXXDecode)", "ignoring broken ICC profile"], ["pdf_warnings"]),
        (["unknown filter name (XXXDecode)"], ["pdf_content_lost"]),
        (["PDF stream Length incorrect", "... repeated 5 times..."], ["pdf_content_faulty"]),
        (["expected 'endobj' or 'stream' keyword (3 0 R)"], ["pdf_warnings"]),
        (["syntax error: unknown keyword: 'Xj#'", "lcms: not an ICC profile"], ["pdf_warnings"]),
        (["content stream is not a stream (4 0 R)", "unknown PDF version: 9.9"], ["pdf_content_lost", "pdf_warnings"]),
    ],
)
def test_complaints_are_told_apart(lines: list[str], codes: list[str]) -> None:
    assert [d.code for d in complaints(lines)] == codes
