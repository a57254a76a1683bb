import { describe, expect, it } from 'vitest'
import { importedBox, importedOutline, threads } from '../../src/model/imported'
import { inkCauses, inkPercent, inkTone } from '../../src/model/ink'
import { absenceOf } from '../../src/model/drawn'
import type { Defect, ImportedMark } from '../../src/model/types'

const mark = (more: Partial<ImportedMark>): ImportedMark => ({ id: 'm', file_id: 'f', sheet_id: 's', kind: 'cloud', points: [], text: '', author: '', subject: '', made_at: '', color: '#ff0000ff', status: '', reply_to: null, taken_over: null, ...more })

describe('the loss meter', () => {
  it.each([[1, '100 %'], [0.9999, '99.9 %'], [0.995, '99.5 %'], [0.9, '90 %'], [0, '0 %']])('%d is %s: never rounded up', (share, text) => { expect(inkPercent(share)).toBe(text) })
  it('is loud where much is lost', () => { expect([inkTone(0.995), inkTone(0.97), inkTone(0.5)]).toEqual(['good', 'warn', 'bad']) })
  it('names causes, the largest first', () => { expect(inkCauses({ unexplained: 0.001, proxy_objects: 0.2, none: 0 })).toEqual([['proxy_objects', 0.2], ['unexplained', 0.001]]) })
})

describe('marks of other programs', () => {
  it('two points of an area are corners of a box, of a line its ends', () => {
    expect(importedOutline(mark({ kind: 'rectangle', points: [[1, 2], [5, 9]] })).points).toEqual([[1, 2], [5, 2], [5, 9], [1, 9]])
    expect(importedOutline(mark({ kind: 'line', points: [[1, 2], [5, 9]] }))).toEqual({ points: [[1, 2], [5, 9]], closed: false, color: '#ff0000' })
  })
  it('a note is a place; a colour that cannot be seen is replaced', () => {
    expect(importedOutline(mark({ kind: 'note', points: [[0, 0], [2, 4]] })).points).toEqual([[1, 2]])
    expect(importedOutline(mark({ color: '#ffffff00' })).color).toBe('#a21caf')
  })
  it('has a box only where it has a place', () => {
    expect(importedBox(mark({ points: [[3, 1], [1, 4]] }))).toEqual([1, 1, 3, 4])
    expect(importedBox(mark({}))).toBeNull()
  })
  it('answers hang below the first mark, however deep; a circle of answers ends', () => {
    const all = [mark({ id: 'a' }), mark({ id: 'b', reply_to: 'a' }), mark({ id: 'c', reply_to: 'b' }), mark({ id: 'd', reply_to: 'gone' })]
    expect(threads(all).map(({ mark: first, replies }) => [first.id, replies.map((it) => it.id)])).toEqual([['a', ['b', 'c']], ['d', []]])
    expect(threads([mark({ id: 'x', reply_to: 'y' }), mark({ id: 'y', reply_to: 'x' })]).length).toBeLessThanOrEqual(2)
  })
})

describe('a sheet without a picture', () => {
  const bare = { state: 'complete', pack: false, tile_levels: 0 }
  const file = (...codes: string[]): { defects: Defect[] } => ({ defects: codes.map((code) => ({ code }) as Defect) })
  it('is being drawn until its file says that it could not be', () => {
    expect(absenceOf(bare, null)).toBe('waiting')
    expect(absenceOf(bare, file('font_substituted'))).toBe('waiting')
    expect(absenceOf(bare, file('not_drawn'))).toBe('failed')
  })
  it('is none when there is a preview or a drawing, and gone when the reading does not know it', () => {
    expect(absenceOf({ ...bare, pack: true }, file('not_drawn'))).toBeNull()
    expect(absenceOf({ ...bare, tile_levels: 2 }, null)).toBeNull()
    expect(absenceOf({ ...bare, state: 'gone', pack: true }, null)).toBe('gone')
  })
})
