/** How marks look on a sheet: findings, differences, search hits, people's annotations. */
import Feature from 'ol/Feature'
import type OlGeometry from 'ol/geom/Geometry'
import LineString from 'ol/geom/LineString'
import Point from 'ol/geom/Point'
import Polygon, { fromExtent } from 'ol/geom/Polygon'
import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import { grown } from '../model/box'
import { arrowHead, cloudRing } from '../model/cloud'
import type { Box, Geometry, MarkKind, Spot } from '../model/types'

export type Tone = 'violation' | 'undecided' | 'advice' | 'passed' | 'old' | 'new' | 'hit' | 'draft' | 'mandatory' | 'general' | 'closed' | 'imported'
/** Something to show on a sheet above the drawing. */
export interface Mark {
  id: string; tone: Tone; selected: boolean; label?: string
  box?: Box
  annotation?: { kind: MarkKind; geometry: Geometry; text: string }
  /** A numbered point a person put. */
  spot?: { at: Spot; number: number }
  /** A mark of another program: its outline as it stands in the file. */
  imported?: { points: [number, number][]; closed: boolean; color: string }
}

const COLORS: Record<Tone, string> = {
  violation: '#c8281e', undecided: '#b26a00', advice: '#1f6fb2', passed: '#2e7d4f', old: '#d0202a', new: '#00808a',
  hit: '#a3157f', draft: '#7a5cc7', mandatory: '#c8281e', general: '#c2410c', closed: '#6b7280', imported: '#a21caf',
}
const FONT = '13px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

function alpha(color: string, a: number): string {
  return color + Math.round(a * 255).toString(16).padStart(2, '0')
}

/** The geometry of a mark as OpenLayers knows it. */
export function markGeometry(mark: Mark, padMm: number): OlGeometry {
  if (mark.spot) return new Point(mark.spot.at)
  if (mark.imported) {
    const { points, closed } = mark.imported
    if (points.length === 1) return new Point(points[0]!)
    return closed && points.length > 2 ? new Polygon([[...points, points[0]!]]) : new LineString(points)
  }
  if (mark.annotation) {
    const { type, coordinates } = mark.annotation.geometry
    if (type === 'Point') return new Point(coordinates as number[])
    if (type === 'LineString') return new LineString(coordinates as number[][])
    return new Polygon(coordinates as number[][][])
  }
  return fromExtent(grown(mark.box ?? [0, 0, 0, 0], padMm))
}

export function markFeature(mark: Mark, padMm: number): Feature {
  const feature = new Feature(markGeometry(mark, padMm))
  feature.setId(mark.id)
  feature.set('mark', mark)
  return feature
}

/** Styles of a feature made by `markFeature`. */
export function markStyle(feature: { get: (name: string) => unknown }, resolution: number): Style[] {
  const mark = feature.get('mark') as Mark
  const color = COLORS[mark.tone]
  const stroke = new Stroke({ color, width: mark.selected ? 3 : 1.75 })
  if (mark.imported) return importedStyle(mark)
  if (mark.spot) return spotStyle(mark.spot.number, color)
  if (mark.annotation) return annotationStyle(mark, color, stroke, resolution)
  const styles = [new Style({ stroke, fill: new Fill({ color: alpha(color, mark.selected ? 0.16 : 0.06) }) })]
  if (mark.selected && mark.label) styles.push(new Style({ geometry: labelPlace, text: label(mark.label, color) }))
  return styles
}

function spotStyle(number: number, color: string): Style[] {
  return [
    new Style({ image: new CircleStyle({ radius: 3, fill: new Fill({ color }), stroke: new Stroke({ color: '#fff', width: 1 }) }) }),
    new Style({ image: new CircleStyle({ radius: 11, stroke: new Stroke({ color, width: 2 }) }), text: new Text({ text: String(number), font: `bold ${FONT}`, offsetX: 18, offsetY: -14, fill: new Fill({ color: '#fff' }), backgroundFill: new Fill({ color }), padding: [1, 4, 1, 4] }) }),
  ]
}

/** Dashed, in the colour the file gives it: never taken for a mark of ours. */
function importedStyle(mark: Mark): Style[] {
  const { points, closed, color } = mark.imported!
  const named = mark.label ? [new Style({ geometry: labelPlace, text: label(mark.label, COLORS.imported) })] : []
  if (points.length === 1) {
    return [new Style({
      image: new CircleStyle({ radius: mark.selected ? 10 : 7, fill: new Fill({ color: '#fff' }), stroke: new Stroke({ color, width: 3, lineDash: [3, 3] }) }),
      text: new Text({ text: '✎', font: FONT, fill: new Fill({ color: COLORS.imported }) }),
    }), ...(mark.selected ? named : [])]
  }
  const stroke = new Stroke({ color, width: mark.selected ? 3 : 2, lineDash: [7, 5] })
  return [new Style({ stroke, ...(closed ? { fill: new Fill({ color: alpha(COLORS.imported, mark.selected ? 0.14 : 0.04) }) } : {}) }), ...(mark.selected ? named : [])]
}

function labelPlace(feature: unknown): Point {
  const extent = (feature as Feature).getGeometry()!.getExtent()
  return new Point([extent[0]!, extent[3]!])
}

function label(text: string, color: string): Text {
  return new Text({
    text: text.length > 40 ? `${text.slice(0, 39)}…` : text, font: FONT, textAlign: 'left', textBaseline: 'bottom', offsetY: -4,
    fill: new Fill({ color: '#fff' }), backgroundFill: new Fill({ color }), padding: [3, 5, 2, 5],
  })
}

function annotationStyle(mark: Mark, color: string, stroke: Stroke, resolution: number): Style[] {
  const { kind, geometry, text } = mark.annotation!
  if (kind === 'cloud') {
    const ring = (geometry.coordinates as [number, number][][])[0]!
    const chord = resolution * 13
    return [
      new Style({ geometry: new Polygon([cloudRing(ring, chord)]), stroke, fill: new Fill({ color: alpha(color, mark.selected ? 0.12 : 0.03) }) }),
      ...(text ? [new Style({ geometry: labelPlace, text: label(text, color) })] : []),
    ]
  }
  if (kind === 'arrow') {
    const line = geometry.coordinates as [number, number][]
    const head = arrowHead(line.at(-2)!, line.at(-1)!, resolution * 14)
    return [
      new Style({ stroke }), new Style({ geometry: new LineString(head), stroke }),
      ...(text ? [new Style({ geometry: new Point(line[0]!), text: label(text, color) })] : []),
    ]
  }
  if (kind === 'text') return [new Style({ text: label(text || '…', color) })]
  return [new Style({
    image: new CircleStyle({ radius: mark.selected ? 10 : 8, fill: new Fill({ color }), stroke: new Stroke({ color: '#fff', width: 2 }) }),
    text: new Text({ text: '!', font: `bold ${FONT}`, fill: new Fill({ color: '#fff' }) }),
  }), ...(mark.selected && text ? [new Style({ text: new Text({ ...{ text, font: FONT, textAlign: 'left', offsetX: 16 }, fill: new Fill({ color: '#fff' }), backgroundFill: new Fill({ color }), padding: [3, 5, 2, 5] }) })] : [])]
}
