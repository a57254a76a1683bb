"""The command line `tushen`: the same engine as the server, its own door.

Every sub-command imports its room when it is called, so `tushen --help` loads no parser. Contracts of the
output are in docs/cli.md and docs/formats/.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
from collections.abc import Sequence

from api.cli_output import Exit, Speaker

# sub-command -> module and function that runs it
_ROOMS = {
    "read": ("api.cli_reading", "command_read"),
    "check": ("api.cli_check", "command_check"),
    "compare": ("api.cli_compare", "command_compare"),
    "render": ("api.cli_render", "command_render"),
    "serve": ("api.cli_server", "command_serve"),
    "worker": ("api.cli_server", "command_worker"),
    "demo": ("api.cli_server", "command_demo"),
    "migrate": ("api.cli_server", "command_migrate"),
    "doctor": ("api.cli_server", "command_doctor"),
    "backup": ("api.cli_backup", "command_backup"),
    "restore": ("api.cli_backup", "command_restore"),
    "verify": ("api.cli_backup", "command_verify"),
}
_EPILOG = """退出码 exit codes: 0 无问题 clean · 1 有意见或差异 findings or differences
2 用法或输入错误 bad usage or input · 3 未能全部读取 partly read · 4 程序自身故障 our own failure"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all sub-commands."""
    parser = argparse.ArgumentParser(
        prog="tushen",
        description="图审：建设工程图纸审查 · Tushen: review of construction drawings (IFC, DXF, PDF)",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--language", choices=("zh", "en"), default="", help="输出语言 · language of the output")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _drawing_commands(commands)
    _server_commands(commands)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=words, description=words, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def point_pair(text: str) -> list[list[float]]:
    """Read "x,y:X,Y": a place on the old sheet and the same place on the new one, sheet mm.

    Raises argparse.ArgumentTypeError for anything else.
    """
    try:
        pair = [[float(value) for value in side.split(",")] for side in text.split(":")]
    except ValueError:
        pair = []
    if [len(side) for side in pair] != [2, 2] or not all(math.isfinite(v) for side in pair for v in side):
        raise argparse.ArgumentTypeError(f"须为 x,y:X,Y · must be x,y:X,Y: {text!r}")
    return pair


def _drawing_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    read = _add(
        commands, "read", "读取图纸：图幅、统计、缺陷、读取率 · read drawings: sheets, counts, defects, coverage"
    )
    read.add_argument("files", nargs="+", metavar="FILE", help="文件或文件夹 · files or folders")
    read.add_argument("--json", action="store_true", help="只输出一个 JSON 文档 · one JSON document")
    read.add_argument(
        "--ink",
        action="store_true",
        help="与独立渲染比对 · measure against an independent rendering",
    )

    check = _add(commands, "check", "按规则检查 · check against the rules")
    check.add_argument("files", nargs="+", metavar="FILE", help="文件或文件夹 · files or folders")
    check.add_argument(
        "--pack", action="append", default=[], help="规则包名、规则包文件或 .ids · a pack's name, file, or .ids"
    )
    check.add_argument(
        "--stage", choices=("scheme", "construction", "as_built"), default="construction", help="阶段 · stage"
    )
    check.add_argument(
        "--on", default="", metavar="DATE", help="按该日有效的规则（默认今天）· rules in force on that day (today)"
    )
    check.add_argument(
        "--format", choices=("text", "json", "sarif", "ids-report", "bcf"), default="text", help="输出格式"
    )
    check.add_argument("--json", action="store_const", const="json", dest="format", help="同 · same as --format json")
    check.add_argument(
        "-o", "--output", default="", metavar="OUT", help="输出文件（bcf 必需）· output file (needed for bcf)"
    )

    compare = _add(commands, "compare", "比较新旧图纸 · compare an old and a new drawing")
    compare.add_argument("old", metavar="OLD", help="旧版 · old version")
    compare.add_argument("new", metavar="NEW", help="新版 · new version")
    compare.add_argument("--sheet", default="", help="图号或图幅编号，或 旧=新 · number or id of a sheet, or OLD=NEW")
    compare.add_argument(
        "--points", action="append", default=[], metavar="X,Y:X,Y", type=point_pair,
        help="对应点 旧:新，图纸毫米，至少两次 · the same place on both sheets, sheet mm, twice or more",
    )  # fmt: skip
    compare.add_argument(
        "--format", choices=("text", "json", "svg", "pdf", "png", "bcf"), default="text", help="输出格式 · format"
    )
    compare.add_argument(
        "--overlay",
        default="",
        metavar="OUT",
        help="另写叠图（云线与编号清单）OUT.pdf|svg|png · also both versions in one picture with numbered clouds",
    )
    compare.add_argument("--json", action="store_const", const="json", dest="format", help="同 · same as --format json")
    compare.add_argument(
        "-o", "--output", default="", metavar="OUT", help="输出文件 · output file (svg, pdf, png, bcf)"
    )

    render = _add(commands, "render", "出图：png svg pdf glb · draw a sheet as png, svg, pdf, or a model as glb")
    render.add_argument("file", metavar="FILE", help="文件 · a file")
    render.add_argument("--sheet", default="", help="图号或图幅编号 · number or id of a sheet (default: the first)")
    render.add_argument("-o", "--output", required=True, metavar="OUT", help="OUT.png|svg|pdf|glb")
    render.add_argument("--dpi", type=float, default=150.0, help="PNG 分辨率 · resolution of a PNG (150)")


def _server_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _add(commands, "serve", "启动接口与页面 · start the API and the viewer (workers run beside it)")
    _address(serve)
    serve.add_argument(
        "--with-worker", action="store_true", help="同时启动作业进程 · a worker too, under one supervisor"
    )
    worker = _add(commands, "worker", "启动作业进程（含清扫）· start a worker with its sweeper")
    worker.add_argument("--threads", type=int, default=0, help="同时处理的文件数 · files at a time")
    demo = _add(commands, "demo", "装入示例项目并启动全部服务 · load the sample project and start everything")
    _address(demo)
    demo.add_argument("--no-sample", action="store_true", help="不装入示例 · without the sample project")
    demo.add_argument("--no-open", action="store_true", help="不打开浏览器 · do not open the browser")
    _add(commands, "migrate", "把数据库升级到最新版本 · bring the database to the newest revision")
    doctor = _add(commands, "doctor", "检查本机与各项服务 · check this machine and the servers")
    doctor.add_argument("--json", action="store_true", help="只输出一个 JSON 文档 · one JSON document")
    backup = _add(commands, "backup", "备份数据库与原件 · back up database and originals")
    backup.add_argument("package", metavar="PACKAGE", help="输出文件 · file to write (.tar)")
    restore = _add(commands, "restore", "从备份恢复到空的数据目录 · restore a backup into an empty data folder")
    restore.add_argument("package", metavar="PACKAGE", help="备份文件 · backup")
    verify = _add(commands, "verify", "核对备份包的哈希与账本 · verify a package: hashes and ledger")
    verify.add_argument("package", metavar="PACKAGE", help="备份文件 · package")
    verify.add_argument("--json", action="store_true", help="只输出一个 JSON 文档 · one JSON document")


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="", help="地址 · address")
    parser.add_argument("--port", type=int, default=0, help="端口 · port")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tushen` and return its exit code."""
    args = make_parser().parse_args(argv)
    from pipeline.errors import TushenError

    speaker = Speaker(args.language)
    module, function = _ROOMS[args.command]
    try:
        room = importlib.import_module(module)
        return int(getattr(room, function)(args, speaker))
    except TushenError as error:
        speaker.complain(error.zh, str(error))
        return Exit.OUR_FAILURE if error.code in ("internal", "transient") else Exit.BAD_INPUT
    except ModuleNotFoundError as error:
        speaker.complain(
            f"此命令的部件尚不可用：{error.name}。", f"A part of this command is not available: {error.name}."
        )
        return Exit.OUR_FAILURE
    except KeyboardInterrupt:
        speaker.complain("已中断。", "Interrupted.")
        return Exit.OUR_FAILURE
    except OSError as error:
        speaker.complain(f"读写失败：{error}", f"Reading or writing failed: {error}")
        return Exit.BAD_INPUT
    except Exception as error:
        speaker.complain(
            f"程序自身故障：{type(error).__name__}: {error}", f"Our own failure: {type(error).__name__}: {error}"
        )
        return Exit.OUR_FAILURE
    finally:
        speaker.finish()


if __name__ == "__main__":
    sys.exit(main())
