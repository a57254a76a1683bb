/** Files of unfinished uploads kept in the browser (IndexedDB), so that a reload goes on by itself. */

export interface KeptFile { key: string; submissionId: string; path: string; file: File }
/** Larger files are not copied into the browser: they are asked for again after a reload. */
export const KEEP_UP_TO_BYTES = 256 * 1024 * 1024

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const wish = indexedDB.open('tushen-uploads', 1)
    wish.onupgradeneeded = () => { wish.result.createObjectStore('files', { keyPath: 'key' }) }
    wish.onsuccess = () => resolve(wish.result)
    wish.onerror = () => reject(wish.error ?? new Error('indexedDB'))
  })
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const wish = act(base.transaction('files', mode).objectStore('files'))
      wish.onsuccess = () => resolve(wish.result)
      wish.onerror = () => reject(wish.error ?? new Error('indexedDB'))
    })
  } finally { base.close() }
}

/** Keep a file; false when the browser will not (private window, full disk, too large). */
export async function keep(entry: KeptFile): Promise<boolean> {
  if (entry.file.size > KEEP_UP_TO_BYTES) return false
  try { await run('readwrite', (store) => store.put(entry)); return true } catch { return false }
}
export async function forget(key: string): Promise<void> {
  try { await run('readwrite', (store) => store.delete(key)) } catch { /* nothing was kept */ }
}
export async function kept(submissionId: string): Promise<KeptFile[]> {
  try { return (await run<KeptFile[]>('readonly', (store) => store.getAll())).filter((entry) => entry.submissionId === submissionId) } catch { return [] }
}
