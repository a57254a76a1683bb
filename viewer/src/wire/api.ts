/** One door to the server: JSON, CSRF header, errors as values with a Chinese and an English sentence. */

import { takeAhead } from './ahead'

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, readonly zh: string, readonly en: string,
    readonly details: Record<string, unknown> = {}) { super(en || code) }
}

let csrf = ''
let onSignedOut: () => void = () => {}

export function setCsrf(token: string): void { csrf = token }
export function csrfToken(): string { return csrf }
/** Called whenever the server says that nobody is signed in any more. */
export function whenSignedOut(then: () => void): void { onSignedOut = then }

async function failure(response: Response): Promise<ApiError> {
  let body: { error?: string; zh?: string; en?: string; details?: Record<string, unknown> } = {}
  try { body = (await response.json()) as typeof body } catch { /* not JSON: the status must do */ }
  return new ApiError(response.status, body.error ?? `http_${response.status}`,
    body.zh ?? `服务器返回 ${response.status}。`, body.en ?? `The server answered ${response.status}.`, body.details ?? {})
}

export interface Ask { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal; quiet?: boolean }

/** Fetch and check; throws ApiError. A lost network is ApiError(0, "offline"). */
export async function ask(path: string, { method = 'GET', body, headers = {}, signal, quiet = false }: Ask = {}): Promise<Response> {
  const send: Record<string, string> = { Accept: 'application/json', ...headers }
  if (body !== undefined) send['Content-Type'] = 'application/json'
  if (method !== 'GET') send['X-CSRF-Token'] = csrf
  let response: Response
  try {
    response = await ((method === 'GET' && takeAhead(path)) || fetch(path, { method, headers: send, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin' }))
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'offline', '无法连接服务器，请检查网络后重试。', 'The server cannot be reached. Check the network and try again.')
  }
  if (response.ok) return response
  const error = await failure(response)
  if (response.status === 401 && !quiet) onSignedOut()
  throw error
}

export async function askJson<T>(path: string, options: Ask = {}): Promise<T> {
  const response = await ask(path, options)
  return (response.status === 204 ? null : await response.json()) as T
}

/** The items of a list, whether it comes bare or as {items: []}. */
export async function askList<T>(path: string, options: Ask = {}): Promise<T[]> {
  const got = await askJson<T[] | { items?: T[] } | null>(path, options)
  return Array.isArray(got) ? got : (got?.items ?? [])
}
