/** Texts as people compare them: full-width digits and letters, case and spaces do not matter. */
import type { Sheet } from './types'

export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}

export function shortHash(sha256: string): string {
  return sha256.slice(0, 10)
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = count / 1024, unit = 0
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++ }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** Natural order of sheet numbers: 建施-2 before 建施-10. */
export const bySheetNumber = new Intl.Collator('zh-CN', { numeric: true, sensitivity: 'base' }).compare

/** Sheets by discipline and number; storeys of models and sheets without a discipline come last. */
export function inOrder(a: Sheet, b: Sheet): number {
  const last = (sheet: Sheet): number => (sheet.kind === 'storey' ? 2 : sheet.discipline ? 0 : 1)
  return last(a) - last(b) || bySheetNumber(a.discipline, b.discipline) || bySheetNumber(a.number, b.number)
    || bySheetNumber(a.file_name, b.file_name) || a.ordinal - b.ordinal
}
