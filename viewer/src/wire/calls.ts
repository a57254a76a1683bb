/** Every call of the HTTP interface that the viewer makes, by name. */
import { dropAhead } from './ahead'
import { ask, askJson, askList, setCsrf } from './api'
import type {
  Annotation, Building, Comparison, Difference, DrawingFile, Finding, Id, ImportedMark, LedgerRow, Me, Organisation, PairDecision, Person,
  Project, Sheet, SheetChange, Submission, TextHit, Verification,
} from '../model/types'

function remembered(me: Me): Me { setCsrf(me.csrf_token); return me }

export const whoAmI = async (): Promise<Me> => remembered(await askJson<Me>('/api/session', { quiet: true }))
export const logIn = async (login: string, password: string): Promise<Me> => {
  dropAhead()
  return remembered(await askJson<Me>('/api/session', { method: 'POST', body: { login, password }, quiet: true }))
}
export const patchMe = async (body: { language?: string; password?: string; new_password?: string }): Promise<Me> => remembered(await askJson<Me>('/api/session', { method: 'PATCH', body }))
export const logOut = (): Promise<unknown> => ask('/api/session', { method: 'DELETE' })

export const projects = (): Promise<Project[]> => askList('/api/projects')
export const project = (id: Id): Promise<Project> => askJson(`/api/projects/${id}`)
export const addProject = (body: { name: string; code: string; address: string }): Promise<Project> => askJson('/api/projects', { method: 'POST', body })
export const addBuilding = (id: Id, body: { name: string; code: string; use: string; storeys: number | null; height_m: number | null }): Promise<Building> =>
  askJson(`/api/projects/${id}/buildings`, { method: 'POST', body })
export const setMember = (id: Id, personId: Id, role: string): Promise<unknown> => ask(`/api/projects/${id}/members/${personId}`, { method: 'PUT', body: { role } })
export const removeMember = (id: Id, personId: Id): Promise<unknown> => ask(`/api/projects/${id}/members/${personId}`, { method: 'DELETE' })

export const queue = (): Promise<Submission[]> => askList('/api/queue')
export const addSubmission = (projectId: Id, body: { stage: string; building_id: Id | null; title: string }): Promise<Submission> =>
  askJson(`/api/projects/${projectId}/submissions`, { method: 'POST', body })
export const submission = (id: Id): Promise<Submission> => askJson(`/api/submissions/${id}`)
export const deed = (id: Id, name: string, comment: string): Promise<Submission> => askJson(`/api/submissions/${id}/deeds/${name}`, { method: 'POST', body: { comment } })

export const files = (submissionId: Id): Promise<DrawingFile[]> => askList(`/api/submissions/${submissionId}/files`)
export const removeFile = (id: Id): Promise<unknown> => ask(`/api/files/${id}`, { method: 'DELETE' })
export const acceptFile = (id: Id, reason: string): Promise<unknown> => askJson(`/api/files/${id}/acceptance`, { method: 'POST', body: { reason } })
export const file = (id: Id): Promise<DrawingFile> => askJson(`/api/files/${id}`)
export const givePassword = (id: Id, password: string): Promise<DrawingFile> => askJson(`/api/files/${id}/password`, { method: 'POST', body: { password } })
export const originalAddress = (id: Id): string => `/api/files/${id}/original`
export const modelAddress = (id: Id): string => `/api/files/${id}/model.glb`
export const element = (fileId: Id, globalId: string): Promise<Record<string, unknown>> => askJson(`/api/files/${fileId}/elements/${encodeURIComponent(globalId)}`)

/** The sheets of a submission; `gone`: after them those the latest reading does not know, on which people said something. */
export const sheets = (submissionId: Id, gone = false): Promise<Sheet[]> => askList(`/api/submissions/${submissionId}/sheets${gone ? '?gone=true' : ''}`)
export const sheet = (id: Id): Promise<Sheet> => askJson(`/api/sheets/${id}`)
export const patchSheets = (submissionId: Id, changes: SheetChange[]): Promise<Sheet[]> => askJson(`/api/submissions/${submissionId}/sheets`, { method: 'PATCH', body: { changes } })
export const thumbnailAddress = (id: Id): string => `/api/sheets/${id}/thumbnail.webp`
export const tileAddress = (id: Id, z: number, x: number, y: number): string => `/api/sheets/${id}/tiles/${z}/${x}/${y}.webp`
/** A tile as a picture; null where it is blank. */
export const tilePicture = async (address: string): Promise<Blob | null> => {
  const response = await ask(address, { headers: { Accept: '*/*' } })
  return response.status === 204 ? null : response.blob()
}
export const packBytes = async (id: Id, signal?: AbortSignal): Promise<ArrayBuffer | null> => {
  const response = await ask(`/api/sheets/${id}/pack`, { headers: { Accept: '*/*' }, signal })
  return response.status === 204 ? null : response.arrayBuffer()
}

