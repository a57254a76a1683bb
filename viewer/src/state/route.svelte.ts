/** Where the person is: #/…, so that every screen has an address and reload stays. */

export type Route =
  | { name: 'desk' } | { name: 'project'; id: string } | { name: 'submission'; id: string }
  | { name: 'sheet'; submissionId: string; id: string | null } | { name: 'compare'; id: string }
  | { name: 'model'; submissionId: string; fileId: string } | { name: 'people' } | { name: 'ledger'; projectId: string }
  | { name: 'lost' }

export function parseRoute(hash: string): { route: Route; query: URLSearchParams } {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  const [head = '', one, two, three] = path.split('/').filter(Boolean).map(decodeURIComponent)
  const query = new URLSearchParams(search)
  const found = ((): Route => {
    if (!head) return { name: 'desk' }
    if (head === 'projects' && one) return two === 'ledger' ? { name: 'ledger', projectId: one } : { name: 'project', id: one }
    if (head === 'submissions' && one && two === 'sheets') return { name: 'sheet', submissionId: one, id: three ?? null }
    if (head === 'submissions' && one && two === 'models' && three) return { name: 'model', submissionId: one, fileId: three }
    if (head === 'submissions' && one) return { name: 'submission', id: one }
    if (head === 'comparisons' && one) return { name: 'compare', id: one }
    if (head === 'people') return { name: 'people' }
    return { name: 'lost' }
  })()
  return { route: found, query }
}

const place = $state(parseRoute(typeof location === 'undefined' ? '' : location.hash))

export function route(): Route { return place.route }
export function query(): URLSearchParams { return place.query }
export function go(path: string): void { location.hash = `#/${path}` }
/** Change the address without a step in the history. */
export function put(path: string): void {
  history.replaceState(null, '', `#/${path}`)
  read()
}
function read(): void { Object.assign(place, parseRoute(location.hash)) }
export function followAddress(): () => void {
  addEventListener('hashchange', read)
  return () => removeEventListener('hashchange', read)
}
