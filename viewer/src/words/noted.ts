/** What was noted beside a finding or a deed, in words: `nominal_mm: 700` becomes “标称尺寸 700 mm”. */
import { bytes, shortHash } from '../model/text'
import { t, word } from './words.svelte'

const UNITS: Record<string, string> = { mm: 'mm', m: 'm', m2: 'm²' }
/** Families whose words say a value, by the name it stands under. */
const FAMILIES: Record<string, string[]> = {
  lowered_from: ['outcome'], origin: ['origin'], who: ['who'], stage: ['stage'], role: ['role'], roles: ['role'], nature: ['nature'],
  reading: ['reading'], decision: ['decision', 'pairDecision'], field: ['field'], status: ['status'], state: ['submission', 'status'], from: ['submission', 'status', 'decision'], to: ['submission', 'status', 'decision'],
}

/** A name without its unit, in words; an unknown one with spaces instead of underlines. */
export function notedName(key: string): string {
  const whole = word('noted', key)
  if (whole !== key) return whole
  const [, bare = key] = /^(.+)_(?:mm|m|m2|bytes)$/.exec(key) ?? []
  const found = word('noted', bare)
  return found !== bare ? found : bare.replaceAll('_', ' ')
}

/** A value in words, with the unit its name ends in. */
export function notedValue(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return t(value ? 'noted.yes' : 'noted.no')
  if (typeof value === 'number' && key.endsWith('_bytes')) return bytes(value)
  if (typeof value === 'number') return `${Math.round(value * 1000) / 1000}${unitOf(key)}`
  if (Array.isArray(value) && value.length > 3 && value.every(isHash)) return t('noted.hashCount', { first: notedValue(key, value[0]), count: value.length })
  if (Array.isArray(value)) return value.map((it) => notedValue(key, it)).filter(Boolean).join('、')
  if (typeof value === 'object') return Object.entries(value).filter(([, it]) => notedValue('', it)).map(([name, it]) => `${notedName(name)} ${notedValue(name, it)}`).join(', ')
  const text = String(value)
  if (isHash(value)) return text.length === 64 ? shortHash(text) : text.slice(0, 8)
  for (const family of FAMILIES[key] ?? []) { const found = word(family, text); if (found !== text) return found }
  return text
}

/** A SHA-256 or an id: a person needs only its beginning. */
function isHash(value: unknown): boolean { return typeof value === 'string' && /^([0-9a-f]{64}|[0-9a-f]{32})$/.test(value) }

function unitOf(key: string): string {
  const unit = UNITS[/_(mm|m|m2|bytes)$/.exec(key)?.[1] ?? '']
  return unit ? ` ${unit}` : ''
}

/** All that was noted, as pairs of words; what is empty is left out. */
export function noted(all: Record<string, unknown> | null | undefined): [string, string][] {
  return Object.entries(all ?? {}).map(([key, value]): [string, string] => [notedName(key), notedValue(key, value)]).filter(([, value]) => value !== '')
}

/** A unit as it is written: m2 is m². */
export function unitWord(unit: string): string { return UNITS[unit] ?? unit }
