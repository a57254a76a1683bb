import { afterEach, expect, it, vi } from 'vitest'
import { ApiError, ask, askList, setCsrf, whenSignedOut } from '../../src/wire/api'
import { pauseMs } from '../../src/wire/events'
import { fingerprint } from '../../src/wire/uploads'

afterEach(() => { vi.unstubAllGlobals() })
const answers = (status: number, body: unknown): ReturnType<typeof vi.fn> => {
  const fetcher = vi.fn(() => Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status })))
  vi.stubGlobal('fetch', fetcher)
  return fetcher
}

it('sends the CSRF token with unsafe verbs only', async () => {
  const fetcher = answers(200, {})
  setCsrf('secret')
  await ask('/api/x')
  await ask('/api/x', { method: 'POST', body: {} })
  const headers = fetcher.mock.calls.map((call) => (call as unknown as [string, { headers: Record<string, string> }])[1].headers)
  expect(headers[0]!['X-CSRF-Token']).toBeUndefined()
  expect(headers[1]!['X-CSRF-Token']).toBe('secret')
})
it('keeps both sentences of an error', async () => {
  answers(409, { error: 'stale', zh: '已被他人修改。', en: 'Somebody else changed it.', details: { version: 2 } })
  const error = await ask('/api/x').catch((caught: unknown) => caught as ApiError)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 409, code: 'stale', zh: '已被他人修改。', en: 'Somebody else changed it.' })
})
it('says offline when the server cannot be reached', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
  await expect(ask('/api/x')).rejects.toMatchObject({ status: 0, code: 'offline' })
})
it('tells when nobody is signed in, except to quiet questions', async () => {
  const told = vi.fn()
  whenSignedOut(told)
  answers(401, { error: 'not_signed_in' })
  await ask('/api/x', { quiet: true }).catch(() => {})
  expect(told).not.toHaveBeenCalled()
  await ask('/api/x').catch(() => {})
  expect(told).toHaveBeenCalledOnce()
})
it('reads lists with and without an envelope', async () => {
  answers(200, [1, 2]); expect(await askList('/api/x')).toEqual([1, 2])
  answers(200, { items: [3] }); expect(await askList('/api/x')).toEqual([3])
})
it('waits longer before each reconnection, at most half a minute', () => {
  expect([0, 1, 2, 10].map(pauseMs)).toEqual([1000, 2000, 4000, 30_000])
})
it('knows the same file of the same submission again, and no other', () => {
  const one = fingerprint('s', 'a/b', 'x.dxf', 10, 5, 'h')
  expect(fingerprint('s', 'a/b', 'x.dxf', 10, 5, 'h')).toBe(one)
  expect(fingerprint('t', 'a/b', 'x.dxf', 10, 5, 'h')).not.toBe(one)
  expect(fingerprint('s', 'a/c', 'x.dxf', 10, 5, 'h')).not.toBe(one)
})
