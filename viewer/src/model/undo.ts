/** A stack of deeds that can be taken back. Each knows how to undo itself; failures put it back. */

export interface Step { label: string; undo: () => Promise<void> }

export class UndoStack {
  private steps: Step[] = []
  constructor(private readonly limit = 50) {}

  get size(): number { return this.steps.length }
  get last(): string | null { return this.steps.at(-1)?.label ?? null }

  push(step: Step): void {
    this.steps.push(step)
    if (this.steps.length > this.limit) this.steps.shift()
  }

  /** Undo the last step and return its label; null when there is none. A failed undo stays on the stack. */
  async undo(): Promise<string | null> {
    const step = this.steps.pop()
    if (!step) return null
    try {
      await step.undo()
    } catch (error) {
      this.steps.push(step)
      throw error
    }
    return step.label
  }

  clear(): void { this.steps = [] }
}
