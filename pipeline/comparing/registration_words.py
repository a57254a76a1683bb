"""What a registration says of itself: what its confidence stands on, or why the sheets are not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.comparing.registration import Registration

ASK_ZH = "未作比对；请在两张图上各指定两个对应点后重试。"
ASK_EN = "so they were not compared; give two matching points on both sheets and try again."
REFUSALS = {
    "weak": (
        "无法可靠对齐两张图（重合度 {percent}%），",
        "The two sheets could not be aligned reliably (coverage {percent} %), ",
    ),
    "scan_weak": (
        "无法可靠地把图纸与扫描图对齐（重合度 {percent}%），",
        "The drawing could not be aligned reliably with the scan (coverage {percent} %), ",
    ),
    "scan_symmetric": (
        "图纸与扫描图有多种同样合理的对齐方式，",
        "The drawing can be laid on the scan in several equally good ways, ",
    ),
    "symmetric": (
        "图形对称或重复，存在多种同样合理的对齐方式，",
        "The drawing is symmetric or repeats itself and can be laid on the other in several equally good ways, ",
    ),
    "mirror": (
        "无法判断两张图是否互为镜像，两种对齐方式同样合理，",
        "The sheets fit one another mirrored and not mirrored about equally well, ",
    ),
    "texts": (
        "线条虽能重合（{percent}%），但相同文字的位置互相矛盾，",
        "The lines can be laid on one another ({percent} %), but equal texts lie in other places, ",
    ),
    "frame": (
        "两张图只有图框等少量线条重合（重合度 {percent}%），图形本身对不上，",
        "Little but the frame of the two sheets coincides (coverage {percent} %), not the drawing itself, ",
    ),
}
METHODS = {
    "identity": ("坐标一致，直接重合", "equal coordinates"),
    "points": ("按人工指定的对应点对齐", "aligned by points a person gave"),
    "anchors": ("按相同文字和线条对齐", "aligned by equal texts and lines"),
    "shape": ("按线条形状对齐", "aligned by the shape of the lines"),
    "texts": ("图上几乎没有线条，按相同文字对齐", "hardly any lines; aligned by equal texts"),
}


def refuse(result: Registration, why: str) -> Registration:
    """Say why the sheets are not compared and what to do."""
    percent = round(100 * result.confidence)
    zh, en = REFUSALS[why]
    result.reason_zh, result.reason_en = zh.format(percent=percent) + ASK_ZH, en.format(percent=percent) + ASK_EN
    return result


def explain(result: Registration, agreeing: int = 0, voices: int = 0, rival: float = 0.0) -> Registration:
    """Say what the confidence stands on: method, coverage, texts that agree, the next best place."""
    zh, en = METHODS[result.method]
    percent = round(100 * result.confidence)
    zh, en = f"{zh}：重合度 {percent}%", f"{en}: coverage {percent} %"
    if voices:
        zh, en = f"{zh}，{voices} 处相同文字中 {agreeing} 处吻合", f"{en}, {agreeing} of {voices} equal texts agree"
    if rival > 0:
        zh, en = f"{zh}，次优位置 {round(100 * rival)}%", f"{en}, next best place {round(100 * rival)} %"
    result.reason_zh, result.reason_en = zh + "。", en[0].upper() + en[1:] + "."
    return result
