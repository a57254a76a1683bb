"""Ink of a scan: a threshold that follows the paper's tint and the noise, and masks of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.comparing.scans.pixels import Grey

Mask = NDArray[np.bool_]

BLOCK_PX = 64
STRIDE_PX = 4  # of the sample that tells tint and noise
SHARE_OF_CONTRAST = 0.12  # hairlines at 200 dpi lose most of their darkness
NOISE_SIGMAS, FAINT_SIGMAS = 6.0, 4.0
FAINT_SHARE = 0.6  # of that, where it goes on from other ink
JOINED_PX = 2  # pixels a faint line may break off for
LEAST_CONTRAST = 45.0
MOST_INK = 0.35  # a page with more is no drawing (or a photograph)


@dataclass(slots=True)
class Ink:
    """The ink of a scan and how good the scan is."""

    mask: Mask  # (h, w)
    contrast: float  # paper minus ink, grey values
    noise: float  # standard deviation of the paper, grey values
    share: float  # of the page that is ink

    @property
    def legible(self) -> bool:
        """Whether lines stand out from the paper."""
        return self.contrast >= max(LEAST_CONTRAST, NOISE_SIGMAS * self.noise) and 0 < self.share <= MOST_INK


def ink_of(grey: Grey) -> Ink:
    """Find the ink of a scan.

    The paper's tint is the upper quartile of every block of 64 pixels, smoothed over its neighbours; ink is darker by
    an eighth of the contrast, and by six times the noise at least; less where it goes on from such ink, however far.
    """
    height, width = grey.shape
    rows, columns = -(-height // BLOCK_PX), -(-width // BLOCK_PX)
    sample = grey[::STRIDE_PX, ::STRIDE_PX]
    side = BLOCK_PX // STRIDE_PX
    padded = np.full((rows * side, columns * side), 255, np.uint8)
    padded[: sample.shape[0], : sample.shape[1]] = sample
    if sample.shape[0] < padded.shape[0]:
        padded[sample.shape[0] :] = padded[sample.shape[0] - 1]
    if sample.shape[1] < padded.shape[1]:
        padded[:, sample.shape[1] :] = padded[:, sample.shape[1] - 1 : sample.shape[1]]
    blocks = padded.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows, columns, -1)
    paper = np.partition(blocks, int(0.75 * side * side), axis=2)[:, :, int(0.75 * side * side)].astype(np.float64)
    paper = _smooth(paper)
    below = np.repeat(np.repeat(paper, side, 0), side, 1)[: sample.shape[0], : sample.shape[1]] - sample
    noise = float(np.quantile(np.maximum(below[below < 40], 0), 0.95)) / 1.645 if (below < 40).any() else 0.0
    dark = below[below > max(30.0, 5 * noise)]
    contrast = float(np.quantile(dark, 0.9)) if len(dark) else 0.0
    step = max(SHARE_OF_CONTRAST * contrast, NOISE_SIGMAS * noise, 20.0)
    mask = _darker(grey, paper - step)
    faint = max(FAINT_SIGMAS * noise, FAINT_SHARE * step)
    if faint < step and mask.any():
        mask = _going_on(mask, _darker(grey, paper - faint))
    return Ink(mask, contrast, noise, float(mask.mean()))


def _going_on(mask: Mask, weak: Mask) -> Mask:
    """Pixels of `weak` that belong to one piece with ink of `mask`."""
    from scipy.ndimage import label

    rows, columns = np.nonzero(weak)
    coarse = np.zeros((weak.shape[0] // JOINED_PX + 1, weak.shape[1] // JOINED_PX + 1), bool)
    coarse[rows // JOINED_PX, columns // JOINED_PX] = True
    labels, count = label(coarse, np.ones((3, 3), int))
    mine = labels[rows // JOINED_PX, columns // JOINED_PX]
    known = np.zeros(count + 1, bool)
    known[mine[mask[rows, columns]]] = True
    chosen = known[mine]
    out = mask.copy()
    out[rows[chosen], columns[chosen]] = True
    return out


def _darker(grey: Grey, paper: NDArray[np.float64]) -> Mask:
    """Pixels darker than a value that holds for each block."""
    limit = np.clip(paper, 0, 255).astype(np.uint8)
    mask = np.empty(grey.shape, bool)
    across = np.repeat(limit, BLOCK_PX, 1)[:, : grey.shape[1]]
    for row in range(len(limit)):
        band = slice(row * BLOCK_PX, min(grey.shape[0], (row + 1) * BLOCK_PX))
        np.less(grey[band], across[row], out=mask[band])
    return mask


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over 3×3 blocks of the lightest of 3×3: a block full of ink takes the tint of its neighbours."""
    from scipy.ndimage import maximum_filter, uniform_filter

    return np.asarray(uniform_filter(maximum_filter(values, 3), 3))


def widened(mask: Mask, reach: int) -> Mask:
    """Return the mask grown by `reach` pixels in all directions (a square)."""
    out = mask
    for axis in (0, 1):
        out = _along(out, reach, axis)
    return out


def _along(mask: Mask, reach: int, axis: int) -> Mask:
    out = mask.copy()
    done = 0
    while done < reach:
        step = min(done + 1 if done else 1, reach - done)
        grown = out.copy()
        source, target = [slice(None)] * 2, [slice(None)] * 2
        source[axis], target[axis] = slice(step, None), slice(None, -step)
        grown[tuple(target)] |= out[tuple(source)]
        grown[tuple(source)] |= out[tuple(target)]
        out, done = grown, done + step
    return out


def looked_up(mask: Mask, columns: NDArray, rows: NDArray) -> Mask:
    """Values of a mask at (rounded) pixel places, False outside."""
    x, y = np.rint(columns).astype(np.int64), np.rint(rows).astype(np.int64)
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    out = np.zeros(x.shape, bool)
    out[inside] = mask[y[inside], x[inside]]
    return out
