"""`tushen read` names what other programs left in a file."""

from __future__ import annotations

from pathlib import Path

from api.cli_output import Speaker
from api.cli_reading import Reading, describe

SUMMARY = {
    "format": "pdf", "state": "complete", "coverage": {"share": 1.0}, "defects": [],
    "sheets": [{"key": "0:1", "number": "", "title": "", "scale": 1.0, "width_mm": 420.0, "height_mm": 297.0,
                "entities": 3, "label": "A-01"}],
    "annotations": [{"author": "王工"}, {"author": ""}, {"author": "王工"}],
    "signatures": [
        {"field": "Sig1", "signer": "李四", "signed_at": "2026-05-01T08:00:00+08:00", "integrity": "changed",
         "covers_whole_file": False, "why": "content_changed", "why_zh": "签名后内容被改动",
         "why_en": "content was changed after signing"},
    ],
}  # fmt: skip


def test_marks_signatures_and_page_labels_are_named_in_both_languages(capsys):
    reading = Reading(Path("a.pdf"), "a.pdf", SUMMARY)
    for language, words in (
        (
            "en",
            (
                "page label A-01",
                "3 imported annotations  王工",
                "signature 李四",
                "changed",
                "a part",
                "content was changed after signing",
            ),
        ),
        (
            "zh",
            ("页签 A-01", "外来批注 3 条  王工", "电子签名 李四", "签名后已被改动", "未覆盖全文件", "签名后内容被改动"),
        ),
    ):
        describe(reading, Speaker(language, take_stdout=False))
        said = capsys.readouterr().out
        assert all(word in said for word in words), said
