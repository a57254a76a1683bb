/** Short messages at the edge of the screen. */
import { ApiError } from '../wire/api'
import { both } from '../words/words.svelte'

export interface Toast { id: number; tone: 'good' | 'bad' | 'plain'; text: string }
const list = $state<Toast[]>([])
let next = 1

export function toasts(): readonly Toast[] { return list }
export function dismiss(id: number): void {
  const at = list.findIndex((toast) => toast.id === id)
  if (at >= 0) list.splice(at, 1)
}
export function say(text: string, tone: Toast['tone'] = 'plain'): void {
  const id = next++
  list.push({ id, tone, text })
  setTimeout(() => dismiss(id), tone === 'bad' ? 9000 : 4000)
}
/** The sentence of any error in the language in force. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return both(error.zh, error.en)
  return error instanceof Error ? error.message : String(error)
}
export function complain(error: unknown): void { say(sentence(error), 'bad') }
