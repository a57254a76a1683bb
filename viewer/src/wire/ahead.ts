/** Answers asked for before the screen that wants them is loaded; each is handed out once. */

const KEPT_MS = 10_000 // later the answer would be old: it is asked for again
const waiting = new Map<string, Promise<Response>>()

/** Ask for an address now; the first `ask` for it gets this answer. */
export function askAhead(path: string, accept = 'application/json'): void {
  const answer = fetch(path, { headers: { Accept: accept }, credentials: 'same-origin' })
  answer.catch(() => { /* whoever takes it hears of it */ })
  waiting.set(path, answer)
  setTimeout(() => { if (waiting.get(path) === answer) waiting.delete(path) }, KEPT_MS)
}

/** The answer that is on its way, if there is one. */
export function takeAhead(path: string): Promise<Response> | undefined {
  const answer = waiting.get(path)
  waiting.delete(path)
  return answer
}

/** Somebody else is signed in: nothing asked for before holds. */
export function dropAhead(): void { waiting.clear() }
