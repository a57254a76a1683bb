/** Tools that draw on a sheet: cloud, arrow, text, pin, and a measured distance. */
import Draw, { createBox } from 'ol/interaction/Draw'
import type Polygon from 'ol/geom/Polygon'
import type LineString from 'ol/geom/LineString'
import type Point from 'ol/geom/Point'
import type OlGeometry from 'ol/geom/Geometry'
import Feature from 'ol/Feature'
import Snap from 'ol/interaction/Snap'
import PointGeometry from 'ol/geom/Point'
import VectorSource from 'ol/source/Vector'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import type { Geometry, MarkKind } from '../model/types'
import type { SheetMap } from '../scene/sheet_map'

export type Tool = MarkKind | 'measure'
export const TOOL_KEYS: Record<string, Tool> = { c: 'cloud', w: 'arrow', t: 'text', i: 'pin', m: 'measure' }

const TYPES: Record<Tool, 'Circle' | 'LineString' | 'Point'> = { cloud: 'Circle', arrow: 'LineString', text: 'Point', pin: 'Point', measure: 'LineString' }
const SKETCH = new Style({
  stroke: new Stroke({ color: '#7a5cc7', width: 2, lineDash: [6, 4] }), fill: new Fill({ color: '#7a5cc71f' }),
  image: new CircleStyle({ radius: 5, fill: new Fill({ color: '#7a5cc7' }), stroke: new Stroke({ color: '#fff', width: 1.5 }) }),
})

export interface Drawing { cancel: () => void }

/** Take the pointer until one shape is drawn. `done` gets GeoJSON in sheet millimetres. */
export function drawOnce(sheet: SheetMap, tool: Tool, done: (geometry: Geometry) => void): Drawing {
  const draw = new Draw({
    type: TYPES[tool], style: SKETCH, stopClick: true,
    ...(tool === 'cloud' ? { geometryFunction: createBox() } : {}),
    ...(tool === 'arrow' || tool === 'measure' ? { maxPoints: 2 } : {}),
  })
  const snap = snapper(sheet)
  const end = (): void => {
    sheet.map.removeInteraction(draw)
    snap.remove()
    setTimeout(() => { sheet.busy = false }, 300) // the click that ended the shape must not pick
  }
  draw.on('drawend', (event) => { end(); done(toGeoJson(event.feature.getGeometry()!)) })
  sheet.busy = true
  sheet.map.addInteraction(draw)
  snap.add()
  return { cancel: () => { draw.abortDrawing(); end() } }
}

/** Snapping to end points of the drawing: one moving candidate under the pointer. */
function snapper(sheet: SheetMap): { add: () => void; remove: () => void } {
  const source = new VectorSource()
  const snap = new Snap({ source, pixelTolerance: 10, edge: false })
  const move = (event: { coordinate: number[] }): void => {
    const pack = sheet.pack?.pack
    const at = pack?.snap(event.coordinate[0]!, event.coordinate[1]!, 10 * sheet.view.getResolution()!)
    source.clear(true)
    if (at) source.addFeature(new Feature(new PointGeometry(at)))
  }
  return {
    add: () => { sheet.map.on('pointermove', move); sheet.map.addInteraction(snap) },
    remove: () => { sheet.map.un('pointermove', move); sheet.map.removeInteraction(snap) },
  }
}

export function toGeoJson(geometry: OlGeometry): Geometry {
  const round = (value: unknown): unknown => (Array.isArray(value) ? value.map(round) : Math.round((value as number) * 1000) / 1000)
  const type = geometry.getType() as Geometry['type']
  return { type, coordinates: round((geometry as Polygon | LineString | Point).getCoordinates()) }
}
