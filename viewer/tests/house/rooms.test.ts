/** The order of the rooms: imports go downward only, and there is no circle between files. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOMS = ['model', 'words', 'wire', 'workers', 'state', 'scene', 'tools', 'panels']
const source = resolve(import.meta.dirname, '../../src')
const files = (readdirSync(source, { recursive: true }) as string[]).filter((name) => /\.(ts|svelte)$/.test(name))
const imports = (name: string): string[] =>
  [...readFileSync(join(source, name), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
    .map((m) => relative(source, resolve(source, dirname(name), m[1]!)))
    .map((path) => files.find((file) => file === path || file === `${path}.ts`) ?? path)

it('imports go downward only', () => {
  for (const name of files) {
    const from = ROOMS.indexOf(name.split('/')[0]!)
    if (from < 0) continue
    for (const target of imports(name)) {
      const to = ROOMS.indexOf(target.split('/')[0]!)
      expect(to, `${name} imports ${target}`).toBeLessThanOrEqual(from)
      expect(to, `${name} imports ${target}`).toBeGreaterThanOrEqual(0)
    }
  }
})
it('no file imports itself by a detour', () => {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string, path: string[]): void => {
    if (state.get(name) === 'done') return
    expect(state.get(name), [...path, name].join(' → ')).not.toBe('open')
    state.set(name, 'open')
    for (const target of imports(name)) if (files.includes(target)) visit(target, [...path, name])
    state.set(name, 'done')
  }
  for (const name of files) visit(name, [])
})
it('nothing asks another origin, runs text as code or carries inline styles', () => {
  for (const name of files) {
    const text = readFileSync(join(source, name), 'utf8')
    expect(/["'`]https?:\/\//.test(text), name).toBe(false)
    expect(/\beval\(|new Function\(|\{@html/.test(text), name).toBe(false)
    if (name.endsWith('.svelte')) expect(/\sstyle="/.test(text), name).toBe(false)
  }
})
it('no file is longer than 400 lines', () => {
  for (const name of files) expect(readFileSync(join(source, name), 'utf8').split('\n').length, name).toBeLessThanOrEqual(400)
})
