/** The stream of notices (GET /api/events): reconnects by itself, waits longer after each failure. */
import type { Notice } from '../model/types'

export interface Stream { close: () => void }

/** Pause before attempt n (0, 1, 2 …): 1 s doubling up to 30 s. */
export function pauseMs(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** attempt)
}

/**
 * Listen to notices. The browser resumes with Last-Event-ID while it keeps the connection; when it gives
 * up (a closed stream), a new one is opened and `onGap` is told, because notices may have been missed.
 */
export function listen(onNotice: (notice: Notice) => void, onState: (live: boolean) => void, onGap: () => void): Stream {
  let source: EventSource | null = null
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  const take = (event: MessageEvent<string>): void => {
    try { onNotice(JSON.parse(event.data) as Notice) } catch { /* a keep-alive or a foreign line */ }
  }
  const open = (): void => {
    source = new EventSource('/api/events')
    source.onopen = () => { if (attempt > 0) onGap(); attempt = 0; onState(true) }
    source.onmessage = take
    source.addEventListener('notice', take as EventListener)
    source.onerror = () => {
      onState(false)
      if (source?.readyState !== EventSource.CLOSED || closed) return
      clearTimeout(timer)
      timer = setTimeout(open, pauseMs(attempt++))
    }
  }
  open()
  return { close: () => { closed = true; clearTimeout(timer); source?.close() } }
}
