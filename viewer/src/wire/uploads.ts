/** Resumable uploads (tus 1.0): one call per file; the place is remembered in the browser, so a reload goes on. */
import * as tus from 'tus-js-client'
import { csrfToken } from './api'

export interface UploadWish {
  file: File; submissionId: string; path: string; sha256: string
  onProgress: (sent: number, total: number) => void
  onDone: () => void
  onError: (message: string, status: number | null) => void
}
export interface Upload { abort: () => Promise<void>; start: () => void }

const CHUNK_BYTES = 8 * 1024 * 1024

/** The same file for the same submission is the same upload, whoever opens the page again. */
export function fingerprint(submissionId: string, path: string, name: string, size: number, modified: number, sha256: string): string {
  return ['tushen', submissionId, path, name, size, modified, sha256].join('|')
}

/** Start (or go on with) an upload. */
export function upload(wish: UploadWish): Upload {
  const { file } = wish
  const job = new tus.Upload(file, {
    endpoint: '/api/uploads',
    chunkSize: CHUNK_BYTES,
    retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000],
    removeFingerprintOnSuccess: true,
    metadata: {
      submission_id: wish.submissionId, filename: file.name, filetype: file.type || 'application/octet-stream',
      path: wish.path, sha256: wish.sha256,
    },
    fingerprint: () => Promise.resolve(fingerprint(wish.submissionId, wish.path, file.name, file.size, file.lastModified, wish.sha256)),
    onBeforeRequest: (request) => { request.setHeader('X-CSRF-Token', csrfToken()) },
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0
      return status === 0 || status === 409 || status === 423 || status >= 500
    },
    onProgress: wish.onProgress,
    onSuccess: () => wish.onDone(),
    onError: (error) => {
      const response = (error as tus.DetailedError).originalResponse
      wish.onError(response?.getBody() || error.message, response?.getStatus() ?? null)
    },
  })
  const start = (): void => {
    void job.findPreviousUploads().then((previous) => {
      if (previous[0]) job.resumeFromPreviousUpload(previous[0])
      job.start()
    })
  }
  start()
  return { abort: () => job.abort(false), start }
}
