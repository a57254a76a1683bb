"""Findings as CSV and XLSX. A cell that a spreadsheet would run as a formula is written as text."""

from __future__ import annotations

import csv
import io
from typing import Any

from rules.outputs import WORDS, Findings, clause_of

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEAD = ("结果", "规则", "条款", "说明", "Message", "实测", "要求", "单位", "文件", "图幅", "对象")


def safe(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula: dangerous beginnings get a leading apostrophe."""
    text = "" if value is None else str(value)
    if text.lstrip(" \u00a0\ufeff").startswith(_DANGEROUS):
        return "'" + text
    return text


def rows(findings: Findings, names: dict[str, str] | None = None) -> list[list[str]]:
    """Return the table with its head, every cell safe."""
    table = [list(HEAD)]
    for f in findings:
        cells = [
            WORDS[f["outcome"]][0], f["rule_code"], clause_of(f), f["message_zh"], f["message_en"], f["measured"],
            f["demanded"], f["unit"], (names or {}).get(f["file_id"], f["file_id"]), f.get("sheet_key", ""),
            " ".join(f["source_ids"][:5]),
        ]  # fmt: skip
        table.append([safe(cell) for cell in cells])
    return table


def write_csv(findings: Findings, names: dict[str, str] | None = None) -> bytes:
    """Return CSV in UTF-8 with a byte order mark, so that office programs show Chinese."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows(findings, names))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def write_xlsx(findings: Findings, names: dict[str, str] | None = None) -> bytes:
    """Return a workbook; every cell is written as a string, never as a formula, number or link."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("审查意见")
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for r, row in enumerate(rows(findings, names)):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell, bold if r == 0 else wrap)
        for column, width in enumerate((10, 10, 24, 60, 60, 10, 14, 8, 28, 10, 26)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
