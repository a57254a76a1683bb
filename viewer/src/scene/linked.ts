/** Two maps that look at the same place: moving one moves the other through the pair's transform. */
import type View from 'ol/View'
import { followed, inverted, type Look } from '../model/box'
import type { Transform } from '../model/types'

function lookOf(view: View): Look {
  return { center: view.getCenter() as [number, number], resolution: view.getResolution()!, rotation: view.getRotation() }
}

/** Link two views; `oldToNew` maps sheet millimetres. Returns how to part them. A singular transform links nothing. */
export function link(oldView: View, newView: View, oldToNew: Transform): () => void {
  let back: Transform
  try { back = inverted(oldToNew) } catch { return () => {} }
  let silent = false
  const follow = (from: View, to: View, by: Transform) => (): void => {
    if (silent || !from.getCenter() || !from.getResolution()) return
    silent = true
    const look = followed(lookOf(from), by)
    to.setCenter(look.center)
    to.setResolution(look.resolution)
    to.setRotation(look.rotation)
    silent = false
  }
  const oldMoved = follow(oldView, newView, oldToNew)
  const newMoved = follow(newView, oldView, back)
  oldView.on('change', oldMoved)
  newView.on('change', newMoved)
  newMoved()
  return () => { oldView.un('change', oldMoved); newView.un('change', newMoved) }
}
