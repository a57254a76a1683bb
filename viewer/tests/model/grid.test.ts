import { describe, expect, it } from 'vitest'
import { asTsv, cellsOf, filledDown, isSelected, moved, parsedTsv, pasted, single, tabbed, type Selection } from '../../src/model/grid'

const block = (from: [number, number], to: [number, number], extra: string[] = []): Selection => ({
  anchor: { row: from[0], column: from[1] }, active: { row: to[0], column: to[1] }, extra: new Set(extra),
})

describe('the clipboard of a spreadsheet', () => {
  it.each([
    ['a\tb\r\nc\td\r\n', [['a', 'b'], ['c', 'd']]],
    ['a\tb\nc\td', [['a', 'b'], ['c', 'd']]],
    ['建施-01\t\n\t二层', [['建施-01', ''], ['', '二层']]],
    ['"two\nlines"\t"say ""yes"""\tplain "x"', [['two\nlines', 'say "yes"', 'plain "x"']]],
    ['""\tb', [['', 'b']]],
    ['one', [['one']]],
    ['', []],
  ])('%j', (text, rows) => { expect(parsedTsv(text)).toEqual(rows) })
  it('comes back as it went', () => {
    const rows = [['建施-01', 'a\tb', 'say "no"'], ['', 'line\nend', 'x']]
    expect(parsedTsv(asTsv(rows))).toEqual(rows)
  })
})

describe('where a pasted block goes', () => {
  it('from the active corner, over several rows and columns', () => {
    expect(pasted(single({ row: 1, column: 1 }), [['a', ' b '], ['c', 'd']], 5, 3)).toEqual({ lost: 0, cells: [
      { row: 1, column: 1, value: 'a' }, { row: 1, column: 2, value: 'b' }, { row: 2, column: 1, value: 'c' }, { row: 2, column: 2, value: 'd' }] })
  })
  it('what stands over the edges is counted, not written elsewhere', () => {
    const { cells, lost } = pasted(single({ row: 1, column: 1 }), [['a', 'b'], ['c', 'd']], 2, 2)
    expect(cells).toEqual([{ row: 1, column: 1, value: 'a' }])
    expect(lost).toBe(3)
  })
  it('one value fills all that is selected; a row is repeated down', () => {
    expect(pasted(block([0, 0], [1, 1], ['4:1']), [['x']], 9, 9).cells).toHaveLength(5)
    expect(pasted(block([0, 0], [2, 1]), [['a', 'b']], 9, 9).cells.map((cell) => cell.value)).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  })
  it('short rows leave the rest as it is', () => { expect(pasted(single({ row: 0, column: 0 }), [['a', 'b'], ['c']], 9, 9).cells).toHaveLength(3) })
  it('an empty clipboard does nothing', () => { expect(pasted(single({ row: 0, column: 0 }), [], 9, 9).cells).toEqual([]) })
})

describe('selecting', () => {
  it('a block from any corner, and single cells beside it', () => {
    const chosen = block([2, 2], [1, 1], ['0:0', '1:1'])
    expect(cellsOf(chosen).map(({ row, column }) => `${row}${column}`)).toEqual(['00', '11', '12', '21', '22'])
    expect(isSelected(chosen, { row: 0, column: 0 })).toBe(true)
    expect(isSelected(chosen, { row: 0, column: 1 })).toBe(false)
  })
  it('moves stay inside; Tab goes on in the next row and leaves at the end', () => {
    expect(moved({ row: 0, column: 0 }, 2, 3, -1, -1)).toEqual({ row: 0, column: 0 })
    expect(moved({ row: 1, column: 2 }, 2, 3, 1, 1)).toEqual({ row: 1, column: 2 })
    expect(tabbed({ row: 0, column: 2 }, 2, 3, 1)).toEqual({ row: 1, column: 0 })
    expect(tabbed({ row: 1, column: 0 }, 2, 3, -1)).toEqual({ row: 0, column: 2 })
    expect(tabbed({ row: 1, column: 2 }, 2, 3, 1)).toBeNull()
  })
  it('fill down takes the topmost value of each column', () => {
    expect(filledDown(block([1, 0], [3, 1]), ({ row, column }) => `${row}${column}`)).toEqual([
      { row: 2, column: 0, value: '10' }, { row: 2, column: 1, value: '11' }, { row: 3, column: 0, value: '10' }, { row: 3, column: 1, value: '11' }])
  })
})
