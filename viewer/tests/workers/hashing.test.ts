import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { hashBlob } from '../../src/workers/hashing'

it('gives the SHA-256 of the whole file whatever the chunk size', async () => {
  const bytes = randomBytes(100_003)
  const wanted = createHash('sha256').update(bytes).digest('hex')
  for (const chunk of [64, 1000, 100_003, 1 << 20]) expect(await hashBlob(new Blob([bytes]), () => {}, chunk)).toBe(wanted)
})
it('gives the well-known hash of nothing', async () => {
  expect(await hashBlob(new Blob([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
it('tells how far it is, ending at the size', async () => {
  const seen: number[] = []
  await hashBlob(new Blob([new Uint8Array(25)]), (done) => seen.push(done), 10)
  expect(seen).toEqual([10, 20, 25])
})
