"""Sentences of the defects of archives and whole sets."""

from pipeline.drawing.defect_sentences.entry import Entry

SETS: dict[str, Entry] = {
    "archive_unsafe": Entry(
        "error",
        True,
        "压缩包被拒绝：{why}",
        "The archive was refused: {why}",
        "请重新打包（不含嵌套压缩包、密码或异常路径）。",
        "Pack it again without nested archives, passwords or odd paths.",
    ),
    "archive_member_failed": Entry(
        "error",
        True,
        "压缩包内的 {name} 无法取出：{why}",
        "{name} could not be taken out of the archive: {why}",
        "请单独上传该文件。",
        "Upload this file by itself.",
    ),
    "junk_file": Entry(
        "info",
        False,
        "系统垃圾文件，已忽略：{name}。",
        "A system file of no interest was left out: {name}.",
        "无需处理。",
        "Nothing to do.",
    ),
}
