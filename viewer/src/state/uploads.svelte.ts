/** Files on their way to the server: hashed in a worker, sent by tus a few at a time, gone on with after a reload. */
import { hashFile } from '../workers/hasher'
import { upload, type Upload } from '../wire/uploads'
import { forget, keep, kept } from './keep'

export type UploadState = 'waiting' | 'hashing' | 'sending' | 'done' | 'failed' | 'cancelled'
export interface UploadItem {
  key: string; submissionId: string; name: string; path: string; size: number
  state: UploadState; done: number; sha256: string; error: Said | null; file: File; tus: Upload | null
}
/** Why an upload failed, in both languages. */
export interface Said { zh: string; en: string }
export interface Picked { file: File; path: string }

const AT_ONCE = 3
const JUNK = /(^|\/)(__MACOSX|\.git)(\/|$)|(^|\/)(Thumbs\.db|desktop\.ini|\.DS_Store|~\$[^/]*|[^/]*\.(bak|dwl2?|tmp|lock))$/i

/** Files that no one means to hand in. */
export function isJunk(path: string): boolean { return JUNK.test(path) }

class Uploads {
  items = $state<UploadItem[]>([])
  private onArrived: (submissionId: string) => void = () => {}

  whenArrived(tell: (submissionId: string) => void): void { this.onArrived = tell }
  of(submissionId: string): UploadItem[] { return this.items.filter((item) => item.submissionId === submissionId) }
  get busy(): boolean { return this.items.some((item) => ['waiting', 'hashing', 'sending'].includes(item.state)) }

  /** Queue files; returns how many were left out as junk. */
  add(submissionId: string, picked: Picked[], fromKept = false): number {
    let junk = 0
    for (const { file, path } of picked) {
      if (isJunk(path ? `${path}/${file.name}` : file.name)) { junk++; continue }
      const key = [submissionId, path, file.name, file.size, file.lastModified].join('|')
      const there = this.items.find((item) => item.key === key)
      if (there && there.state !== 'failed' && there.state !== 'cancelled') continue
      if (there) this.items.splice(this.items.indexOf(there), 1)
      this.items.push({ key, submissionId, name: file.name, path, size: file.size, state: 'waiting', done: 0, sha256: '', error: null, file, tus: null })
      if (!fromKept) void keep({ key, submissionId, path, file })
    }
    this.next()
    return junk
  }

  /** Go on with what a reload interrupted; returns how many files. */
  async resume(submissionId: string): Promise<number> {
    const files = (await kept(submissionId)).filter((entry) => !this.items.some((item) => item.key === entry.key))
    if (files.length) this.add(submissionId, files.map(({ file, path }) => ({ file, path })), true)
    return files.length
  }

  async cancel(key: string): Promise<void> {
    const item = this.items.find((one) => one.key === key)
    if (!item) return
    await item.tus?.abort()
    item.state = 'cancelled'
    await forget(key)
    this.next()
  }

  retry(key: string): void {
    const item = this.items.find((one) => one.key === key)
    if (!item || item.state !== 'failed') return
    item.state = 'waiting'; item.error = null; item.done = 0
    this.next()
  }

  clearDone(submissionId: string): void {
    this.items = this.items.filter((item) => item.submissionId !== submissionId || !['done', 'cancelled'].includes(item.state))
  }

  private next(): void {
    const running = this.items.filter((item) => item.state === 'hashing' || item.state === 'sending').length
    for (const item of this.items.filter((one) => one.state === 'waiting').slice(0, Math.max(0, AT_ONCE - running))) void this.run(item.key)
  }

  private async run(key: string): Promise<void> {
    const item = this.items.find((one) => one.key === key)!
    item.state = 'hashing'
    try {
      item.sha256 = await hashFile(item.file, (done) => { item.done = done })
    } catch (error) { return this.fail(item, { zh: `无法读取文件：${String(error)}`, en: `The file cannot be read: ${String(error)}` }) }
    if ((item.state as UploadState) === 'cancelled') return
    item.state = 'sending'
    item.done = 0
    item.tus = upload({
      file: item.file, submissionId: item.submissionId, path: item.path, sha256: item.sha256,
      onProgress: (sent) => { item.done = sent },
      onDone: () => { item.state = 'done'; item.done = item.size; void forget(key); this.onArrived(item.submissionId); this.next() },
      onError: (message, status) => this.fail(item, said(message, status)),
    })
  }

  private fail(item: UploadItem, message: Said): void {
    if (item.state === 'cancelled') return
    item.state = 'failed'
    item.error = message
    this.next()
  }
}

/** The server's own sentence out of an error body, or one made of the status. */
export function said(body: string, status: number | null): Said {
  try {
    const parsed = JSON.parse(body) as { zh?: string; en?: string; detail?: unknown }
    if (parsed.zh || parsed.en) return { zh: parsed.zh ?? parsed.en!, en: parsed.en ?? parsed.zh! }
    if (typeof parsed.detail === 'string') return { zh: parsed.detail, en: parsed.detail }
  } catch { /* not JSON */ }
  if (!status) return { zh: '连接中断，请检查网络后点“重试”，会从断点继续。', en: 'The connection was lost. Check the network and press "Try again": it goes on where it stopped.' }
  return { zh: `服务器拒绝了此文件（${status}）。`, en: `The server refused this file (${status}).` }
}

export const uploads = new Uploads()

/** All files of a drop, folders walked, with their folder as path. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null)
  if (!entries.some(Boolean)) return [...transfer.files].map((file) => ({ file, path: '' }))
  const out: Picked[] = []
  for (const entry of entries) if (entry) await walk(entry, '', out)
  return out
}

async function walk(entry: FileSystemEntry, path: string, out: Picked[]): Promise<void> {
  if (entry.isFile) {
    out.push({ file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)), path })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const inner = path ? `${path}/${entry.name}` : entry.name
  for (;;) { // readEntries gives at most 100 at a time
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (!some.length) return
    for (const one of some) await walk(one, inner, out)
  }
}

/** Files of an <input webkitdirectory> or plain file input. */
export function filesOfInput(list: FileList): Picked[] {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath.split('/').slice(0, -1).join('/') }))
}
