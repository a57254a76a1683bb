/** Everything about the sheet in front: its findings, differences and annotations, what is selected, what can be undone. */
import { UndoStack } from '../model/undo'
import type { Annotation, Comparison, Difference, DrawingFile, Finding, Geometry, ImportedMark, MarkKind, Sheet, Submission } from '../model/types'
import * as calls from '../wire/calls'
import { ApiError } from '../wire/api'
import { complain, say } from './toasts.svelte'
import { t } from '../words/words.svelte'

export type Selected = { kind: 'finding' | 'difference' | 'annotation' | 'imported' | 'hit'; id: string } | null

export class SheetDesk {
  submission = $state.raw<Submission | null>(null)
  sheets = $state.raw<Sheet[]>([])
  sheet = $state.raw<Sheet | null>(null)
  findings = $state.raw<Finding[]>([])
  comparisons = $state.raw<Comparison[]>([])
  differences = $state.raw<Difference[]>([])
  annotations = $state.raw<Annotation[]>([])
  /** Marks of other programs on this sheet; a layer of their own that can be switched off. */
  imported = $state.raw<ImportedMark[]>([])
  showImported = $state(true)
  /** The file this sheet comes from, with what was read of it. */
  file = $state.raw<DrawingFile | null>(null)
  selected = $state.raw<Selected>(null)
  error = $state.raw<unknown>(null)
  undoable = $state<string | null>(null)
  private readonly stack = new UndoStack()

  constructor(readonly submissionId: string) {}

  get mayAnnotate(): boolean { return this.sheet?.state !== 'gone' && (this.submission?.may?.includes('annotate') ?? false) }
  get mayDecideFindings(): boolean { return this.submission?.may?.includes('decide_findings') ?? false }
  get mayDecideDifferences(): boolean { return this.submission?.may?.includes('decide_differences') ?? false }
  get drafts(): number { return this.annotations.filter((it) => it.state === 'draft').length }

  async open(): Promise<void> {
    try {
      const [submission, sheets, comparisons] = await Promise.all([calls.submission(this.submissionId), calls.sheets(this.submissionId, true), calls.comparisonsOf(this.submissionId)])
      this.submission = submission
      this.sheets = sheets
      this.comparisons = comparisons
      if (this.sheet) this.sheet = sheets.find((it) => it.id === this.sheet?.id) ?? this.sheet
      this.error = null
    } catch (error) { this.error = error }
  }

  /** Ask whether the sheet in front is drawn by now, and what its file is at. */
  async lookAgain(): Promise<void> {
    const sheet = this.sheet
    if (!sheet) return
    try {
      const [fresh, file] = await Promise.all([calls.sheet(sheet.id), calls.file(sheet.file_id)])
      if (this.sheet?.id !== sheet.id) return
      this.sheets = this.sheets.map((it) => (it.id === fresh.id ? fresh : it))
      this.sheet = fresh
      this.file = file
    } catch (error) { complain(error) }
  }

  async show(sheet: Sheet): Promise<void> {
    this.sheet = sheet
    this.selected = null
    this.findings = []
    this.differences = []
    this.annotations = []
    this.imported = []
    if (this.file?.id !== sheet.file_id) this.file = null
    await this.refresh()
  }

  async refresh(): Promise<void> {
    const sheet = this.sheet
    if (!sheet) return
    const settle = async <T>(wish: Promise<T>, take: (value: T) => void): Promise<void> => {
      try { const value = await wish; if (this.sheet?.id === sheet.id) take(value) } catch (error) { if (!(error instanceof ApiError && error.status === 404)) complain(error) }
    }
    const comparison = this.comparisons.find((it) => it.old_id === this.submission?.previous_id) ?? this.comparisons[0]
    await Promise.all([
      settle(calls.findings(this.submissionId, sheet.id), (list) => { this.findings = list }),
      settle(calls.annotations(sheet.id), (list) => { this.annotations = list }),
      settle(calls.importedMarks(sheet.id), (list) => { this.imported = list }),
      settle(calls.file(sheet.file_id), (file) => { this.file = file }),
      comparison ? settle(calls.differences(comparison.id, sheet.id), (list) => { this.differences = list }) : Promise.resolve(),
    ])
  }

  /** Accept or reject a finding; can be undone. */
  async decideFinding(finding: Finding, status: string, reason: string): Promise<void> {
    const before = { status: finding.status, reason: finding.reason }
    const put = async (next: string, why: string): Promise<void> => {
      const fresh = await calls.patchFinding(finding.id, next, why)
      this.findings = this.findings.map((it) => (it.id === finding.id ? { ...it, ...fresh } : it))
    }
    try {
      await put(status, reason)
      this.remember(t('undo.finding'), () => put(before.status, before.reason))
    } catch (error) { complain(error) }
  }

