"""How much one call of a station may use, by format and size (start values: docs/formats, RELIABILITY 2.4).

All limits are in this one file. CPU in seconds, memory and sizes in bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30

OPEN_FILES = 64
STACK_BYTES = 64 * MIB
STRIKES = 2  # crashes or memory/CPU deaths on the same bytes before they are not run again

CPU_LIMIT_SECONDS = 600.0
RSS_LIMIT_BYTES = 6 * GIB


@dataclass(slots=True, frozen=True)
class Limits:
    """Limits of one call. `address_bytes` is on top of what the process has when it starts."""

    cpu_seconds: float
    wall_seconds: float
    rss_bytes: int
    address_bytes: int
    output_bytes: int = 512 * MIB

    def sentence(self, kind: str) -> str:
        """Return the limit of a failure kind as a reader sees it, such as `45 s CPU`."""
        if kind == "cpu":
            return f"{self.cpu_seconds:.0f} s CPU"
        if kind == "wall":
            return f"{self.wall_seconds:.0f} s"
        if kind == "too_large":
            return f"{self.output_bytes // MIB} MiB"
        return f"{self.rss_bytes // MIB} MiB"


@dataclass(slots=True, frozen=True)
class _Row:
    cpu_base: float
    cpu_per_mb: float
    rss_base: int
    rss_per_mb: int
    rss_limit: int = RSS_LIMIT_BYTES


# one reading of a file of up to 5 MB ends within 60 s of CPU whatever it holds (a model whose reading died is read once
# more, carefully, see `sandbox.run`); the wall limit is for processes that wait
_BY_FORMAT = {
    "ifc": _Row(50, 0.6, 1 * GIB, 20 * MIB),
    "dxf": _Row(30, 2.0, 512 * MIB, 30 * MIB),
    "pdf": _Row(30, 1.0, 1 * GIB, 0, 2 * GIB),
}
_OTHER = _Row(30, 1.0, 1 * GIB, 10 * MIB)
# a station other than reading does more with the same file: geometry, tiles, matching
_FACTOR = {"measure": 2.0, "render": 2.0, "lay": 2.0, "compare": 2.0, "overlay": 2.0, "check": 2.0}

_SCAN_CPU_SECONDS, _SCAN_RSS_BYTES = 20.0, 3 * GIB  # an A0 scan at 200 dpi is 62 million pixels


def limits_for(station: str, file_format: str, size_bytes: int, scans: int = 0) -> Limits:
    """Return the limits for `pipeline.stations:read` and the like on files of `size_bytes` in all.

    `scans`: pairs of sheets that are compared pixel by pixel.
    """
    row = _BY_FORMAT.get(file_format, _OTHER)
    factor = _FACTOR.get(station.rpartition(":")[2], 1.0)
    mb = size_bytes / 1e6
    cpu = min((row.cpu_base + row.cpu_per_mb * mb) * factor + scans * _SCAN_CPU_SECONDS, CPU_LIMIT_SECONDS)
    rss = min(int((row.rss_base + row.rss_per_mb * mb) * factor), row.rss_limit)
    if scans:
        rss = max(rss, _SCAN_RSS_BYTES)
    return Limits(cpu_seconds=cpu, wall_seconds=3 * cpu, rss_bytes=rss, address_bytes=int(rss * 1.5))
