"""Drawing in building coordinates on a page: the verbs of a page with an offset."""

from __future__ import annotations

from sample_drawings.paper import Drawn


class Moved:
    """Forwards the drawing verbs to a page with an offset, so that a plan is drawn in building coordinates."""

    def __init__(self, page: Drawn, dx: float, dy: float):
        self.page, self.dx, self.dy = page, dx, dy

    def p(self, q: tuple[float, float]) -> tuple[float, float]:
        """Map a page position."""
        return q[0] + self.dx, q[1] + self.dy

    def line(self, layer, *points, **kw):  # type: ignore[no-untyped-def]
        """Draw a line or polyline."""
        self.page.line(layer, *[self.p(q) for q in points], **kw)

    def rect(self, layer, x0, y0, x1, y1, pen=None):  # type: ignore[no-untyped-def]
        """Draw a rectangle."""
        self.page.rect(layer, x0 + self.dx, y0 + self.dy, x1 + self.dx, y1 + self.dy, pen)

    def arc(self, layer, x, y, *a, **kw):  # type: ignore[no-untyped-def]
        """Draw an arc or circle."""
        self.page.arc(layer, x + self.dx, y + self.dy, *a, **kw)

    def text(self, layer, s, x, y, *a, **kw):  # type: ignore[no-untyped-def]
        """Set a text."""
        self.page.text(layer, s, x + self.dx, y + self.dy, *a, **kw)

    def fill(self, layer, ring):  # type: ignore[no-untyped-def]
        """Fill a ring."""
        self.page.fill(layer, [self.p(q) for q in ring])

    def hatch(self, layer, ring, *a, **kw):  # type: ignore[no-untyped-def]
        """Hatch a ring."""
        self.page.hatch(layer, [self.p(q) for q in ring], *a, **kw)

    def insert(self, layer, block, x, y, *a, **kw):  # type: ignore[no-untyped-def]
        """Place a block."""
        self.page.insert(layer, block, x + self.dx, y + self.dy, *a, **kw)

    def dim(self, p, q, base, vertical=False, shown=""):  # type: ignore[no-untyped-def]
        """Draw a linear dimension."""
        self.page.dim(self.p(p), self.p(q), base + (self.dx if vertical else self.dy), vertical, shown)
