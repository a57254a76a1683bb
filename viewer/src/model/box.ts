/** Plane geometry in sheet millimetres: boxes, distances, transforms between two sheets. */
import type { Box, Transform } from './types'

/** The box grown by `by` mm on every side. */
export function grown(box: Box, by: number): Box {
  return [box[0] - by, box[1] - by, box[2] + by, box[3] + by]
}

/** The smallest box around all boxes, or null of none. */
export function union(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null
  const out: Box = [...boxes[0]!] as Box
  for (const [x0, y0, x1, y1] of boxes) {
    out[0] = Math.min(out[0], x0); out[1] = Math.min(out[1], y0)
    out[2] = Math.max(out[2], x1); out[3] = Math.max(out[3], y1)
  }
  return out
}

/** A box with a margin for looking at it: at least `least` mm wide and high. */
export function roomy(box: Box, least = 60): Box {
  const padX = Math.max((box[2] - box[0]) * 0.6, (least - (box[2] - box[0])) / 2)
  const padY = Math.max((box[3] - box[1]) * 0.6, (least - (box[3] - box[1])) / 2)
  return [box[0] - padX, box[1] - padY, box[2] + padX, box[3] + padY]
}

export function contains(box: Box, x: number, y: number): boolean {
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]
}

/** Distance from point to the segment (x0 y0)–(x1 y1). */
export function distanceToSegment(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const dx = x1 - x0, dy = y1 - y0
  const length2 = dx * dx + dy * dy
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length2))
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy)
}

export function applied(m: Transform, [x, y]: [number, number]): [number, number] {
  return [m[0][0] * x + m[0][1] * y + m[0][2], m[1][0] * x + m[1][1] * y + m[1][2]]
}

/** The inverse of an affine transform; throws when it is singular. */
export function inverted(m: Transform): Transform {
  const [[a, b, tx], [c, d, ty]] = m
  const det = a * d - b * c
  if (!Number.isFinite(det) || Math.abs(det) < 1e-12) throw new Error('singular transform')
  const [ia, ib, ic, id] = [d / det, -b / det, -c / det, a / det]
  return [[ia, ib, -(ia * tx + ib * ty)], [ic, id, -(ic * tx + id * ty)]]
}

export const IDENTITY: Transform = [[1, 0, 0], [0, 1, 0]]

/** Scale and turn of a transform: how a linked view follows (mirroring is not followed, only reported). */
export function similarity(m: Transform): { scale: number; rotation: number; mirrored: boolean } {
  const [[a, b], [c, d]] = m
  const det = a * d - b * c
  return { scale: Math.sqrt(Math.abs(det)), rotation: Math.atan2(c, a), mirrored: det < 0 }
}

/** A linked view: where to look on the other sheet when this one shows center, resolution, rotation. */
export interface Look { center: [number, number]; resolution: number; rotation: number }
export function followed(look: Look, m: Transform): Look {
  const { scale, rotation } = similarity(m)
  return { center: applied(m, look.center), resolution: look.resolution * scale, rotation: look.rotation - rotation }
}
