/** Why a sheet's ink was not measured, in words: the code before the colon, and what the meter added. */
import { word } from './words.svelte'

export function inkWhy(why: string | null | undefined): string {
  if (!why) return ''
  const [code = '', ...more] = why.split(':')
  const known = word('inkWhy', code)
  return known === code ? why : more.length ? `${known} (${more.join(':').trim()})` : known
}
