import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import en from '../../src/words/en.json'
import { filled, setLanguage, t, word } from '../../src/words/words.svelte'
import { noted } from '../../src/words/noted'
import zh from '../../src/words/zh.json'

const keys = Object.keys(zh) as (keyof typeof zh)[]
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort()

it('Chinese and English have the same keys', () => { expect(Object.keys(en).sort()).toEqual([...keys].sort()) })
it('no sentence is empty', () => { for (const book of [zh, en]) for (const [key, text] of Object.entries(book)) expect(text.trim(), key).not.toBe('') })
it('both languages have the same places to fill in', () => { for (const key of keys) expect(places(en[key]), key).toEqual(places(zh[key])) })
it('Chinese sentences are Chinese and English ones are not', () => {
  for (const key of keys) expect(/[\u4e00-\u9fff]/.test(en[key]), key).toBe(false)
  expect(keys.filter((key) => /[\u4e00-\u9fff]/.test(zh[key])).length).toBeGreaterThan(keys.length * 0.97)
})
it('every word a panel asks for by name is there', () => {
  const source = resolve(import.meta.dirname, '../../src')
  const texts = (readdirSync(source, { recursive: true }) as string[]).filter((name) => /\.(svelte|ts)$/.test(name)).map((name) => readFileSync(join(source, name), 'utf8')).join('\n')
  const asked = [...texts.matchAll(/\bt\('([\w.]+)'/g)].map((m) => m[1]!)
  expect(asked.length).toBeGreaterThan(200)
  for (const key of asked) expect(zh, key).toHaveProperty([key])
})
it('fills places and leaves unknown ones', () => { expect(filled('{a} of {b}', { a: 1 })).toBe('1 of {b}') })
it('speaks the chosen language; unknown members show themselves', () => {
  setLanguage('en'); expect(t('deed.submit')).toBe('Submit')
  setLanguage('zh'); expect(t('deed.submit')).toBe('提交')
  expect(word('stage', 'as_built')).toBe('竣工图')
  expect(word('stage', 'novel')).toBe('novel')
})
it('what was noted beside a finding is said in words, with its unit', () => {
  setLanguage('en')
  expect(noted({ nominal_mm: 700, lowered_from: 'violation', override: true, empty: '' })).toEqual([['Nominal size', '700 mm'], ['Clause not signed off; was', 'Violation'], ['Dimension text overridden', 'yes']])
  setLanguage('zh')
  expect(noted({ stated_m2: 39.1234, texts: ['甲', '乙'] })).toEqual([['标注', '39.123 m²'], ['文字', '甲、乙']])
})
it('a name nobody foresaw is still readable', () => { expect(noted({ smallest_gap_mm: 3, odd: { fire_grade: 'A' } })).toEqual([['smallest gap', '3 mm'], ['odd', 'fire grade A']]) })
it('every reason the loss meter gives for no share is said in words', () => {
  for (const code of ['scanned', 'no_ink', 'no_shapes', 'time_exceeded', 'reference_failed', 'reference_empty', 'reference_partial', 'meter_failed']) expect(zh, code).toHaveProperty([`inkWhy.${code}`])
})
