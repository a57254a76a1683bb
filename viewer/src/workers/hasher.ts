/** Hashes files one after the other in one worker. */

interface Answer { id: number; done?: number; sha256?: string; error?: string }
interface Waiting { resolve: (hash: string) => void; reject: (error: Error) => void; onProgress: (done: number) => void }

let worker: Worker | null = null
let nextId = 1
const waiting = new Map<number, Waiting>()
let chain: Promise<unknown> = Promise.resolve()

function door(): Worker {
  if (worker) return worker
  worker = new Worker(new URL('./sha256.worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = (event: MessageEvent<Answer>) => {
    const { id, done, sha256, error } = event.data
    const entry = waiting.get(id)
    if (!entry) return
    if (done !== undefined) return entry.onProgress(done)
    waiting.delete(id)
    if (sha256) entry.resolve(sha256); else entry.reject(new Error(error ?? 'hashing failed'))
  }
  worker.onerror = (event) => {
    for (const entry of waiting.values()) entry.reject(new Error(event.message || 'the hashing worker stopped'))
    waiting.clear()
    worker = null
  }
  return worker
}

export function hashFile(file: Blob, onProgress: (done: number) => void = () => {}): Promise<string> {
  const run = (): Promise<string> => new Promise((resolve, reject) => {
    const id = nextId++
    waiting.set(id, { resolve, reject, onProgress })
    door().postMessage({ id, file })
  })
  const result = chain.then(run, run)
  chain = result.catch(() => {})
  return result
}
