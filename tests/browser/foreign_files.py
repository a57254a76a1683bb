"""Drawings as other programs leave them: with mark-ups, with a password. Made here from the samples."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ezdxf
import pymupdf

from tests.journeys.three_stages import SAMPLES
from tests.pipeline.readers.pdf.test_signatures import plan, signed

PASSWORD = "open-图审-1"


def _pages(first: int, last: int) -> pymupdf.Document:
    """Return some pages of the sample set as a document of their own."""
    (source,) = (SAMPLES / "scheme").glob("*.pdf")
    taken = pymupdf.open()
    with pymupdf.open(source) as whole:
        taken.insert_pdf(whole, from_page=first, to_page=last)
    return taken


def marked_pdf(path: Path) -> Path:
    """Two sheets with page labels A-1 and A-2; on the second a rectangle, a cloud and a note of three people."""
    with _pages(0, 1) as document:
        page = document[1]
        box = page.add_rect_annot((500, 300, 800, 480))
        box.set_colors(stroke=(1, 0, 0))
        cloud = page.add_polygon_annot([(1000, 300), (1200, 280), (1230, 380), (1020, 400)])
        cloud.set_border(clouds=2)
        note = page.add_text_annot((300, 700), "")
        for mark, author, text in (
            (box, "王工", "门太窄，请核对"),
            (cloud, "Bluebeam user", "Cloud: see detail 3"),
            (note, "李四", "这里的尺寸？"),
        ):
            mark.set_info(title=author, content=text)
            mark.update()
        document.set_page_labels([{"startpage": 0, "prefix": "A-", "style": "D", "firstpagenum": 1}])
        document.save(path)
    return path


def locked_pdf(path: Path) -> Path:
    """One sheet that opens only with `PASSWORD`."""
    with _pages(2, 2) as document:
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PASSWORD, owner_pw="owner")
    return path


def unsure_dxf(path: Path) -> Path:
    """An A3 sheet at 1:100 whose frame has no title block: the number is missing, the title only likely."""
    document = ezdxf.new("R2010", units=4)
    space = document.modelspace()
    for x0, y0, x1, y1 in ((0, 0, 42000, 29700), (2500, 500, 41500, 29200)):
        space.add_lwpolyline([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], close=True)
    for step in range(8):
        space.add_line((6000 + 3000 * step, 8000), (6000 + 3000 * step, 24000))
    space.add_text("二层平面图 1:100", height=700).set_placement((15000, 4000))
    document.saveas(path)
    return path


def _signed() -> bytes:
    """Sign in a thread of its own: the browser's driver holds the event loop of this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: signed(plan())).result()


def signed_pdf(path: Path) -> Path:
    """One small page, signed, and as it was signed."""
    path.write_bytes(_signed())
    return path


def changed_pdf(path: Path) -> Path:
    """The same, and a line drawn after it was signed."""
    path.write_bytes(_signed())
    with pymupdf.open(path) as document:
        document[0].insert_text((10, 50), "one more storey")
        document.saveIncr()
    return path
