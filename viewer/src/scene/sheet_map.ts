/** One sheet on the screen: an OpenLayers map with paper, image tiles, the WebGL2 pack and the marks above. */
import Map from 'ol/Map'
import View from 'ol/View'
import { defaults as defaultControls } from 'ol/control/defaults'
import { getArea } from 'ol/extent'
import Feature from 'ol/Feature'
import { fromExtent } from 'ol/geom/Polygon'
import type ImageTile from 'ol/ImageTile'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import TileLayer from 'ol/layer/Tile'
import VectorLayer from 'ol/layer/Vector'
import Projection from 'ol/proj/Projection'
import TileImage from 'ol/source/TileImage'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import TileGrid from 'ol/tilegrid/TileGrid'
import 'ol/ol.css'
import { roomy } from '../model/box'
import type { Box, Sheet, Spot } from '../model/types'
import { resolutions, TILE_PX } from '../model/zones'
import { tileAddress, tilePicture } from '../wire/calls'
import type { SheetPack } from '../wire/pack'
import { paintedMark } from './painted'
import { markFeature, markStyle, type Mark } from './mark_styles'
import { PackLayer } from './pack_layer'
import { MARK } from './sheet_renderer'

const PICK_PX = 6
const MARK_PX = 8
const SPOT_PX = 10
const CLOSEST_SHARE = 5e-6 // of the sheet's longer side per pixel: 0.004 mm on A1
const NEAR_SHARE = 0.07 // zooming to something small still shows this share of the sheet
const FIRST_PICTURE_MS = 500
const PAD_SHARE = 0.0018 // boxes of marks stand off by this share

export interface PickedEntity { entity: number; layer: string; kind: number; source: string; text: string | null; box: Box }

export class SheetMap {
  readonly map: Map
  readonly view: View
  readonly marks = new VectorSource()
  readonly box: Box
  pack: PackLayer | null = null
  /** Resolves when a tile stands on the screen, or there is none, or it takes too long: the pack comes after it. */
  readonly firstPicture: Promise<void>
  onPick: (picked: PickedEntity | null) => void = () => {}
  onHover: (picked: PickedEntity | null) => void = () => {}
  onMark: (id: string | null) => void = () => {}
  /** A place is asked for: a click says it, at an end point nearby, and picks nothing. */
  onSpot: ((spot: Spot) => void) | null = null
  /** A tool that draws takes the pointer: nothing is picked meanwhile. */
  busy = false
  private readonly tiles: TileLayer<TileImage> | null
  private entityMarks = new globalThis.Map<number, number>()
  private hovered: number | null = null
  private pickedEntity: number | null = null
  private readonly resize: ResizeObserver

  constructor(readonly target: HTMLElement, readonly sheet: Sheet) {
    this.box = [0, 0, Math.max(1, sheet.width_mm), Math.max(1, sheet.height_mm)]
    const projection = new Projection({ code: `SHEET:${sheet.id}`, units: 'm', extent: this.box })
    this.view = new View({
      projection, center: [this.box[2] / 2, this.box[3] / 2], resolution: Math.max(this.box[2], this.box[3]) / 900,
      maxResolution: Math.max(this.box[2], this.box[3]) / 150, minResolution: Math.max(this.box[2], this.box[3]) * CLOSEST_SHARE, showFullExtent: true, enableRotation: true, constrainResolution: false,
    })
    this.tiles = sheet.tile_levels > 0 ? new TileLayer({ source: tileSource(sheet, projection, this.box), preload: 2 }) : null
    this.map = new Map({
      target, view: this.view, controls: defaultControls({ attribution: false, zoom: false, rotate: true }),
      interactions: defaultInteractions({ altShiftDragRotate: true, pinchRotate: false, onFocusOnly: false }),
      layers: [paper(this.box), ...(this.tiles ? [this.tiles] : []), new VectorLayer({ source: this.marks, style: markStyle, zIndex: 10, updateWhileInteracting: true })],
    })
    this.map.on('pointermove', (event) => { if (!event.dragging && !this.busy) this.hover(event.coordinate as [number, number]) })
    this.map.on('singleclick', (event) => { if (!this.busy) this.click(event.coordinate as [number, number]) })
    this.resize = new ResizeObserver(() => this.map.updateSize())
    this.resize.observe(target)
    this.firstPicture = this.watchFirstTile()
    this.fit()
  }

  setPack(pack: SheetPack): void {
    if (this.pack) this.map.removeLayer(this.pack)
    this.pack = new PackLayer(pack, () => paintedMark('tushen:pack-drawn', this.sheet.id))
    this.pack.setZIndex(5)
    this.map.addLayer(this.pack)
    if (this.tiles && !this.sheet.scanned && !pack.hasImages) {
      const { tiles } = this
      this.map.once('rendercomplete', () => tiles.setVisible(false))
    }
    this.map.render()
  }

  /** `tushen:first-tile` in the browser's timeline: the first picture of the sheet stands on the screen. */
  private watchFirstTile(): Promise<void> {
    const { tiles } = this
    if (!tiles) return Promise.resolve()
    return new Promise((painted) => {
      setTimeout(painted, FIRST_PICTURE_MS)
      tiles.getSource()!.once('tileloadend', () => tiles.once('postrender', () => paintedMark('tushen:first-tile', this.sheet.id, painted)))
    })
  }

