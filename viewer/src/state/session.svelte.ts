/** Who is signed in. */
import type { Me } from '../model/types'
import { setCsrf, whenSignedOut } from '../wire/api'
import * as calls from '../wire/calls'
import { setLanguage, type Language } from '../words/words.svelte'

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

let wish: Language | null = null // chosen before the log-in: it is saved with it

/** The language that was chosen belongs to the person, not to the browser. */
function welcome(me: Me): Me {
  if (wish && wish !== me.language) { void calls.patchMe({ language: wish }).catch(() => { /* this page shows it all the same */ }); return { ...me, language: wish } }
  if (me.language === 'zh' || me.language === 'en') setLanguage(me.language)
  return me
}
/** Choose a language: shown at once, kept with the person when somebody is signed in. */
export async function chooseLanguage(next: Language): Promise<void> {
  setLanguage(next)
  wish = next
  if (!session.me) return
  session.me = { ...session.me, language: next }
  await calls.patchMe({ language: next })
}
export async function open(): Promise<void> {
  try { session.me = welcome(await calls.whoAmI()) } catch { session.me = null }
  session.known = true
}
export async function logIn(login: string, password: string): Promise<void> {
  session.me = welcome(await calls.logIn(login, password))
  session.expired = false
}
export async function logOut(): Promise<void> {
  try { await calls.logOut() } finally { session.me = null; wish = null; setCsrf('') }
}
