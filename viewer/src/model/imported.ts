/** Marks of other programs: their outline, and their talk as a tree. */
import { boxOfCoordinates } from './measure'
import type { ImportedMark } from './types'

const CLOSED = new Set(['cloud', 'polygon', 'rectangle', 'ellipse', 'highlight', 'stamp', 'note', 'text', 'other'])

/** The outline to draw: two points of a closed kind are corners of a box. */
export function importedOutline(mark: ImportedMark): { points: [number, number][]; closed: boolean; color: string } {
  const closed = CLOSED.has(mark.kind)
  const color = /^#[0-9a-f]{8}$/i.test(mark.color) && !/00$/.test(mark.color) ? mark.color.slice(0, 7) : '#a21caf'
  const [a, b] = mark.points
  if (mark.kind === 'note' && a) {
    const mean = (at: 0 | 1): number => mark.points.reduce((sum, point) => sum + point[at], 0) / mark.points.length
    return { points: [[mean(0), mean(1)]], closed: false, color }
  }
  if (closed && mark.points.length === 2 && a && b) return { points: [[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]], closed, color }
  return { points: mark.points, closed, color }
}

/** Box of a mark in sheet millimetres, null without a place. */
export function importedBox(mark: ImportedMark): [number, number, number, number] | null {
  return mark.points.length ? boxOfCoordinates(mark.points) : null
}

/** First marks with all that was answered to them, however deep, in the file's order. */
export function threads(marks: readonly ImportedMark[]): { mark: ImportedMark; replies: ImportedMark[] }[] {
  const byId = new Map(marks.map((mark) => [mark.id, mark]))
  const rootOf = (mark: ImportedMark): ImportedMark => {
    const seen = new Set<string>()
    let at = mark
    while (at.reply_to && byId.has(at.reply_to) && !seen.has(at.id)) { seen.add(at.id); at = byId.get(at.reply_to)! }
    return at
  }
  const out = new Map<string, { mark: ImportedMark; replies: ImportedMark[] }>()
  for (const mark of marks) if (rootOf(mark) === mark) out.set(mark.id, { mark, replies: [] })
  for (const mark of marks) {
    const root = rootOf(mark)
    if (root !== mark) out.get(root.id)?.replies.push(mark)
  }
  return [...out.values()]
}