  fit(): void { this.view.fit(this.box, { size: this.map.getSize(), padding: [12, 12, 12, 12] }) }

  zoomTo(box: Box): void {
    const least = Math.max(this.box[2], this.box[3]) * NEAR_SHARE
    this.view.fit(roomy(box, least), { size: this.map.getSize(), duration: 200, padding: [30, 30, 30, 30] })
  }

  zoomBy(factor: number): void {
    this.view.animate({ resolution: this.view.getResolution()! / factor, duration: 120 })
  }

  setMarks(list: readonly Mark[]): void {
    this.marks.clear(true)
    this.marks.addFeatures(list.map((mark) => markFeature(mark, Math.max(this.box[2], this.box[3]) * PAD_SHARE)))
  }

  /** Colour entities of the drawing (codes of MARK); the hovered and the picked one keep theirs. */
  setEntityMarks(marks: globalThis.Map<number, number>): void { this.entityMarks = marks; this.showEntityMarks() }

  select(entity: number | null): void { this.pickedEntity = entity; this.showEntityMarks() }

  private showEntityMarks(): void {
    if (!this.pack) return
    const all = new globalThis.Map(this.entityMarks)
    if (this.hovered !== null) all.set(this.hovered, MARK.HOVER)
    if (this.pickedEntity !== null) all.set(this.pickedEntity, MARK.PICKED)
    this.pack.mark(all)
  }

  entityAt(coordinate: [number, number]): PickedEntity | null {
    const layer = this.pack
    if (!layer) return null
    const { pack } = layer
    const found = pack.pick(coordinate[0], coordinate[1], PICK_PX * this.view.getResolution()!, (e) => layer.isHidden(e))
    if (found === null) return null
    return { entity: found, layer: pack.layerOf(found)?.name ?? '', kind: pack.entityKind[found]!, source: pack.sourceOf(found), text: pack.textOf(found), box: pack.boxOf(found) }
  }

  private hover(coordinate: [number, number]): void {
    const picked = this.entityAt(coordinate)
    if ((picked?.entity ?? null) === this.hovered) return
    this.hovered = picked?.entity ?? null
    this.showEntityMarks()
    this.onHover(picked)
  }

  /**
   * The smallest mark at a place. Done on geometry, not on pixels: reading a canvas back is slow, and
   * Chromium's software canvas shows an old picture after it.
   */
  private markAt([x, y]: [number, number]): string | null {
    const reach = MARK_PX * this.view.getResolution()!
    let best: string | null = null, bestArea = Infinity
    this.marks.forEachFeatureIntersectingExtent([x - reach, y - reach, x + reach, y + reach], (feature) => {
      const area = getArea(feature.getGeometry()!.getExtent())
      if (area < bestArea) { best = (feature.get('mark') as Mark).id; bestArea = area }
    })
    return best
  }

  /** The end point of a line near a place, or the place. */
  spotNear([x, y]: Spot): Spot { return this.pack?.pack.snap(x, y, SPOT_PX * this.view.getResolution()!) ?? [x, y] }

  private click(coordinate: [number, number]): void {
    if (this.onSpot) { this.onSpot(this.spotNear(coordinate)); return }
    const mark = this.markAt(coordinate)
    this.onMark(mark)
    if (mark) return
    const picked = this.entityAt(coordinate)
    this.select(picked?.entity ?? null)
    this.onPick(picked)
  }

  dispose(): void {
    this.resize.disconnect()
    if (this.pack) { const layer = this.pack; this.map.removeLayer(layer); layer.dispose() }
    this.map.setTarget(undefined)
    this.map.dispose()
  }
}

function paper(box: Box): VectorLayer {
  const sheet = new Feature(fromExtent(box))
  return new VectorLayer({
    source: new VectorSource({ features: [sheet] }), zIndex: -1,
    style: new Style({ fill: new Fill({ color: '#ffffff' }), stroke: new Stroke({ color: '#9aa5b1', width: 1 }) }),
  })
}

async function firstTile(image: HTMLImageElement, address: string): Promise<void> {
  const picture = await tilePicture(address).catch(() => null)
  const url = picture ? URL.createObjectURL(picture) : address
  image.addEventListener('load', () => URL.revokeObjectURL(url), { once: true })
  image.src = url
}

function tileSource(sheet: Sheet, projection: Projection, box: Box): TileImage {
  return new TileImage({
    projection, interpolate: true, wrapX: false, transition: 0,
    tileGrid: new TileGrid({ extent: box, origin: [0, box[3]], resolutions: resolutions(box[2], box[3], sheet.tile_levels), tileSize: TILE_PX }),
    tileUrlFunction: ([z, x, y]) => tileAddress(sheet.id, z!, x!, y!),
    tileLoadFunction: (tile, address) => {
      const image = (tile as ImageTile).getImage() as HTMLImageElement
      if (tile.getTileCoord()[0] === 0) void firstTile(image, address) // may have been asked for ahead
      else image.src = address
    },
  })
}
