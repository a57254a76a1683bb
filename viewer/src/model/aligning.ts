/** Matching points on two sheets, as a person gives them: the same place on the old and on the new one, by turns. */
import type { Spot } from './types'

export type Side = 'old' | 'new'
export interface Aligning { old: readonly Spot[]; new: readonly Spot[] }
export const NO_POINTS: Aligning = { old: [], new: [] }
export const LEAST_POINTS = 2
export const MOST_POINTS = 8

/** The side the next point is asked for on; null when there are enough. */
export function asked(points: Aligning): Side | null {
  if (points.old.length > points.new.length) return 'new'
  return points.new.length > points.old.length || points.old.length < MOST_POINTS ? 'old' : null
}

/** A point more on a side; a side never gets two points ahead, its last one is put elsewhere instead. */
export function placed(points: Aligning, side: Side, spot: Spot): Aligning {
  const other = points[side === 'old' ? 'new' : 'old']
  const full = points[side].length > other.length || points[side].length >= MOST_POINTS
  const kept = full ? points[side].slice(0, -1) : points[side]
  return { ...points, [side]: [...kept, spot] }
}

/** Without the point that was put last. */
export function withoutLast(points: Aligning): Aligning {
  const from: Side = points.new.length >= points.old.length ? 'new' : 'old'
  return { ...points, [from]: points[from].slice(0, -1) }
}

/** The pairs as the server takes them, in sheet millimetres; null while there are too few or two fall together. */
export function pairsOf(points: Aligning): [Spot, Spot][] | null {
  const { old, new: fresh } = points
  if (old.length < LEAST_POINTS || old.length !== fresh.length) return null
  for (const side of [old, fresh]) if (new Set(side.map(String)).size < side.length) return null
  return old.map((spot, i) => [spot, fresh[i]!])
}