  async decideDifference(difference: Difference, decision: string, note: string): Promise<void> {
    const before = { decision: difference.decision, note: difference.note }
    const put = async (next: string, why: string): Promise<void> => {
      const fresh = await calls.patchDifference(difference.id, next, why)
      this.differences = this.differences.map((it) => (it.id === difference.id ? { ...it, ...fresh } : it))
    }
    try {
      await put(decision, note)
      this.remember(t('undo.difference'), () => put(before.decision, before.note))
    } catch (error) { complain(error) }
  }

  async addAnnotation(kind: MarkKind, geometry: Geometry, text: string, nature: string, sources: string[]): Promise<void> {
    if (!this.sheet) return
    try {
      const made = await calls.addAnnotation(this.sheet.id, {
        kind, geometry, text, nature, anchors: sources.map((source_id) => ({ source_id, fingerprint: '' })),
        finding_id: this.selected?.kind === 'finding' ? this.selected.id : null, difference_id: this.selected?.kind === 'difference' ? this.selected.id : null,
      })
      this.annotations = [...this.annotations, { ...made, replies: made.replies ?? [] }]
      this.selected = { kind: 'annotation', id: made.id }
      this.remember(t('undo.annotation'), () => this.drop(made.id))
    } catch (error) { complain(error) }
  }

  /** Make a draft of mine out of a mark of another program. */
  async takeOver(mark: ImportedMark): Promise<void> {
    try {
      const made = await calls.takeOver(mark.id)
      this.annotations = [...this.annotations, { ...made, replies: made.replies ?? [] }]
      this.imported = this.imported.map((it) => (it.id === mark.id ? { ...it, taken_over: made.id } : it))
      this.selected = { kind: 'annotation', id: made.id }
      this.remember(t('undo.takeOver'), async () => {
        await this.drop(made.id)
        this.imported = this.imported.map((it) => (it.id === mark.id ? { ...it, taken_over: null } : it))
      })
    } catch (error) { complain(error) }
  }

  async editAnnotation(it: Annotation, body: { text?: string; nature?: string; geometry?: Geometry }): Promise<void> {
    const before = { text: it.text, nature: it.nature, geometry: it.geometry }
    try {
      this.take(await calls.patchAnnotation(it, body))
      this.remember(t('undo.edit'), async () => {
        const now = this.annotations.find((one) => one.id === it.id)
        if (now) this.take(await calls.patchAnnotation(now, before))
      })
    } catch (error) {
      complain(error)
      if (error instanceof ApiError && error.status === 409) await this.refresh()
    }
  }

  async removeAnnotation(it: Annotation): Promise<void> {
    try {
      await this.drop(it.id)
      this.remember(t('undo.remove'), async () => {
        const made = await calls.addAnnotation(it.sheet_id, { kind: it.kind, geometry: it.geometry, text: it.text, nature: it.nature, anchors: it.anchors, finding_id: it.finding_id, difference_id: it.difference_id })
        this.annotations = [...this.annotations, { ...made, replies: made.replies ?? [] }]
      })
    } catch (error) { complain(error) }
  }

  private async drop(id: string): Promise<void> {
    const it = this.annotations.find((one) => one.id === id)
    if (!it) return
    await calls.removeAnnotation(it)
    this.annotations = this.annotations.filter((one) => one.id !== id)
    if (this.selected?.id === id) this.selected = null
  }

  private take(fresh: Annotation): void {
    this.annotations = this.annotations.map((it) => (it.id === fresh.id ? { ...it, ...fresh } : it))
  }

  async publish(): Promise<void> {
    try {
      await calls.publishAnnotations(this.submissionId)
      this.stack.clear()
      this.undoable = null
      say(t('annotation.published'), 'good')
      await this.refresh()
    } catch (error) { complain(error) }
  }

  async reply(it: Annotation, text: string): Promise<void> {
    try { await calls.addReply(it.id, text); await this.refresh() } catch (error) { complain(error) }
  }
  async setStatus(it: Annotation, status: string): Promise<void> {
    try { await calls.setAnnotationStatus(it.id, status); await this.refresh() } catch (error) { complain(error) }
  }

  private remember(label: string, undo: () => Promise<void>): void {
    this.stack.push({ label, undo })
    this.undoable = label
  }

  async undo(): Promise<void> {
    try {
      const label = await this.stack.undo()
      if (label) say(t('undo.done', { what: label }), 'good')
    } catch (error) { complain(error) }
    this.undoable = this.stack.last
  }
}
