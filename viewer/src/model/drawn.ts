/** Why there is nothing to see of a sheet. */
import type { DrawingFile, Sheet } from './types'

export type Absence = 'gone' | 'failed' | 'waiting'

/** Null while there is a picture or a drawing; else: no longer read, could not be drawn, or is still being drawn. */
export function absenceOf(sheet: Pick<Sheet, 'state' | 'pack' | 'tile_levels'>, file: Pick<DrawingFile, 'defects'> | null): Absence | null {
  if (sheet.state === 'gone') return 'gone'
  if (sheet.pack || sheet.tile_levels) return null
  return file?.defects.some((defect) => defect.code === 'not_drawn') ? 'failed' : 'waiting'
}
