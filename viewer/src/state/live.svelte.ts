/** Live notices from the server, fanned out to whoever shows something they touch. */
import type { Notice } from '../model/types'
import { listen, type Stream } from '../wire/events'

type Listener = (notice: Notice) => void
const live = $state<{ connected: boolean | null }>({ connected: null })
const listeners = new Set<Listener>()
const gapListeners = new Set<() => void>()
let stream: Stream | null = null

/** Null before the first connection. */
export function connected(): boolean | null { return live.connected }

export function startListening(): void {
  stream ??= listen((notice) => listeners.forEach((tell) => tell(notice)), (up) => { live.connected = up }, () => gapListeners.forEach((tell) => tell()))
}
export function stopListening(): void { stream?.close(); stream = null; live.connected = null }

/** Hear notices (and be told to load anew after a gap); returns how to stop. */
export function onNotice(tell: Listener, onGap: () => void = () => {}): () => void {
  listeners.add(tell)
  gapListeners.add(onGap)
  return () => { listeners.delete(tell); gapListeners.delete(onGap) }
}

export interface Throttled { (): void; stop: () => void }

/** Run at most once per `pause` ms however often it is asked for; the last asking is never lost, unless stopped. */
export function throttled(run: () => void, pause = 700): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastRun = 0
  let stopped = false
  const ask = (): void => {
    if (timer !== undefined || stopped) return
    const wait = Math.max(0, lastRun + pause - Date.now())
    timer = setTimeout(() => { timer = undefined; lastRun = Date.now(); run() }, wait)
  }
  return Object.assign(ask, { stop: () => { stopped = true; clearTimeout(timer); timer = undefined } })
}
