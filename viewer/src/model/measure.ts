/** Distances on a sheet in the millimetres of reality. */

/** Distance between two places on the sheet, times its scale (1:100 → 100). */
export function realDistanceMm(from: readonly number[], to: readonly number[], scale: number): number {
  return Math.hypot(to[0]! - from[0]!, to[1]! - from[1]!) * (scale > 0 ? scale : 1)
}

export function shownDistance(mm: number): string {
  return mm >= 10_000 ? `${(mm / 1000).toFixed(3)} m` : `${mm.toFixed(mm < 100 ? 1 : 0)} mm`
}

/** The box around GeoJSON coordinates of any depth. */
export function boxOfCoordinates(coordinates: unknown): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number') {
      box[0] = Math.min(box[0], value[0]); box[1] = Math.min(box[1], value[1] as number)
      box[2] = Math.max(box[2], value[0]); box[3] = Math.max(box[3], value[1] as number)
    } else value.forEach(walk)
  }
  walk(coordinates)
  return box
}
