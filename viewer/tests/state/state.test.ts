import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../src/wire/api'
import { keyFor, type HotKey } from '../../src/state/hotkeys.svelte'
import { throttled } from '../../src/state/live.svelte'
import { Loaded } from '../../src/state/loading.svelte'
import { parseRoute } from '../../src/state/route.svelte'
import { isJunk, said } from '../../src/state/uploads.svelte'

describe('addresses', () => {
  it.each([
    ['', { name: 'desk' }], ['#/', { name: 'desk' }], ['#/projects/p1', { name: 'project', id: 'p1' }], ['#/projects/p1/ledger', { name: 'ledger', projectId: 'p1' }],
    ['#/submissions/s1?tab=sheets', { name: 'submission', id: 's1' }], ['#/submissions/s1/sheets', { name: 'sheet', submissionId: 's1', id: null }],
    ['#/submissions/s1/sheets/t2?finding=f3', { name: 'sheet', submissionId: 's1', id: 't2' }], ['#/submissions/s1/models/f1', { name: 'model', submissionId: 's1', fileId: 'f1' }],
    ['#/comparisons/c1', { name: 'compare', id: 'c1' }], ['#/people', { name: 'people' }], ['#/nowhere', { name: 'lost' }],
  ])('%s', (hash, route) => { expect(parseRoute(hash).route).toEqual(route) })
  it('keeps the query', () => { expect(parseRoute('#/submissions/s1/sheets/t2?finding=f3').query.get('finding')).toBe('f3') })
})

describe('loading', () => {
  it('a late answer to an earlier question is not shown', async () => {
    const answers: ((value: string) => void)[] = []
    const it = new Loaded(() => new Promise<string>((resolve) => { answers.push(resolve) }))
    const first = it.load(), second = it.load()
    answers[1]!('new'); await second
    answers[0]!('old'); await first
    expect(it.value).toBe('new')
    expect(it.busy).toBe(false)
  })
  it('keeps what was there when loading again fails, and says so', async () => {
    const fetcher = vi.fn().mockResolvedValueOnce('here').mockRejectedValueOnce(new ApiError(404, 'not_found', '没有', 'none'))
    const it = new Loaded(fetcher)
    await it.load(); await it.load()
    expect(it.value).toBe('here')
    expect(it.missing).toBe(true)
  })
})

describe('hot keys of several screens', () => {
  const key = (name: string): HotKey => ({ keys: [name], label: 'keys.fit', run: () => {} })
  const event = (name: string): KeyboardEvent => ({ key: name, isComposing: false, target: null }) as unknown as KeyboardEvent
  it('the newest screen wins', () => {
    const below = [key('a')], above = [key('a')]
    expect(keyFor(event('a'), [below, above])).toBe(above[0])
    expect(keyFor(event('b'), [below, above])).toBeNull()
  })
})

it('junk of operating systems and CAD is left out, drawings are not', () => {
  for (const path of ['a/Thumbs.db', '__MACOSX/x.dxf', 'b/.DS_Store', 'plan.bak', 'x/~$a.docx', 'a.dwl2']) expect(isJunk(path), path).toBe(true)
  for (const path of ['建施-01.dxf', 'a/b/模型.ifc', 'backup/plan.pdf', '图纸.zip']) expect(isJunk(path), path).toBe(false)
})
it('the reason of a failed upload is the server\'s own sentence, in both languages', () => {
  expect(said('{"zh":"文件为空。","en":"Empty."}', 422)).toEqual({ zh: '文件为空。', en: 'Empty.' })
  expect(said('<html>', 502).en).toContain('502')
  expect(said('', null).zh).toContain('连接中断')
})
it('many askings become few runs and the last is never lost', async () => {
  vi.useFakeTimers()
  const run = vi.fn(), ask = throttled(run, 100)
  for (let i = 0; i < 5; i++) ask()
  await vi.advanceTimersByTimeAsync(1)
  expect(run).toHaveBeenCalledTimes(1)
  ask(); await vi.advanceTimersByTimeAsync(120)
  expect(run).toHaveBeenCalledTimes(2)
  ask(); ask.stop(); await vi.advanceTimersByTimeAsync(500)
  expect(run).toHaveBeenCalledTimes(2) // a screen that is gone asks nothing
  vi.useRealTimers()
})