export const findings = (submissionId: Id, sheetId?: Id): Promise<Finding[]> =>
  askList(`/api/submissions/${submissionId}/findings${sheetId ? `?sheet_id=${sheetId}` : ''}`)
export const patchFinding = (id: Id, status: string, reason: string): Promise<Finding> => askJson(`/api/findings/${id}`, { method: 'PATCH', body: { status, reason } })
export const coverage = (submissionId: Id): Promise<Record<string, unknown>> => askJson(`/api/submissions/${submissionId}/coverage`)
export const search = (submissionId: Id, words: string): Promise<TextHit[]> => askList(`/api/submissions/${submissionId}/search?q=${encodeURIComponent(words)}`)

export const addComparison = (oldId: Id, newId: Id): Promise<Comparison> => askJson('/api/comparisons', { method: 'POST', body: { old_id: oldId, new_id: newId } })
export const comparison = (id: Id): Promise<Comparison> => askJson(`/api/comparisons/${id}`)
export const comparisonsOf = (submissionId: Id): Promise<Comparison[]> => askList(`/api/submissions/${submissionId}/comparisons`)
export const decidePair = (id: Id, body: PairDecision): Promise<Comparison> => askJson(`/api/comparisons/${id}/pairs`, { method: 'POST', body })
export const drawOverlay = (id: Id, pairId: Id): Promise<{ ready: boolean }> => askJson(`/api/comparisons/${id}/overlay?pair_id=${pairId}`, { method: 'POST' })
/** Both sheets of a pair in one PDF; null while there is none. */
export const overlay = async (id: Id, pairId: Id, signal?: AbortSignal): Promise<Blob | null> => {
  const response = await ask(`/api/comparisons/${id}/overlay?pair_id=${pairId}`, { headers: { Accept: '*/*' }, signal })
  return response.status === 200 ? response.blob() : null
}
export const differences = (id: Id, sheetId?: Id): Promise<Difference[]> => askList(`/api/comparisons/${id}/differences${sheetId ? `?sheet_id=${sheetId}` : ''}`)
export const patchDifference = (id: Id, decision: string, note: string): Promise<Difference> => askJson(`/api/differences/${id}`, { method: 'PATCH', body: { decision, note } })

export type NewAnnotation = Pick<Annotation, 'kind' | 'geometry' | 'text' | 'nature' | 'anchors' | 'finding_id' | 'difference_id'>
export const annotations = (sheetId: Id): Promise<Annotation[]> => askList(`/api/sheets/${sheetId}/annotations`)
export const importedMarks = (sheetId: Id): Promise<ImportedMark[]> => askList(`/api/sheets/${sheetId}/imported_annotations`)
export const takeOver = (id: Id): Promise<Annotation> => askJson(`/api/imported_annotations/${id}/takeover`, { method: 'POST', body: {} })
export const addAnnotation = (sheetId: Id, body: NewAnnotation): Promise<Annotation> => askJson(`/api/sheets/${sheetId}/annotations`, { method: 'POST', body })
export const patchAnnotation = (it: Annotation, body: Partial<NewAnnotation>): Promise<Annotation> =>
  askJson(`/api/annotations/${it.id}`, { method: 'PATCH', body, headers: { 'If-Match': String(it.version) } })
export const removeAnnotation = (it: Annotation): Promise<unknown> => ask(`/api/annotations/${it.id}`, { method: 'DELETE', headers: { 'If-Match': String(it.version) } })
export const publishAnnotations = (submissionId: Id): Promise<unknown> => ask(`/api/submissions/${submissionId}/annotations/publish`, { method: 'POST', body: {} })
export const addReply = (id: Id, text: string): Promise<unknown> => askJson(`/api/annotations/${id}/replies`, { method: 'POST', body: { text } })
export const setAnnotationStatus = (id: Id, status: string): Promise<unknown> => askJson(`/api/annotations/${id}/status`, { method: 'PATCH', body: { status } })

export const people = (): Promise<Person[]> => askList('/api/people')
export const addPerson = (body: Record<string, unknown>): Promise<Person> => askJson('/api/people', { method: 'POST', body })
export const patchPerson = (id: Id, body: Record<string, unknown>): Promise<Person> => askJson(`/api/people/${id}`, { method: 'PATCH', body })
export const organisations = (): Promise<Organisation[]> => askList('/api/organisations')
export const addOrganisation = (body: Record<string, unknown>): Promise<Organisation> => askJson('/api/organisations', { method: 'POST', body })

export const LEDGER_PAGE = 200
export const ledger = (projectId: Id, before?: number): Promise<LedgerRow[]> => askList(`/api/projects/${projectId}/ledger?limit=${LEDGER_PAGE}${before === undefined ? '' : `&before=${before}`}`)
export const verifyLedger = (): Promise<Verification> => askJson('/api/ledger/verification')
export const version = (): Promise<Record<string, string>> => askJson('/api/version', { quiet: true })
