/** Revision clouds: arcs along a closed outline. */

type Point = [number, number]

/** Signed area of a ring (positive: counter-clockwise). */
export function signedArea(ring: readonly Point[]): number {
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const [x0, y0] = ring[i]!
    const [x1, y1] = ring[(i + 1) % ring.length]!
    sum += x0 * y1 - x1 * y0
  }
  return sum / 2
}

function open(ring: readonly Point[]): Point[] {
  const first = ring[0], last = ring[ring.length - 1]
  if (ring.length > 1 && first![0] === last![0] && first![1] === last![1]) return ring.slice(0, -1)
  return ring.slice()
}

/**
 * The cloud outline of a polygon: every side is cut in equal chords of about `chordMm`, each bulging
 * outward by an arc of `sweep` radians. Returns a closed ring in the polygon's units.
 */
export function cloudRing(polygon: readonly Point[], chordMm: number, sweep = 2.2, steps = 8): Point[] {
  let ring = open(polygon)
  if (ring.length < 3 || !(chordMm > 0)) return ring
  if (signedArea(ring) < 0) ring = ring.reverse()
  const out: Point[] = []
  for (let i = 0; i < ring.length; i++) {
    const [x0, y0] = ring[i]!
    const [x1, y1] = ring[(i + 1) % ring.length]!
    const count = Math.max(1, Math.min(400, Math.round(Math.hypot(x1 - x0, y1 - y0) / chordMm)))
    for (let k = 0; k < count; k++) {
      const from: Point = [x0 + ((x1 - x0) * k) / count, y0 + ((y1 - y0) * k) / count]
      const to: Point = [x0 + ((x1 - x0) * (k + 1)) / count, y0 + ((y1 - y0) * (k + 1)) / count]
      arc(from, to, sweep, steps, out)
    }
  }
  if (out.length) out.push([...out[0]!])
  return out
}

/** Append an arc from `from` (included) to `to` (left out), bulging to the right of the direction of travel. */
function arc(from: Point, to: Point, sweep: number, steps: number, out: Point[]): void {
  const dx = to[0] - from[0], dy = to[1] - from[1]
  const chord = Math.hypot(dx, dy)
  if (chord === 0) return
  const radius = chord / (2 * Math.sin(sweep / 2))
  const inset = radius * Math.cos(sweep / 2)
  const centre: Point = [(from[0] + to[0]) / 2 - (dy / chord) * inset, (from[1] + to[1]) / 2 + (dx / chord) * inset]
  const start = Math.atan2(from[1] - centre[1], from[0] - centre[0])
  for (let s = 0; s < steps; s++) {
    const angle = start + (sweep * s) / steps
    out.push([centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)])
  }
}

/** Head of an arrow at the end of a line: two strokes of `length`, as [left, tip, right]. */
export function arrowHead(from: Point, to: Point, length: number, spread = 0.42): [Point, Point, Point] {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0])
  const end = (turn: number): Point => [to[0] - length * Math.cos(angle + turn), to[1] - length * Math.sin(angle + turn)]
  return [end(spread), [...to], end(-spread)]
}
