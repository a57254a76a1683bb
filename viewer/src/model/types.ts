/** The shapes of the HTTP interface (docs/formats/api.md), word for word. */

export type Id = string
/** x0 y0 x1 y1 in sheet millimetres, y up. */
export type Box = [number, number, number, number]

export interface Organisation { id: Id; name: string; kind?: string }
export interface Me {
  id: Id; login: string; name: string; organisation: Organisation | null
  roles: string[]; csrf_token: string; language: string
}
export interface Person { id: Id; login: string; name: string; organisation_id: Id | null; organisation?: Organisation | null; roles: string[]; active: boolean; password?: string | null }

export type Stage = 'scheme' | 'construction' | 'as_built'
export const STAGES: readonly Stage[] = ['scheme', 'construction', 'as_built']

export interface Building { id: Id; name: string; code: string; use: string; storeys: number | null; height_m: number | null }
export interface Member { person_id: Id; name: string; role: string; organisation?: Organisation | string | null }
export interface Project {
  id: Id; name: string; code: string; address: string
  buildings?: Building[]; submissions?: Submission[]; members?: Member[]
}
export interface Reason { code: string; zh: string; en: string; file?: string }
export interface Counts {
  files: number; sheets: number; violations: number; undecided: number; advice: number
  differences: number; open_annotations: number
}
export interface Progress { done: number; total: number; doing: string }
export type SubmissionState = 'draft' | 'submitted' | 'in_review' | 'returned' | 'approved' | 'withdrawn'
export type Reading = 'waiting' | 'working' | 'ready' | 'partly_ready' | 'refused'
export interface Submission {
  id: Id; project_id: Id; project_name: string; building_id: Id | null; building_name: string | null
  stage: Stage; version: number; title: string; state: SubmissionState; reading: Reading; reasons: Reason[]
  previous_id: Id | null; created_at: string; submitted_at: string | null; decided_at: string | null
  comment?: string; deeds: string[]; may?: string[]; counts: Counts; progress: Progress; files_by_state: Record<string, number>
}
export interface Defect {
  code: string; severity: string; zh: string; en: string; remedy_zh: string; remedy_en: string
  count: number; source_id: string
}
export interface Coverage { read?: Record<string, number>; skipped?: Record<string, number>; reasons?: Record<string, string>; share?: number }
export interface Signature {
  field: string; signer: string; organisation: string; signed_at: string; integrity: 'intact' | 'changed' | 'unknown'
  trust: string; trust_why?: string; trust_why_zh?: string; trust_why_en?: string; covers_whole_file: boolean; why: string; why_zh: string; why_en: string
}
/** The loss meter: share of the ink of an independent rendering that our model draws too; null where not measured. */
export interface Ink { share: number | null; by: string; why: string; causes: Record<string, number> }
/** Who answers for a damaged file, when and why. */
export interface Acceptance { by: string; at: string; reason: string }
export interface DrawingFile {
  id: Id; submission_id: Id; name: string; path: string; size_bytes: number; sha256: string
  accepted_by?: Id | null; acceptance: Acceptance | null
  format: string; state: string; reader_version: string; defects: Defect[]; coverage: Coverage
  completeness: Record<string, unknown>; duplicate_of: Id | null; archive_id: Id | null
  password: '' | 'needed' | 'wrong' | 'given'; signatures: Signature[]; imported_annotations: number
  references_missing: string[]; ink: { share: number | null; by: string; why: string; sheets: number; unmeasured: number } | null
  model: boolean; sheets: number; progress: number; doing: string
  litter: boolean // a system's own file that nobody misses
}
/** What a person says keeps beside it what was read (`read`). */
export interface FieldValue { value: string; confidence: number; origin: string; read?: FieldValue | null }
export interface SheetCounts { violations: number; advice: number; undecided: number; annotations: number; imported?: number }
export const TITLE_FIELDS = ['number', 'title', 'discipline', 'scale', 'date', 'version', 'building'] as const
export type TitleField = (typeof TITLE_FIELDS)[number]
/** Changes of one sheet's title block; null takes a person's word back. */
export interface SheetChange { sheet_id: Id; row_version: number; values?: Partial<Record<TitleField, string | null>>; confirm?: TitleField[] }
export interface Sheet {
  id: Id; file_id: Id; submission_id: Id; file_name: string; sha256: string; version: number; stage: Stage
  ordinal: number; kind: string; number: string; title: string; discipline: string; scale: number
  width_mm: number; height_mm: number; framed: boolean; scanned: boolean; entities: number
  fields: Record<string, FieldValue>; state: string; missing: unknown[]; pack: boolean; tile_levels: number
  label: string; ink: Ink | null; row_version: number; to_confirm: TitleField[]; counts: SheetCounts
}
export type Outcome = 'passed' | 'violation' | 'advice' | 'undecided' | 'not_applicable'
export const OUTCOMES: readonly Outcome[] = ['violation', 'undecided', 'advice', 'passed', 'not_applicable']
export interface Finding {
  id: Id; submission_id: Id; file_id: Id | null; sheet_id: Id | null; sheet_number: string | null
  rule_code: string; rule_version: string; rule_title_zh: string; rule_title_en: string
  outcome: Outcome; clause: string; clause_status: string; message_zh: string; message_en: string
  measured: number | null; demanded: string; unit: string; box: Box | null; source_ids: string[]
  evidence: Record<string, unknown>; certainty: number; status: string; reason: string; carried_from: Id | null
}
/** Old sheet coordinates to new ones: [[a, b, tx], [c, d, ty]]. */
export type Transform = [[number, number, number], [number, number, number]]
/** A figure of both sides; null where a side does not carry it. */
export interface Indicator { indicator: string; zh: string; en: string; unit: string; room: string; old: number | null; new: number | null; delta: number | null; certainty: number }
export interface Pair {
  old_sheet: Id | null; new_sheet: Id | null; confidence: number; reason: string | { zh?: string; en?: string; code?: string }
  comparable: boolean; transform: Transform | null; notes?: { zh: string; en: string }[]; tolerance_mm: number; count: number
  id?: Id | null; status?: 'proposed' | 'confirmed' | 'rejected'; needs_confirmation?: boolean; decided_by?: string | null; decided_at?: string | null
  /** How surely the one sheet lies on the other, 0…1; `confidence` is that they are versions of one. */
  registration?: number
  indicators?: Indicator[]
  /** Matching points a person gave: [old sheet mm, new sheet mm]. */
  points?: [Spot, Spot][] | null
  relation?: string; reasons?: { code: string; zh: string; en: string; speaks_for: boolean }[]; candidates?: { sheet: Id; confidence: number }[]
}
/** A place on a sheet, millimetres. */
export type Spot = [number, number]
/** What a person says about a pair beside the decision: other sheets, matching points. */
export interface PairSaid { old_sheet_id?: Id | null; new_sheet_id?: Id | null; points?: [Spot, Spot][] }
export interface PairDecision extends PairSaid { pair_id: Id; seen: string; decision: 'confirm' | 'reject' | 'pair' | 'alone' | 'reset' | 'align' }
export type Decide = (decision: PairDecision['decision'], more?: PairSaid) => void
export interface Comparison { id: Id; old_id: Id; new_id: Id; state: string; pairs: Pair[] }
export const DECISIONS = ['seen', 'fine', 'remark', 'accepted', 'rectify', 'review'] as const
export interface Difference {
  id: Id; comparison_id: Id; old_sheet_id: Id | null; new_sheet_id: Id | null
  kind: 'added' | 'removed' | 'modified' | 'moved'; cls: string; what: string
  box_old: Box | null; box_new: Box | null; delta_mm: number[] | null; old: string; new: string
  guid_old: string; guid_new: string; layer: string; material: boolean; certainty: number
  decision: string; note: string
}
export type MarkKind = 'cloud' | 'arrow' | 'text' | 'pin'
export interface Geometry { type: 'Point' | 'LineString' | 'Polygon'; coordinates: unknown }
export interface Reply { id: Id; author: { id: Id; name: string } | string; text: string; at: string }
export interface Annotation {
  id: Id; sheet_id: Id; author: { id: Id; name: string; role: string }; kind: MarkKind; geometry: Geometry
  text: string; nature: string; anchors: { source_id: string; fingerprint: string }[]
  state: 'draft' | 'published'; status: 'open' | 'answered' | 'closed'
  finding_id: Id | null; difference_id: Id | null; taken_from?: Id | null; version: number
  created_at: string; published_at: string | null; replies: Reply[]
}
/** A mark of another program (Bluebeam, Acrobat), read-only; points in sheet millimetres. */
export interface ImportedMark {
  id: Id; file_id: Id; sheet_id: Id; kind: string; points: [number, number][]; text: string; author: string; subject: string
  made_at: string; color: string; status: string; reply_to: Id | null; taken_over: Id | null
}
export const NATURES = ['mandatory', 'general', 'depth', 'drafting', 'advice'] as const
export interface TextHit { sheet_id: Id; text: string; box: Box | null }
export interface Notice { kind: string; subject: Id; project_id: Id | null; details: Record<string, unknown> }
export interface LedgerRow { sequence: number; at: string; actor: string; actor_name?: string; tag: string; subject: string; details: Record<string, unknown>; digest: string; previous: string }
export interface Verification { intact: boolean; checked: number; broken_at: number | null }
