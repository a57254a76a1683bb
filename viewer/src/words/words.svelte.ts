/** The words of the interface in Chinese and English; `t` picks by the language in force. */
import en from './en.json'
import zh from './zh.json'

export type Language = 'zh' | 'en'
export type WordKey = keyof typeof zh
const BOOKS: Record<Language, Record<WordKey, string>> = { zh, en }

function first(): Language {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem('tushen.language')
  if (kept === 'zh' || kept === 'en') return kept
  return typeof navigator !== 'undefined' && !navigator.language.toLowerCase().startsWith('zh') ? 'en' : 'zh'
}

const chosen = $state<{ language: Language }>({ language: first() })

export function language(): Language { return chosen.language }
export function setLanguage(next: Language): void {
  chosen.language = next
  if (typeof localStorage !== 'undefined') localStorage.setItem('tushen.language', next)
  if (typeof document !== 'undefined') document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
}

/** A sentence with its {places} filled in. */
export function filled(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return filled(BOOKS[chosen.language][key], values)
}

/** A word of a family (state.ready, kind.moved …); unknown members are shown as they came. */
export function word(family: string, member: string | null | undefined): string {
  if (!member) return ''
  return (BOOKS[chosen.language] as Record<string, string>)[`${family}.${member}`] ?? member
}

/** The sentence of a server message in the language in force. */
export function both(zhText: string | null | undefined, enText: string | null | undefined): string {
  return (chosen.language === 'zh' ? zhText || enText : enText || zhText) ?? ''
}

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return ''
  return new Intl.DateTimeFormat(chosen.language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

/** A moment as a foreign file states it; what is no moment is shown as it stands. */
export function statedTime(iso: string): string { try { return dateTime(iso) } catch { return iso } }
