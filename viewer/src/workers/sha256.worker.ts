/** Worker: {id, file} in; {id, done} while hashing, {id, sha256} or {id, error} at the end. */
import { hashBlob } from './hashing'

const port = self as unknown as { onmessage: ((e: MessageEvent) => void) | null; postMessage: (message: unknown) => void }

port.onmessage = (event: MessageEvent<{ id: number; file: Blob }>): void => {
  const { id, file } = event.data
  hashBlob(file, (done) => port.postMessage({ id, done }))
    .then((hash) => port.postMessage({ id, sha256: hash }))
    .catch((error: unknown) => port.postMessage({ id, error: String(error) }))
}
