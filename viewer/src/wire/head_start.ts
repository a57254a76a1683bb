/** What the screen of an address will ask for, asked at once: beside the loading of the code, not after it. */
import { askAhead } from './ahead'

/** Start the calls of the screen that an address (`#/…`) names. */
export function headStart(hash: string): void {
  const [head, id, room, sheet] = (hash.replace(/^#\/?/, '').split('?')[0] ?? '').split('/').map(encodeURIComponent)
  askAhead('/api/session')
  if (!head) { askAhead('/api/queue'); askAhead('/api/projects') }
  if (head === 'projects' && id && !room) askAhead(`/api/projects/${id}`)
  if (head === 'comparisons' && id) askAhead(`/api/comparisons/${id}`)
  if (head !== 'submissions' || !id) return
  if (room === 'sheets') askAhead(`/api/submissions/${id}/sheets?gone=true`)
  askAhead(`/api/submissions/${id}`)
  if (room !== 'sheets') return
  if (sheet) { askAhead(`/api/sheets/${sheet}/tiles/0/0/0.webp`, '*/*'); askAhead(`/api/sheets/${sheet}/pack`, '*/*') }
  askAhead(`/api/submissions/${id}/comparisons`)
}
