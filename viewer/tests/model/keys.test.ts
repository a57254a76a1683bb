import { describe, expect, it, vi } from 'vitest'
import { isUndo, mayAct, type KeyPress } from '../../src/model/keys'
import { UndoStack } from '../../src/model/undo'

const press = (more: Partial<KeyPress> = {}): KeyPress => ({ key: 'a', isComposing: false, ctrlKey: false, altKey: false, metaKey: false, defaultPrevented: false, target: { tagName: 'DIV' }, ...more })

describe('hot keys', () => {
  it('act outside fields', () => { expect(mayAct(press())).toBe(true) })
  it.each(['INPUT', 'TEXTAREA', 'SELECT', 'textarea'])('rest while the focus is in %s', (tagName) => { expect(mayAct(press({ target: { tagName } }))).toBe(false) })
  it('rest in editable text', () => { expect(mayAct(press({ target: { tagName: 'DIV', isContentEditable: true } }))).toBe(false) })
  it('act on check boxes and buttons', () => {
    expect(mayAct(press({ target: { tagName: 'INPUT', type: 'checkbox' } }))).toBe(true)
    expect(mayAct(press({ target: { tagName: 'BUTTON' } }))).toBe(true)
  })
  it('rest while an input method composes, however the browser says so', () => {
    expect(mayAct(press({ isComposing: true }))).toBe(false)
    expect(mayAct(press({ keyCode: 229 }))).toBe(false)
    expect(mayAct(press({ key: 'Process' }))).toBe(false)
  })
  it('leave the browser its own shortcuts', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey'] as const) expect(mayAct(press({ [held]: true }))).toBe(false)
    expect(mayAct(press({ defaultPrevented: true }))).toBe(false)
  })
  it('Ctrl+Z undoes outside fields only', () => {
    expect(isUndo({ ...press({ key: 'z', ctrlKey: true }), shiftKey: false })).toBe(true)
    expect(isUndo({ ...press({ key: 'z', ctrlKey: true, target: { tagName: 'TEXTAREA' } }), shiftKey: false })).toBe(false)
    expect(isUndo({ ...press({ key: 'z', ctrlKey: true }), shiftKey: true })).toBe(false)
  })
})

describe('undo', () => {
  it('takes back the last deed first', async () => {
    const stack = new UndoStack(), done: string[] = []
    for (const label of ['a', 'b']) stack.push({ label, undo: () => { done.push(label); return Promise.resolve() } })
    expect(await stack.undo()).toBe('b')
    expect(await stack.undo()).toBe('a')
    expect(await stack.undo()).toBeNull()
    expect(done).toEqual(['b', 'a'])
  })
  it('keeps a step whose undoing failed', async () => {
    const stack = new UndoStack(), undo = vi.fn().mockRejectedValueOnce(new Error('offline')).mockResolvedValueOnce(undefined)
    stack.push({ label: 'a', undo })
    await expect(stack.undo()).rejects.toThrow('offline')
    expect(stack.size).toBe(1)
    expect(await stack.undo()).toBe('a')
  })
  it('forgets the oldest beyond its limit', () => {
    const stack = new UndoStack(2)
    for (const label of ['a', 'b', 'c']) stack.push({ label, undo: () => Promise.resolve() })
    expect(stack.size).toBe(2)
  })
})
