import { describe, expect, it } from 'vitest'
import { MOST_POINTS, NO_POINTS, asked, pairsOf, placed, withoutLast, type Aligning, type Side } from '../../src/model/aligning'
import type { Spot } from '../../src/model/types'

const put = (...spots: [Side, Spot][]): Aligning => spots.reduce((points, [side, spot]) => placed(points, side, spot), NO_POINTS)

describe('matching points', () => {
  it('are asked for by turns, the old sheet first', () => {
    expect(asked(NO_POINTS)).toBe('old')
    expect(asked(put(['old', [0, 0]]))).toBe('new')
    expect(asked(put(['old', [0, 0]], ['new', [5, 5]]))).toBe('old')
    expect(asked(put(['new', [5, 5]]))).toBe('old')
  })
  it('can be put elsewhere as long as the other side has none for it', () => {
    expect(put(['old', [0, 0]], ['old', [1, 1]])).toEqual({ old: [[1, 1]], new: [] })
  })
  it('go to the server as pairs once there are two different ones on both sides', () => {
    const two = put(['old', [0, 0]], ['new', [5, 5]], ['new', [5, 9]], ['old', [0, 4]])
    expect(pairsOf(two)).toEqual([[[0, 0], [5, 5]], [[0, 4], [5, 9]]])
    expect(pairsOf(put(['old', [0, 0]], ['new', [5, 5]], ['old', [0, 4]]))).toBeNull()
    expect(pairsOf(put(['old', [0, 0]], ['new', [5, 5]], ['old', [0, 4]], ['new', [5, 5]]))).toBeNull()
    expect(pairsOf(NO_POINTS)).toBeNull()
  })
  it('are taken back last first', () => {
    const three = put(['old', [0, 0]], ['new', [5, 5]], ['old', [0, 4]])
    expect(withoutLast(three)).toEqual({ old: [[0, 0]], new: [[5, 5]] })
    expect(withoutLast(withoutLast(three))).toEqual({ old: [[0, 0]], new: [] })
    expect(withoutLast(NO_POINTS)).toEqual(NO_POINTS)
  })
  it('are no more than the server takes', () => {
    let points = NO_POINTS
    for (let i = 0; i < 12; i++) for (const side of ['old', 'new'] as const) points = placed(points, side, [i, i])
    expect([points.old.length, points.new.length, asked(points)]).toEqual([MOST_POINTS, MOST_POINTS, null])
  })
})
