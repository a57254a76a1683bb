/** Hot keys of the screen in front; the overlay (?) lists what is registered. */
import { isUndo, mayAct } from '../model/keys'
import type { WordKey } from '../words/words.svelte'

export interface HotKey { keys: string[]; label: WordKey; run: () => void }
const registered = $state<{ sets: HotKey[][]; overlay: boolean }>({ sets: [], overlay: false })
let undo: (() => void) | null = null

export function hotKeys(): HotKey[] { return registered.sets.flat() }
export function overlayOpen(): boolean { return registered.overlay }
export function showOverlay(open: boolean): void { registered.overlay = open }

/** Register keys for as long as a screen is shown; returns how to take them back. */
export function useKeys(keys: HotKey[], onUndo: (() => void) | null = null): () => void {
  registered.sets = [...registered.sets, keys]
  if (onUndo) undo = onUndo
  return () => {
    registered.sets = registered.sets.filter((set) => set !== keys)
    if (onUndo) undo = null
  }
}

/** The hot key a press means, newest set first; null when none may act. */
export function keyFor(event: KeyboardEvent, sets: HotKey[][]): HotKey | null {
  if (!mayAct(event)) return null
  for (const set of [...sets].reverse()) {
    const found = set.find((hot) => hot.keys.includes(event.key))
    if (found) return found
  }
  return null
}

export function followKeys(): () => void {
  const press = (event: KeyboardEvent): void => {
    if (isUndo(event) && undo) { event.preventDefault(); undo(); return }
    if (document.querySelector('dialog[open]')) return
    if (mayAct(event) && event.key === '?') { event.preventDefault(); registered.overlay = !registered.overlay; return }
    const hot = keyFor(event, registered.sets)
    if (hot) { event.preventDefault(); hot.run() }
  }
  addEventListener('keydown', press)
  return () => removeEventListener('keydown', press)
}
