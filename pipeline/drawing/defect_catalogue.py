"""Codes of defects with their sentences (Chinese, English) and what to do about each."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the catalogue."""

    severity: str
    loses_content: bool
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


CATALOGUE: dict[str, Entry] = {
    # --- any file ---
    "empty_file": Entry("error", True, "文件为空（0 字节）。", "The file is empty (0 bytes).",
        "请重新导出并上传。", "Export it again and upload the new file."),
    "unknown_format": Entry("error", True, "无法识别的文件类型：{found}。", "The file type is not one Tushen reads: {found}.",
        "请提交 IFC、DXF 或 PDF。", "Hand in IFC, DXF or PDF."),
    "wrong_extension": Entry("warning", False, "扩展名 {extension} 与内容 {found} 不符，已按内容读取。",
        "The extension {extension} does not match the content {found}; it was read by content.",
        "请改正扩展名。", "Correct the file's extension."),
    "too_large": Entry("error", True, "文件超出读取上限（{limit}）。", "The file is beyond the reading limit ({limit}).",
        "请拆分图纸后分别上传，或请管理员提高上限。", "Split the drawing, or ask the administrator to raise the limit."),
    "time_exceeded": Entry("error", True, "读取超时（{limit}），已停止。", "Reading took longer than {limit} and was stopped.",
        "请检查图纸中是否有异常重复的图块或几何，简化后重新导出。", "Look for runaway blocks or geometry, simplify and export again."),
    "reader_crashed": Entry("error", True, "读取程序在此文件上异常终止（{how}）。", "The reading process died on this file ({how}).",
        "请用原软件打开检查并重新导出；原件已保留。", "Open it in its own program, check it and export it again; the original is kept."),
    "unreadable": Entry("error", True, "文件无法打开：{why}", "The file cannot be opened: {why}",
        "请用原软件打开检查并重新导出。", "Open it in its own program and export it again."),
    "truncated": Entry("error", True, "文件不完整：缺少结尾标记 {mark}。", "The file is cut off: its end mark {mark} is missing.",
        "请重新上传或重新导出完整文件。", "Upload or export the whole file again."),
    "rows_missing": Entry("error", True, "文件中有 {raw} 条记录，只读到 {parsed} 条。", "The file holds {raw} records but only {parsed} could be read.",
        "请用原软件检查修复后重新导出。", "Audit it in its own program and export it again."),
    "no_content": Entry("error", True, "文件中没有任何可显示的图形。", "The file holds nothing that can be drawn.",
        "请确认导出的是图纸本身。", "Check that the drawing itself was exported."),
    "text_undecodable": Entry("warning", False, "有 {count} 处文字无法正确解码。", "{count} texts could not be decoded.",
        "请以 UTF-8 或正确代码页重新导出。", "Export again as UTF-8 or with the right code page."),
    "encoding_corrected": Entry("info", False, "文件声明编码 {declared}，实际按 {used} 读取。", "The file declares {declared} but was read as {used}.",
        "请在导出时设置正确代码页。", "Set the right code page when exporting."),
    "nonfinite_numbers": Entry("warning", False, "有 {count} 个坐标不是有效数值，已略去。", "{count} coordinates are not finite numbers and were left out.",
        "请用原软件审查（AUDIT）后重新导出。", "Audit the drawing and export it again."),
    "entity_failed": Entry("error", True, "有 {count} 个 {kind} 对象无法读取：{why}", "{count} {kind} objects could not be read: {why}",
        "请检查这些对象后重新导出。", "Check these objects and export again."),
    "unsupported_entity": Entry("warning", True, "有 {count} 个 {kind} 对象尚不支持，未显示。", "{count} {kind} objects are not supported and are not shown.",
        "请分解为普通图元或同时提交打印的 PDF。", "Explode them to plain entities or hand in the plotted PDF too."),
    "limit_reached": Entry("error", True, "超出上限：{what}（{limit}），其余未读。", "A limit was reached: {what} ({limit}); the rest was not read.",
        "请拆分或简化图纸。", "Split or simplify the drawing."),
    "trailing_bytes": Entry("warning", False, "文件结尾后还有 {count} 字节内容，已忽略。", "{count} bytes after the end of the file were ignored.",
        "请确认文件来源并重新导出。", "Check where the file comes from and export it again."),
    # --- DXF ---
    "dxf_recovered": Entry("warning", False, "DXF 结构有误，已用修复方式打开（{why}）。", "The DXF structure is faulty and was opened by repair ({why}).",
        "请在 CAD 中执行 AUDIT 后重新导出。", "Run AUDIT in CAD and export again."),
    "dxf_audit": Entry("warning", False, "DXF 审查发现并修正 {count} 处错误。", "The DXF audit found and fixed {count} errors.",
        "请在 CAD 中执行 AUDIT 后重新导出。", "Run AUDIT in CAD and export again."),
    "dxf_no_entities": Entry("error", True, "DXF 没有 ENTITIES 段或其为空。", "The DXF has no ENTITIES section or it is empty.",
        "请重新导出完整 DXF。", "Export the whole DXF again."),
    "proxy_objects": Entry("error", True, "有 {count} 个天正/代理对象无法读取（图层：{layers}）。", "{count} TArch/proxy objects cannot be read (layers: {layers}).",
        "请用天正“图形导出”为 T3 格式，或同时提交打印的 PDF。", "Export as T3 from TArch, or hand in the plotted PDF as well."),
    "xref_missing": Entry("error", True, "外部参照缺失：{name}。", "An external reference is missing: {name}.",
        "请绑定外部参照，或把该文件放进同一次提交。", "Bind the reference or put that file into the same submission."),
    "image_missing": Entry("warning", True, "图像文件缺失：{name}。", "An image file is missing: {name}.",
        "请把图像与图纸一起提交，或提交打印的 PDF。", "Hand in the image with the drawing, or the plotted PDF."),
    "font_substituted": Entry("info", False, "字体 {name} 不可用，已替换显示（{count} 处）。", "Font {name} is not available and was substituted ({count} texts).",
        "如需精确字形，请同时提交打印的 PDF。", "Hand in the plotted PDF if exact letter shapes matter."),
    "block_cycle": Entry("error", True, "图块相互嵌套成环：{name}。", "Blocks contain one another in a circle: {name}.",
        "请在 CAD 中修正该图块。", "Mend this block in CAD."),
    "unit_unknown": Entry("info", False, "图纸未声明单位，按 {used} 处理。", "The drawing does not declare its unit; {used} was assumed.",
        "请设置 INSUNITS。", "Set INSUNITS."),
    # --- PDF ---
    "pdf_encrypted": Entry("error", True, "PDF 已加密，需要密码。", "The PDF is encrypted and needs a password.",
        "请提交未加密的 PDF。", "Hand in the PDF without a password."),
    "pdf_repaired": Entry("warning", False, "PDF 结构损坏，已自动修复。", "The PDF's structure was broken and was repaired.",
        "请重新打印为 PDF。", "Plot the PDF again."),
    "pdf_warnings": Entry("info", False, "读取 PDF 时有 {count} 条警告：{first}", "Reading the PDF gave {count} warnings: {first}",
        "如显示不正确，请重新打印为 PDF。", "Plot the PDF again if it looks wrong."),
    "page_missing": Entry("error", True, "PDF 声明 {declared} 页，只能读取 {read} 页。", "The PDF declares {declared} pages, only {read} can be read.",
        "请重新打印为 PDF。", "Plot the PDF again."),
    "page_size_invalid": Entry("error", False, "第 {page} 页的页面尺寸无效。", "The size of page {page} is not valid.",
        "请按正确图幅重新打印。", "Plot again with the right paper size."),
    "page_failed": Entry("error", True, "第 {page} 页无法读取：{why}", "Page {page} cannot be read: {why}",
        "请重新打印该页。", "Plot this page again."),
    "page_scanned": Entry("warning", False, "第 {page} 页是扫描图像，没有矢量内容，规则无法检查。", "Page {page} is a scanned picture without vectors; rules cannot check it.",
        "请提交由 CAD 直接打印的矢量 PDF。", "Hand in the vector PDF plotted from CAD."),
    "active_content": Entry("warning", False, "文件含有脚本或启动动作（{what}），已忽略，从不执行。", "The file holds scripts or launch actions ({what}); they were ignored and are never run.",
        "请去除脚本后重新提交。", "Remove the scripts and hand it in again."),
    # --- IFC ---
    "ifc_schema_unknown": Entry("error", True, "IFC 模式 {schema} 不受支持。", "The IFC schema {schema} is not supported.",
        "请导出为 IFC2X3、IFC4 或 IFC4X3。", "Export as IFC2X3, IFC4 or IFC4X3."),
    "ifc_schema_alias": Entry("info", False, "IFC 模式 {schema} 按 {used} 读取。", "The IFC schema {schema} was read as {used}.",
        "请导出为正式发布的模式。", "Export with a released schema."),
    "ifc_log": Entry("error", False, "IFC 解析器报告 {count} 条问题：{first}", "The IFC parser reported {count} problems: {first}",
        "请用原软件检查后重新导出。", "Check the model in its own program and export it again."),
    "geometry_missing": Entry("error", True, "有 {count} 个构件应有几何而无法生成（如 {first}）。", "{count} elements should have a shape but none could be made (such as {first}).",
        "请检查这些构件的几何定义。", "Check the geometry of these elements."),
    "duplicate_ids": Entry("error", True, "有 {count} 个重复的实例编号或 GlobalId（如 {first}）。", "{count} instance numbers or GlobalIds occur twice (such as {first}).",
        "请用原软件重新导出。", "Export it again from its own program."),
    "reference_cycle": Entry("error", True, "模型内部引用成环（{kind}，#{first}）。", "The model refers to itself in a circle ({kind}, #{first}).",
        "请用原软件修复并重新导出。", "Repair and export it again from its own program."),
    "no_storey": Entry("warning", False, "模型没有楼层（IfcBuildingStorey）。", "The model has no storeys (IfcBuildingStorey).",
        "请在建模软件中定义楼层。", "Define storeys in the authoring program."),
    "ifc_text_lost": Entry("error", True, "有 {count} 处字符串含未编码的非 ASCII 字节（疑似 GBK），内容可能丢失。",
        "{count} strings hold raw non-ASCII bytes (probably GBK) and may be lost.",
        "请按 ISO 10303-21 编码（\\X2\\…）重新导出。", "Export again with ISO 10303-21 encoding (\\X2\\…)."),
    # --- archives and sets ---
    "archive_unsafe": Entry("error", True, "压缩包被拒绝：{why}", "The archive was refused: {why}",
        "请重新打包（不含嵌套压缩包、密码或异常路径）。", "Pack it again without nested archives, passwords or odd paths."),
    "archive_member_failed": Entry("error", True, "压缩包内的 {name} 无法取出：{why}", "{name} could not be taken out of the archive: {why}",
        "请单独上传该文件。", "Upload this file by itself."),
    "junk_file": Entry("info", False, "系统垃圾文件，已忽略：{name}。", "A system file of no interest was left out: {name}.",
        "无需处理。", "Nothing to do."),
    "hash_mismatch": Entry("error", True, "到达的内容与浏览器计算的 SHA-256 不一致。", "What arrived does not match the SHA-256 computed in the browser.",
        "请重新上传。", "Upload it again."),
}
