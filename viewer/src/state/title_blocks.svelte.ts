/** The sheet table's words to the server: many cells in one request, one request after the other, and back again. */
import { UndoStack } from '../model/undo'
import type { Sheet, SheetChange, TitleField } from '../model/types'
import * as calls from '../wire/calls'
import { ApiError } from '../wire/api'
import { t } from '../words/words.svelte'
import { complain, say } from './toasts.svelte'

/** What one cell is to be; null: as it was read. */
export interface Edit { sheetId: string; field: TitleField; value: string | null }

export function valueOf(sheet: Sheet, field: TitleField): string {
  return field === 'number' || field === 'title' || field === 'discipline' ? sheet[field] : (sheet.fields[field]?.value ?? '')
}
const byPerson = (sheet: Sheet, field: TitleField): boolean => sheet.fields[field]?.origin === 'person'
const keyOf = (edit: { sheetId: string; field: TitleField }): string => `${edit.sheetId} ${edit.field}`

export class TitleBlocks {
  undoable = $state<string | null>(null)
  saving = $state(0)
  /** What is on its way, so that it is shown at once. */
  private pending = $state.raw(new Map<string, string>())
  private readonly stack = new UndoStack()
  private tail: Promise<unknown> = Promise.resolve()

  constructor(private readonly submissionId: string, private readonly present: () => readonly Sheet[],
    private readonly took: (fresh: Sheet[]) => void, private readonly reload: () => void) {}

  shown(sheet: Sheet, field: TitleField): string { return this.pending.get(keyOf({ sheetId: sheet.id, field })) ?? valueOf(sheet, field) }

  write(edits: readonly Edit[], label: string): Promise<boolean> {
    return this.afterAll(() => this.send(edits, [], label))
  }
  /** The values are right as they stand. */
  confirm(cells: readonly { sheetId: string; field: TitleField }[]): Promise<boolean> {
    return this.afterAll(() => this.send([], cells, t('sheets.undoConfirm', { count: cells.length })))
  }
  undo(): Promise<void> {
    return this.afterAll(async () => {
      try {
        const label = await this.stack.undo()
        if (label) say(t('undo.done', { what: label }), 'good')
      } catch { /* said where it was sent */ }
      this.undoable = this.stack.last
    })
  }

  private afterAll<T>(act: () => Promise<T>): Promise<T> {
    const run = this.tail.then(act)
    this.tail = run.catch(() => {})
    return run
  }

  private async send(edits: readonly Edit[], cells: readonly { sheetId: string; field: TitleField }[], label: string): Promise<boolean> {
    const byId = new Map(this.present().map((sheet) => [sheet.id, sheet]))
    const changing = edits.filter((edit) => { const sheet = byId.get(edit.sheetId); return sheet && (edit.value === null ? byPerson(sheet, edit.field) : edit.value !== valueOf(sheet, edit.field)) })
    const confirming = cells.filter((cell) => { const sheet = byId.get(cell.sheetId); return sheet && !byPerson(sheet, cell.field) })
    if (!changing.length && !confirming.length) return true
    const before = [...changing, ...confirming].map(({ sheetId, field }): Edit => {
      const sheet = byId.get(sheetId)!
      return { sheetId, field, value: byPerson(sheet, field) ? valueOf(sheet, field) : null }
    })
    this.pending = new Map([...this.pending, ...changing.filter((edit) => edit.value !== null).map((edit): [string, string] => [keyOf(edit), edit.value!])])
    this.saving++
    try {
      await this.patch(changing, confirming)
      this.stack.push({ label, undo: () => this.patch(before, []) })
      this.undoable = label
      return true
    } catch { return false } finally {
      this.saving--
      if (!this.saving) this.pending = new Map()
    }
  }

  /** One request, all or nothing; says what went wrong and throws. */
  private async patch(edits: readonly Edit[], confirm: readonly { sheetId: string; field: TitleField }[]): Promise<void> {
    const versions = new Map(this.present().map((sheet) => [sheet.id, sheet.row_version]))
    const changes = new Map<string, SheetChange>()
    const of = (id: string): SheetChange => {
      const there = changes.get(id) ?? { sheet_id: id, row_version: versions.get(id) ?? 0, values: {}, confirm: [] }
      changes.set(id, there)
      return there
    }
    for (const edit of edits) of(edit.sheetId).values![edit.field] = edit.value
    for (const cell of confirm) of(cell.sheetId).confirm!.push(cell.field)
    try {
      this.took(await calls.patchSheets(this.submissionId, [...changes.values()]))
    } catch (error) {
      complain(error)
      if (error instanceof ApiError && error.status === 409) this.reload()
      throw error
    }
  }
}
