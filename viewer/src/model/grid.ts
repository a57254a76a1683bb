/** A block of cells: what is selected, and what a spreadsheet's clipboard says. Rows and columns are numbers from 0. */

export interface Cell { row: number; column: number }
/** The active cell and where the selection began; both corners belong to it. */
export interface Selection { anchor: Cell; active: Cell; extra: ReadonlySet<string> }

export const keyOf = (cell: Cell): string => `${cell.row}:${cell.column}`

export function single(cell: Cell): Selection { return { anchor: cell, active: cell, extra: new Set() } }

export function corners({ anchor, active }: Selection): { top: number; bottom: number; left: number; right: number } {
  return {
    top: Math.min(anchor.row, active.row), bottom: Math.max(anchor.row, active.row),
    left: Math.min(anchor.column, active.column), right: Math.max(anchor.column, active.column),
  }
}

export function isSelected(selection: Selection, cell: Cell): boolean {
  const { top, bottom, left, right } = corners(selection)
  return (cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right) || selection.extra.has(keyOf(cell))
}

/** All selected cells, row by row, each once. */
export function cellsOf(selection: Selection): Cell[] {
  const { top, bottom, left, right } = corners(selection)
  const out: Cell[] = []
  for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) out.push({ row, column })
  const there = new Set(out.map(keyOf))
  for (const key of selection.extra) {
    if (there.has(key)) continue
    const [row, column] = key.split(':').map(Number) as [number, number]
    out.push({ row, column })
  }
  return out.sort((a, b) => a.row - b.row || a.column - b.column)
}

/** The cell one step on; stays inside. */
export function moved(cell: Cell, rows: number, columns: number, byRow: number, byColumn: number): Cell {
  const within = (value: number, most: number): number => Math.max(0, Math.min(most - 1, value))
  return { row: within(cell.row + byRow, rows), column: within(cell.column + byColumn, columns) }
}

/** The next cell in reading order (Tab), null beyond the last or before the first. */
export function tabbed(cell: Cell, rows: number, columns: number, by: 1 | -1): Cell | null {
  const at = cell.row * columns + cell.column + by
  return at < 0 || at >= rows * columns ? null : { row: Math.floor(at / columns), column: at % columns }
}

/** Tab-separated text of a spreadsheet as rows of cells: quoted cells may hold tabs, line ends and doubled quotes. */
export function parsedTsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = '', quoted = false, fresh = true
  const close = (): void => { rows.at(-1)!.push(cell); cell = ''; fresh = true }
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') { cell += '"'; at++ }
      else quoted = false
    } else if (char === '"' && fresh) { quoted = true; fresh = false }
    else if (char === '\t') close()
    else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') at++
      close()
      rows.push([])
    } else { cell += char; fresh = false }
  }
  if (cell !== '' || !fresh || rows.at(-1)!.length) close()
  if (!rows.at(-1)!.length) rows.pop()
  return rows
}

/** Rows of cells as a spreadsheet takes them. */
export function asTsv(rows: readonly (readonly string[])[]): string {
  const shown = (cell: string): string => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return rows.map((row) => row.map(shown).join('\t')).join('\r\n')
}

export interface Placed extends Cell { value: string }

/**
 * Where the cells of a pasted block go: from the upper left corner of the selection; a block that divides the
 * selection evenly is repeated. `lost` counts cells beyond the table's edges.
 */
export function pasted(selection: Selection, block: readonly (readonly string[])[], rows: number, columns: number): { cells: Placed[]; lost: number } {
  const height = block.length, width = Math.max(0, ...block.map((row) => row.length))
  if (!height || !width) return { cells: [], lost: 0 }
  if (height === 1 && width === 1) return { cells: cellsOf(selection).map((cell) => ({ ...cell, value: block[0]![0]!.trim() })), lost: 0 }
  const { top, bottom, left, right } = corners(selection)
  const tall = bottom - top + 1, wide = right - left + 1
  const many = tall % height === 0 && wide % width === 0
  const down = many ? tall : height, over = many ? wide : width
  const cells: Placed[] = []
  let lost = 0
  for (let r = 0; r < down; r++) for (let c = 0; c < over; c++) {
    const value = block[r % height]![c % width]
    if (value === undefined) continue
    if (top + r >= rows || left + c >= columns) lost++
    else cells.push({ row: top + r, column: left + c, value: value.trim() })
  }
  return { cells, lost }
}

/** Fill down: every selected cell takes the value of the topmost one of its column. */
export function filledDown(selection: Selection, valueAt: (cell: Cell) => string): Placed[] {
  const first = new Map<number, string>()
  const out: Placed[] = []
  for (const cell of cellsOf(selection)) {
    const above = first.get(cell.column)
    if (above === undefined) first.set(cell.column, valueAt(cell))
    else out.push({ ...cell, value: above })
  }
  return out
}
