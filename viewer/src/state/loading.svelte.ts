/** Something that is being loaded: waiting, there, or failed with its error. */
import { ApiError } from '../wire/api'

export class Loaded<T> {
  value = $state.raw<T | null>(null)
  error = $state.raw<unknown>(null)
  busy = $state(false)
  private turn = 0

  constructor(private readonly fetcher: () => Promise<T>) {}

  /** Load (again). A later call wins over an earlier one that answers late. */
  async load(): Promise<T | null> {
    const turn = ++this.turn
    this.busy = true
    try {
      const value = await this.fetcher()
      if (turn === this.turn) { this.value = value; this.error = null }
    } catch (error) {
      if (turn === this.turn) this.error = error
    } finally {
      if (turn === this.turn) this.busy = false
    }
    return this.value
  }

  get missing(): boolean { return this.error instanceof ApiError && this.error.status === 404 }
}
