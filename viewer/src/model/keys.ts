/** When a hot key may act: never in a field, never while an input method composes, never with Ctrl/Alt/Meta. */

export interface KeyPress {
  key: string; isComposing: boolean; keyCode?: number; ctrlKey: boolean; altKey: boolean; metaKey: boolean
  defaultPrevented: boolean; target: unknown
}

const FIELDS = new Set(['INPUT', 'TEXTAREA', 'SELECT'])
const QUIET_INPUTS = new Set(['checkbox', 'radio', 'button', 'submit', 'range'])

/** Is this element one a person types in? */
export function isField(target: unknown): boolean {
  const element = target as { tagName?: string; type?: string; isContentEditable?: boolean } | null
  if (!element) return false
  if (element.isContentEditable) return true
  const tag = (element.tagName ?? '').toUpperCase()
  if (tag === 'INPUT' && QUIET_INPUTS.has(element.type ?? '')) return false
  return FIELDS.has(tag)
}

/** keyCode 229 is what browsers send for keys that an input method has taken. */
export function mayAct(press: KeyPress): boolean {
  if (press.defaultPrevented || press.isComposing || press.keyCode === 229 || press.key === 'Process') return false
  if (press.ctrlKey || press.altKey || press.metaKey) return false
  return !isField(press.target)
}

/** Ctrl+Z or Cmd+Z outside fields. */
export function isUndo(press: KeyPress & { shiftKey: boolean }): boolean {
  if (press.isComposing || press.keyCode === 229 || isField(press.target)) return false
  return (press.ctrlKey || press.metaKey) && !press.altKey && !press.shiftKey && press.key.toLowerCase() === 'z'
}
