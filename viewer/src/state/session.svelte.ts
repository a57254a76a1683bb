/** Who is signed in. */
import type { Me } from '../model/types'
import { setCsrf, whenSignedOut } from '../wire/api'
import * as calls from '../wire/calls'

const session = $state<{ me: Me | null; known: boolean; expired: boolean }>({ me: null, known: false, expired: false })

export function me(): Me | null { return session.me }
/** False until the server has said who we are. */
export function known(): boolean { return session.known }
export function expired(): boolean { return session.expired }
export function has(...roles: string[]): boolean { return session.me?.roles.some((role) => roles.includes(role)) ?? false }

whenSignedOut(() => {
  if (session.me) session.expired = true
  session.me = null
  setCsrf('')
})

export async function open(): Promise<void> {
  try { session.me = await calls.whoAmI() } catch { session.me = null }
  session.known = true
}
export async function logIn(login: string, password: string): Promise<void> {
  session.me = await calls.logIn(login, password)
  session.expired = false
}
export async function logOut(): Promise<void> {
  try { await calls.logOut() } finally { session.me = null; setCsrf('') }
}
