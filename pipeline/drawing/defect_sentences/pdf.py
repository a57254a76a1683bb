"""Sentences of the defects of PDF drawings."""

from pipeline.drawing.defect_sentences.entry import Entry

PDF: dict[str, Entry] = {
    "pdf_encrypted": Entry(
        "error",
        True,
        "PDF 已加密，需要密码。",
        "The PDF is encrypted and needs a password.",
        "请在文件列表中填写密码，或提交未加密的 PDF。",
        "Give the password in the list of files, or hand in the PDF without one.",
    ),
    "pdf_repaired": Entry(
        "warning",
        False,
        "PDF 结构损坏，已自动修复。",
        "The PDF's structure was broken and was repaired.",
        "请重新打印为 PDF。",
        "Plot the PDF again.",
    ),
    "pdf_warnings": Entry(
        "info",
        False,
        "读取 PDF 时有 {count} 条警告：{first}",
        "Reading the PDF gave {count} warnings: {first}",
        "如显示不正确，请重新打印为 PDF。",
        "Plot the PDF again if it looks wrong.",
    ),
    "page_missing": Entry(
        "error",
        True,
        "PDF 声明 {declared} 页，只能读取 {read} 页。",
        "The PDF declares {declared} pages, only {read} can be read.",
        "请重新打印为 PDF。",
        "Plot the PDF again.",
    ),
    "page_size_invalid": Entry(
        "error",
        False,
        "第 {page} 页的页面尺寸无效。",
        "The size of page {page} is not valid.",
        "请按正确图幅重新打印。",
        "Plot again with the right paper size.",
    ),
    "page_failed": Entry(
        "error",
        True,
        "第 {page} 页无法读取：{why}",
        "Page {page} cannot be read: {why}",
        "请重新打印该页。",
        "Plot this page again.",
    ),
    "page_scanned": Entry(
        "warning",
        False,
        "第 {page} 页是扫描图像，没有矢量内容，规则无法检查。",
        "Page {page} is a scanned picture without vectors; rules cannot check it.",
        "请提交由 CAD 直接打印的矢量 PDF。",
        "Hand in the vector PDF plotted from CAD.",
    ),
    "active_content": Entry(
        "warning",
        False,
        "文件含有脚本或启动动作（{what}），已忽略，从不执行。",
        "The file holds scripts or launch actions ({what}); they were ignored and are never run.",
        "请去除脚本后重新提交。",
        "Remove the scripts and hand it in again.",
    ),
}
