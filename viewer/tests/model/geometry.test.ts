import { describe, expect, it } from 'vitest'
import { applied, distanceToSegment, followed, IDENTITY, inverted, roomy, similarity, union } from '../../src/model/box'
import { arrowHead, cloudRing, signedArea } from '../../src/model/cloud'
import { boxOfCoordinates, realDistanceMm, shownDistance } from '../../src/model/measure'
import { resolutions } from '../../src/model/zones'
import type { Transform } from '../../src/model/types'

const TURN: Transform = [[0, -2, 10], [2, 0, -5]] // 90° and twice as large

describe('boxes and transforms', () => {
  it('goes there and back', () => {
    const [x, y] = applied(inverted(TURN), applied(TURN, [3, 4]))
    expect(x).toBeCloseTo(3); expect(y).toBeCloseTo(4)
  })
  it('refuses a transform without an inverse', () => { expect(() => inverted([[1, 1, 0], [1, 1, 0]])).toThrow(/singular/) })
  it('knows scale, turn and mirroring', () => {
    expect(similarity(TURN)).toMatchObject({ scale: 2, mirrored: false })
    expect(similarity(TURN).rotation).toBeCloseTo(Math.PI / 2)
    expect(similarity([[-1, 0, 0], [0, 1, 0]]).mirrored).toBe(true)
  })
  it('a linked view shows the same place, and following back returns', () => {
    const look = { center: [5, 6] as [number, number], resolution: 0.5, rotation: 0.1 }
    expect(followed(look, IDENTITY)).toEqual(look)
    const back = followed(followed(look, TURN), inverted(TURN))
    expect(back.center[0]).toBeCloseTo(5); expect(back.center[1]).toBeCloseTo(6)
    expect(back.resolution).toBeCloseTo(0.5); expect(back.rotation).toBeCloseTo(0.1)
  })
  it('measures the distance to the segment, not to the line', () => {
    expect(distanceToSegment(5, 3, 0, 0, 10, 0)).toBe(3)
    expect(distanceToSegment(13, 4, 0, 0, 10, 0)).toBe(5)
    expect(distanceToSegment(3, 4, 0, 0, 0, 0)).toBe(5)
  })
  it('unites boxes and gives small ones room', () => {
    expect(union([[0, 0, 1, 1], [5, -2, 6, 0]])).toEqual([0, -2, 6, 1])
    expect(union([])).toBeNull()
    const [x0, , x1] = roomy([10, 10, 11, 11], 60)
    expect(x1 - x0).toBeGreaterThanOrEqual(60)
  })
})

describe('clouds and arrows', () => {
  const square: [number, number][] = [[0, 0], [100, 0], [100, 60], [0, 60], [0, 0]]
  it('close, bulge outward and hold the polygon', () => {
    const ring = cloudRing(square, 10)
    expect(ring[0]).toEqual(ring.at(-1))
    expect(Math.abs(signedArea(ring))).toBeGreaterThan(6000)
    expect(Math.min(...ring.map(([x]) => x))).toBeLessThan(-1)
    expect(Math.max(...ring.map(([, y]) => y))).toBeGreaterThan(61)
  })
  it('look the same whichever way the polygon was drawn', () => {
    expect(Math.abs(signedArea(cloudRing([...square].reverse(), 10)))).toBeCloseTo(Math.abs(signedArea(cloudRing(square, 10))))
  })
  it('have as many arcs as the chord asks for', () => { expect(cloudRing(square, 10, 2.2, 8)).toHaveLength((10 + 6 + 10 + 6) * 8 + 1) })
  it('of fewer than three points stay what they were', () => { expect(cloudRing([[0, 0], [1, 1]], 5)).toEqual([[0, 0], [1, 1]]) })
  it('an arrow ends in its tip, its barbs behind it', () => {
    const [left, tip, right] = arrowHead([0, 0], [10, 0], 2)
    expect(tip).toEqual([10, 0])
    expect(left[0]).toBeLessThan(10); expect(left[1]).toBeCloseTo(-right[1])
  })
})

describe('measuring', () => {
  it('multiplies paper millimetres by the scale', () => { expect(realDistanceMm([0, 0], [30, 40], 100)).toBe(5000) })
  it('shows metres from ten metres on', () => {
    expect(shownDistance(809.2)).toBe('809 mm'); expect(shownDistance(12_345)).toBe('12.345 m'); expect(shownDistance(12.34)).toBe('12.3 mm')
  })
  it('finds the box of nested coordinates', () => { expect(boxOfCoordinates([[[1, 2], [5, -3]]])).toEqual([1, -3, 5, 2]) })
})
it('level 0 of the tiles shows the longer side in 512 px, each level halves', () => {
  expect(resolutions(1024, 100, 3)).toEqual([2, 1, 0.5])
})
