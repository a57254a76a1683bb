"""The words of title blocks: which label names which field, as text and as attribute tag (DOMAIN C.3)."""

from __future__ import annotations

import re

from pipeline.sheets.numbers import squash

LABELS: dict[str, tuple[str, ...]] = {
    "number": (
        "图号",
        "图纸编号",
        "图纸号",
        "图纸图号",
        "DRAWINGNO",
        "DRAWINGNO.",
        "DRAWINGNUMBER",
        "SHEETNO",
        "SHEETNO.",
        "SHEETNUMBER",
        "DWGNO",
        "DWGNO.",
        "DWG.NO.",
        "DWG.NO",
        "DWGNº",
        "DWGN°",
        "DRGNO",
        "DRGNO.",
        "DRG.NO.",
        "DRAWINGN°",
        "PLANNO.",
        "SHEET#",
        "DWG#",
    ),
    "title": (
        "图名",
        "图纸名称",
        "图纸内容",
        "DRAWINGTITLE",
        "SHEETTITLE",
        "DRAWINGNAME",
        "SHEETNAME",
        "DWGTITLE",
        "DRGTITLE",
        "TITLE",
    ),
    "scale": ("比例", "出图比例", "SCALE"),
    "discipline": ("专业", "专业名称", "DISCIPLINE"),
    "kind": ("图别",),
    "date": ("日期", "出图日期", "完成日期", "设计日期", "DATE"),
    "version": ("版次", "版本", "版本号", "版别", "修改版次", "REV", "REV.", "REVISION"),
    "project": ("工程名称", "项目名称", "工程项目", "PROJECT", "PROJECTNAME", "PROJECTTITLE"),
    "building": (
        "子项名称",
        "子项",
        "单体",
        "单体名称",
        "单项工程名称",
        "子项工程名称",
        "SUBITEM",
        "SUB-ITEM",
        "BUILDING",
        "BUILDINGNAME",
        "BUILDINGNO.",
        "SUBPROJECT",
    ),
    "owner": ("建设单位", "业主", "业主单位", "CLIENT", "OWNER"),
    "designer": ("设计单位", "设计单位名称", "设计院", "DESIGNFIRM", "ARCHITECTFIRM"),
    "project_number": (
        "工程编号",
        "设计号",
        "工号",
        "项目编号",
        "合同号",
        "设计编号",
        "PROJECTNO",
        "PROJECTNO.",
        "JOBNO",
        "JOBNO.",
    ),
    "stage": ("设计阶段", "阶段", "STAGE", "PHASE"),
    "certificate": ("证书编号", "资质证书号", "资质等级"),
    "count": ("张次", "页次", "共张第张"),
    "signed_approved": ("审定", "批准", "审定人", "APPROVED", "APPROVEDBY"),
    "signed_checked": ("审核", "审核人", "CHECKED", "CHECKEDBY"),
    "signed_project_lead": (
        "项目负责人",
        "项目负责",
        "项目总负责",
        "项目总负责人",
        "设计总负责人",
        "工程负责人",
        "项目经理",
    ),
    "signed_discipline_lead": ("专业负责人", "专业负责", "工种负责", "工种负责人", "专业主持人"),
    "signed_proofread": ("校对", "校核", "校对人", "校核人"),
    "signed_design": ("设计", "设计人", "DESIGNED", "DESIGNEDBY"),
    "signed_drawn": ("制图", "绘图", "制图人", "绘图人", "DRAWN", "DRAWNBY"),
    "signed_registered": ("注册师", "注册建筑师", "注册结构师", "注册工程师"),
}
_FIELD = {label: name for name, labels in LABELS.items() for label in labels}
# labels too common outside title blocks to prove one
WEAK = frozenset(
    {"title", "date", "signed_design", "project", "owner", "stage", "count", "version", "discipline", "scale"}
)
_PAPER = re.compile(r"@A[0-4]$")  # Scale @ A3
_COLON = re.compile(r"[:：]")
_BRACKET = re.compile(r"[(（][^)）]*[)）]$")
LONGEST = 24


def field_of(text: str) -> str | None:
    """Return the field a label names ("图 号", "图号：", "Drawing No."), None if the text is no label."""
    if len(text) > 60:
        return None
    bare = _PAPER.sub("", squash(text).rstrip(":：").upper())
    if not bare or len(bare) > LONGEST:
        return None
    return _FIELD.get(bare) or _FIELD.get(_BRACKET.sub("", bare)) or _bilingual(bare)


def _bilingual(bare: str) -> str | None:
    """Labels such as 图号DRAWINGNO.: the Chinese half decides."""
    match = re.match(r"^([\u4e00-\u9fff]+)[/\n]?([A-Z.&/()'-]+)$", bare)
    return _FIELD.get(match.group(1)) if match else None


def inline(text: str) -> tuple[str, str] | None:
    """Return (field, value) of a text that holds both, such as "图号：建施-03"."""
    if len(text) > 200:
        return None
    parts = _COLON.split(text, maxsplit=1)
    if len(parts) == 2 and parts[1].strip():
        name = field_of(parts[0])
        if name is not None:
            return name, parts[1].strip()
    return None


_TAGS: tuple[tuple[str, str], ...] = (
    (r"^(DWG|DRAWING|SHEET|TH|TUHAO)[-_ ]?(NO|NUM|NUMBER|#)?\.?$", "number"),
    (r"^(DWG|DRAWING|SHEET)?[-_ ]?(TITLE|NAME)\d?$|^TM$|^TUMING$", "title"),
    (r"SCALE|^BL$", "scale"),
    (r"^(DATE|RQ|ISSUE[-_ ]?DATE)$", "date"),
    (r"^REV(ISION)?([-_ ]?NO\.?)?$", "version"),
    (r"^PROJECT([-_ ]?(NAME|TITLE))?\d?$|^PROJ$", "project"),
    (r"^(PROJECT|JOB)[-_ ]?(NO|NUM|NUMBER)\.?$", "project_number"),
    (r"^DISCIPLINE$", "discipline"),
)
_COMPILED = tuple((re.compile(pattern), name) for pattern, name in _TAGS)


def field_of_tag(tag: str) -> str | None:
    """Return the field an attribute tag names, None if unknown."""
    known = field_of(tag)
    if known is not None:
        return known
    bare = squash(tag).upper()
    if len(bare) > LONGEST:
        return None
    return next((name for pattern, name in _COMPILED if pattern.search(bare)), None)
