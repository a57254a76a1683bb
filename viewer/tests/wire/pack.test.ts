import { describe, expect, it } from 'vitest'
import { visibleRuns } from '../../src/scene/sheet_renderer'
import { decodePack, PackError } from '../../src/wire/pack'
import { packBytes } from './pack_bytes'

const nothingHidden = (): boolean => false

describe('decoding a sheet pack', () => {
  it('finds every section where the header says', () => {
    const pack = decodePack(packBytes())
    expect([pack.entities, pack.lines, pack.chars]).toEqual([4, 2, 1])
    expect([...pack.lineXy.subarray(4, 8)]).toEqual([60, 60, 61, 60])
    expect(pack.boxOf(2)).toEqual([40, 40, 50, 44])
    expect(pack.sourceOf(1)).toBe('2B')
    expect(pack.layerOf(2)?.name).toBe('TEXT')
    expect(pack.rowsOf('2D')).toEqual([3])
    expect(pack.rowsOf('none')).toEqual([])
  })
  it('refuses other bytes, other versions, other schemas and cut-off packs', () => {
    expect(() => decodePack(new ArrayBuffer(4))).toThrow(PackError)
    expect(() => decodePack(new ArrayBuffer(64))).toThrow(/not a sheet pack/)
    expect(() => decodePack(packBytes({ header: { schema: 'other/1' } }))).toThrow(/schema/)
    const whole = packBytes()
    expect(() => decodePack(whole.slice(0, whole.byteLength - 40))).toThrow(/beyond/)
    const newer = packBytes()
    new DataView(newer).setUint32(4, 2, true)
    expect(() => decodePack(newer)).toThrow(/version 2/)
  })
  it('refuses sections of another type or that do not agree', () => {
    expect(() => decodePack(packBytes({ wrongType: 'line_xy' }))).toThrow(/line_xy/)
    expect(() => decodePack(packBytes({ drop: 'line_entity' }))).toThrow(/agree/)
  })
  it('finds texts whatever their width and case', () => {
    const pack = decodePack(packBytes())
    expect(pack.search('厅103').map((hit) => hit.entity)).toEqual([2])
    expect(pack.search('  ')).toEqual([])
    expect(pack.search('走道')).toEqual([])
  })
  it('picks lines within the tolerance, texts by their box, fills by their inside, and never what is hidden', () => {
    const pack = decodePack(packBytes())
    expect(pack.pick(5, 0.4, 0.5, nothingHidden)).toBe(0)
    expect(pack.pick(5, 0.6, 0.5, nothingHidden)).toBeNull()
    expect(pack.pick(45, 42, 0.5, nothingHidden)).toBe(2)
    expect(pack.pick(22, 22, 0.5, nothingHidden)).toBe(3)
    expect(pack.pick(29, 29, 0.5, nothingHidden)).toBeNull()
    expect(pack.pick(5, 0.4, 0.5, (entity) => entity === 0)).toBeNull()
  })
  it('snaps to the nearest point within reach', () => {
    const pack = decodePack(packBytes())
    expect(pack.snap(9.5, 0.2, 1)).toEqual([10, 0])
    expect(pack.snap(5, 5, 1)).toBeNull()
  })
  it('names the sources inside a box', () => {
    expect(decodePack(packBytes()).sourcesIn([15, 15, 55, 50]).sort()).toEqual(['2C', '2D'])
  })
})

describe('what is drawn of the lines', () => {
  const pack = decodePack(packBytes())
  it('leaves out tiles beyond the view', () => {
    expect(visibleRuns(pack, [0, 0, 20, 20], 0)).toEqual([[0, 1]])
    expect(visibleRuns(pack, [0, 0, 100, 100], 0)).toEqual([[0, 2]])
    expect(visibleRuns(pack, [11, 1, 20, 20], 0)).toEqual([])
  })
  it('leaves out lines shorter than wanted, never longer ones', () => {
    expect(visibleRuns(pack, [0, 0, 100, 100], 4)).toEqual([[0, 1]])
    expect(visibleRuns(pack, [0, 0, 100, 100], 9)).toEqual([[0, 1]])
    expect(visibleRuns(pack, [0, 0, 100, 100], 1)).toEqual([[0, 2]])
  })
})
