/** What is asked for before the screen is there. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dropAhead, takeAhead } from '../../src/wire/ahead'
import { askJson } from '../../src/wire/api'
import { headStart } from '../../src/wire/head_start'

const asked: string[] = []
beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (path: string) => { asked.push(path); return Promise.resolve(new Response(JSON.stringify({ path, turn: asked.length }))) })
})
afterEach(() => { dropAhead(); vi.unstubAllGlobals() })

test('the address of a sheet asks for the session, the list, the first tile and the pack at once', () => {
  headStart('#/submissions/ab/sheets/cd?finding=ef')
  expect(asked).toEqual(['/api/session', '/api/submissions/ab/sheets?gone=true', '/api/submissions/ab', '/api/sheets/cd/tiles/0/0/0.webp', '/api/sheets/cd/pack', '/api/submissions/ab/comparisons'])
})
test('an answer is handed out once; the next call asks anew', async () => {
  headStart('#/projects/ab')
  expect(await askJson('/api/projects/ab')).toEqual({ path: '/api/projects/ab', turn: 2 })
  expect(await askJson('/api/projects/ab')).toEqual({ path: '/api/projects/ab', turn: 3 })
})
test('nothing asked for before a log-in is used after it', () => {
  headStart('#/projects/ab')
  dropAhead()
  expect(takeAhead('/api/projects/ab')).toBeUndefined()
})
test('what stands in an address cannot lead elsewhere', () => {
  headStart('#/projects/..%2F..%2Fadmin')
  expect(asked.at(-1)).toBe('/api/projects/..%252F..%252Fadmin')
})
test('a call that changes something never takes an answer from before', async () => {
  headStart('#/projects/ab')
  const before = asked.length
  await askJson('/api/projects/ab', { method: 'PATCH', body: {} })
  expect(asked.length).toBe(before + 1)
})
