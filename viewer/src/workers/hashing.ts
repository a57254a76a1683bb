/** SHA-256 of a file in chunks, so that a gigabyte never lies in memory at once. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

const CHUNK_BYTES = 4 * 1024 * 1024

export async function hashBlob(blob: Blob, onProgress: (done: number) => void = () => {}, chunk = CHUNK_BYTES): Promise<string> {
  const state = sha256.create()
  for (let at = 0; at < blob.size; at += chunk) {
    state.update(new Uint8Array(await blob.slice(at, at + chunk).arrayBuffer()))
    onProgress(Math.min(blob.size, at + chunk))
  }
  return bytesToHex(state.digest())
}
