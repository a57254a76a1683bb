/** The heavy screens, loaded when opened; `loadAhead` starts on the one that an address names. */

export const screens = {
  projects: () => import('./ProjectPage.svelte'), submissions: () => import('./SubmissionPage.svelte'),
  sheets: () => import('./SheetPage.svelte'), comparisons: () => import('./ComparePage.svelte'), models: () => import('./ModelPage.svelte'),
  people: () => import('./PeoplePage.svelte'), ledger: () => import('./LedgerPage.svelte'),
}

/** Begin to load the screen of an address (`#/…`), before it is known who asks. */
export function loadAhead(hash: string): void {
  const [head = '', , room = ''] = (hash.replace(/^#\/?/, '').split('?')[0] ?? '').split('/')
  const load = screens[room as keyof typeof screens] ?? screens[head as keyof typeof screens]
  void load?.().catch(() => { /* the screen itself says so */ })
}
