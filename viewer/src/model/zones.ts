/** Tiles of an image pyramid over a sheet: level 0 is the whole sheet in one 512 px tile (docs/formats/sheet_pack.md). */

export const TILE_PX = 512

/** Sheet millimetres per pixel at each level 0 … levels − 1. */
export function resolutions(widthMm: number, heightMm: number, levels: number): number[] {
  const first = Math.max(widthMm, heightMm) / TILE_PX
  return Array.from({ length: Math.max(1, levels) }, (_, z) => first / 2 ** z)
}
