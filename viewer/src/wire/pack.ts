/** Decoding of a sheet pack (docs/formats/sheet_pack.md): views onto the bytes, nothing is copied. */
import { distanceToSegment } from '../model/box'
import { folded } from '../model/text'
import type { Box } from '../model/types'

export interface PackLayer { name: string; meaning: string; color: string; visible: boolean; entities: number }
export interface PackStyle { color: string; width_mm: number; dash: number }
export interface PackHeader {
  schema: string; sha256: string; sheet_key: string; size_mm: [number, number]; extent_mm: Box; scale: number
  to_space: number[]; entities: number; lines: number
  tiles: { nx: number; ny: number; x0: number; y0: number; size_mm: number }
  levels_mm: number[]; layers: PackLayer[]; styles: PackStyle[]; fonts: { name: string; substituted: boolean }[]
  sections: Record<string, [number, number, string, number[]]>
}
export interface PackText { entity: number; text: string; box: Box }

const MAGIC = 0x4b505354 // "TSPK" little-endian
export const IMAGE_KIND = 11

/** What is wrong with a pack that cannot be decoded. */
export class PackError extends Error {}

export class SheetPack {
  readonly lineXy: Float32Array
  readonly lineEntity: Uint32Array
  readonly lineStyle: Uint16Array
  readonly tileFirst: Uint32Array
  readonly tileLevel: Uint32Array
  readonly tileReach: Float32Array
  readonly triXy: Float32Array
  readonly triEntity: Uint32Array
  readonly triColor: Uint32Array
  readonly glyphXy: Float32Array
  readonly glyphFirst: Uint32Array
  readonly charGlyph: Uint16Array
  readonly charPlace: Float32Array
  readonly charHeight: Float32Array
  readonly charEntity: Uint32Array
  readonly charColor: Uint32Array
  readonly entityLayer: Uint16Array
  readonly entityKind: Uint8Array
  readonly entityBox: Float32Array
  readonly entitySource: Uint32Array
  readonly snapXy: Float32Array
  private readonly sourceFirst: Uint32Array
  private readonly sourceText: Uint8Array
  private readonly textEntity: Uint32Array
  private readonly textFirst: Uint32Array
  private readonly textUtf8: Uint8Array
  private texts: PackText[] | null = null
  private rowsBySource: Map<string, number[]> | null = null

  constructor(readonly header: PackHeader, private readonly body: Uint8Array) {
    this.lineXy = this.f4('line_xy'); this.lineEntity = this.u4('line_entity'); this.lineStyle = this.u2('line_style')
    this.tileFirst = this.u4('tile_first'); this.tileLevel = this.u4('tile_level'); this.tileReach = this.f4('tile_reach')
    this.triXy = this.f4('tri_xy'); this.triEntity = this.u4('tri_entity'); this.triColor = this.u4('tri_color')
    this.glyphXy = this.f4('glyph_xy'); this.glyphFirst = this.u4('glyph_first')
    this.charGlyph = this.u2('char_glyph'); this.charPlace = this.f4('char_place'); this.charHeight = this.f4('char_height')
    this.charEntity = this.u4('char_entity'); this.charColor = this.u4('char_color')
    this.entityLayer = this.u2('entity_layer'); this.entityKind = this.u1('entity_kind')
    this.entityBox = this.f4('entity_box'); this.entitySource = this.u4('entity_source')
    this.sourceFirst = this.u4('source_first'); this.sourceText = this.u1('source_text')
    this.textEntity = this.u4('text_entity'); this.textFirst = this.u4('text_first'); this.textUtf8 = this.u1('text_utf8')
    this.snapXy = this.f4('snap_xy')
    this.check()
  }

  get entities(): number { return this.entityKind.length }
  get lines(): number { return this.lineEntity.length }
  get chars(): number { return this.charGlyph.length }
  /** Pictures are not in the pack: such sheets keep their tiles beneath. */
  get hasImages(): boolean { return this.entityKind.includes(IMAGE_KIND) }

  private section(name: string, dtype: string): [number, number] {
    const entry = this.header.sections[name]
    if (!entry) return [0, 0]
    const [offset, length, found] = entry
    if (found !== dtype) throw new PackError(`section ${name} is ${found}, expected ${dtype}`)
    if (offset < 0 || offset + length > this.body.byteLength) throw new PackError(`section ${name} reaches beyond the pack`)
    return [this.body.byteOffset + offset, length]
  }
  private f4(name: string): Float32Array { const [at, n] = this.section(name, 'f4'); return new Float32Array(this.body.buffer as ArrayBuffer, at, n / 4) }
  private u4(name: string): Uint32Array { const [at, n] = this.section(name, 'u4'); return new Uint32Array(this.body.buffer as ArrayBuffer, at, n / 4) }
  private u2(name: string): Uint16Array { const [at, n] = this.section(name, 'u2'); return new Uint16Array(this.body.buffer as ArrayBuffer, at, n / 2) }
  private u1(name: string): Uint8Array { const [at, n] = this.section(name, 'u1'); return new Uint8Array(this.body.buffer as ArrayBuffer, at, n) }

  private check(): void {
    const L = this.lineEntity.length, E = this.entityKind.length, I = this.charGlyph.length
    const agree = this.lineXy.length === L * 4 && this.lineStyle.length === L && this.triXy.length === this.triEntity.length * 6
      && this.charPlace.length === I * 4 && this.charEntity.length === I && this.charHeight.length === I
      && this.entityLayer.length === E && this.entityBox.length === E * 4 && this.entitySource.length === E
      && (L === 0 || this.tileFirst.length === this.header.tiles.nx * this.header.tiles.ny + 1)
    if (!agree) throw new PackError('the sections of the pack do not agree in length')
  }

  boxOf(entity: number): Box {
    const i = entity * 4
    return [this.entityBox[i]!, this.entityBox[i + 1]!, this.entityBox[i + 2]!, this.entityBox[i + 3]!]
  }

  sourceOf(entity: number): string {
    const row = this.entitySource[entity]!
    return new TextDecoder().decode(this.sourceText.subarray(this.sourceFirst[row]!, this.sourceFirst[row + 1]!))
  }

  layerOf(entity: number): PackLayer | undefined { return this.header.layers[this.entityLayer[entity]!] }

  /** Rows of all entities that came from a source object (handle, GlobalId, path number). */
  rowsOf(source: string): number[] {
    if (!this.rowsBySource) {
      this.rowsBySource = new Map()
      const names = new Map<number, string>()
      for (let e = 0; e < this.entities; e++) {
        const row = this.entitySource[e]!
        let name = names.get(row)
        if (name === undefined) { name = this.sourceOf(e); names.set(row, name) }
        const list = this.rowsBySource.get(name)
        if (list) list.push(e); else this.rowsBySource.set(name, [e])
      }
    }
    return this.rowsBySource.get(source) ?? []
  }

  allTexts(): PackText[] {
    if (this.texts) return this.texts
    const decoder = new TextDecoder()
    this.texts = Array.from(this.textEntity, (entity, i) => ({
      entity, text: decoder.decode(this.textUtf8.subarray(this.textFirst[i]!, this.textFirst[i + 1]!)), box: this.boxOf(entity),
    }))
    return this.texts
  }

  textOf(entity: number): string | null {
    return this.allTexts().find((t) => t.entity === entity)?.text ?? null
  }

  /** Texts that hold the words, whatever their width, case and spaces. */
  search(words: string): PackText[] {
    const wanted = folded(words)
    return wanted ? this.allTexts().filter((t) => folded(t.text).includes(wanted)) : []
  }

  /**
   * The entity drawn at a place, or null. Texts first, then the nearest line within `tolerance` mm, then fills
   * (last painted first). `hidden` says which entities do not count.
   */
  pick(x: number, y: number, tolerance: number, hidden: (entity: number) => boolean): number | null {
    return this.pickText(x, y, hidden) ?? this.pickLine(x, y, tolerance, hidden) ?? this.pickFill(x, y, hidden)
  }

  private pickText(x: number, y: number, hidden: (entity: number) => boolean): number | null {
    let best: number | null = null, bestArea = Infinity
    for (const entity of this.textEntity) {
      const i = entity * 4
      const x0 = this.entityBox[i]!, y0 = this.entityBox[i + 1]!, x1 = this.entityBox[i + 2]!, y1 = this.entityBox[i + 3]!
      if (x < x0 || x > x1 || y < y0 || y > y1 || hidden(entity)) continue
      const area = (x1 - x0) * (y1 - y0)
      if (area < bestArea) { best = entity; bestArea = area }
    }
    return best
  }

  private pickLine(x: number, y: number, tolerance: number, hidden: (entity: number) => boolean): number | null {
    let best: number | null = null, nearest = tolerance
    const p = this.lineXy
    for (let t = 0; t + 1 < this.tileFirst.length; t++) {
      const r = t * 4
      if (x < this.tileReach[r]! - tolerance || x > this.tileReach[r + 2]! + tolerance) continue
      if (y < this.tileReach[r + 1]! - tolerance || y > this.tileReach[r + 3]! + tolerance) continue
      for (let i = this.tileFirst[t]!; i < this.tileFirst[t + 1]!; i++) {
        const d = distanceToSegment(x, y, p[i * 4]!, p[i * 4 + 1]!, p[i * 4 + 2]!, p[i * 4 + 3]!)
        if (d < nearest && !hidden(this.lineEntity[i]!)) { nearest = d; best = this.lineEntity[i]! }
      }
    }
    return best
  }

  private pickFill(x: number, y: number, hidden: (entity: number) => boolean): number | null {
    const p = this.triXy
    for (let f = this.triEntity.length - 1; f >= 0; f--) {
      const i = f * 6
      const side = (a: number, b: number): number => (p[i + b]! - p[i + a]!) * (y - p[i + a + 1]!) - (p[i + b + 1]! - p[i + a + 1]!) * (x - p[i + a]!)
      const s0 = side(0, 2), s1 = side(2, 4), s2 = side(4, 0)
      if (((s0 >= 0 && s1 >= 0 && s2 >= 0) || (s0 <= 0 && s1 <= 0 && s2 <= 0)) && !hidden(this.triEntity[f]!)) return this.triEntity[f]!
    }
    return null
  }

  /** The snap point nearest to a place within `tolerance` mm, or null. */
  snap(x: number, y: number, tolerance: number): [number, number] | null {
    let best: [number, number] | null = null, nearest = tolerance
    for (let i = 0; i < this.snapXy.length; i += 2) {
      const d = Math.hypot(this.snapXy[i]! - x, this.snapXy[i + 1]! - y)
      if (d < nearest) { nearest = d; best = [this.snapXy[i]!, this.snapXy[i + 1]!] }
    }
    return best
  }

  /** Source ids of the entities under a box, nearest the middle first: the anchors of a mark. */
  sourcesIn(box: Box, limit = 8): string[] {
    const cx = (box[0] + box[2]) / 2, cy = (box[1] + box[3]) / 2
    const found: [number, number][] = []
    for (let e = 0; e < this.entities; e++) {
      const [x0, y0, x1, y1] = this.boxOf(e)
      if (x0 >= box[0] && y0 >= box[1] && x1 <= box[2] && y1 <= box[3]) found.push([Math.hypot((x0 + x1) / 2 - cx, (y0 + y1) / 2 - cy), e])
    }
    found.sort((a, b) => a[0] - b[0])
    return [...new Set(found.slice(0, limit * 4).map(([, e]) => this.sourceOf(e)))].filter(Boolean).slice(0, limit)
  }
}

/** Decode the bytes of a pack; throws PackError when they are not one. */
export function decodePack(buffer: ArrayBuffer): SheetPack {
  if (buffer.byteLength < 12) throw new PackError('the pack is cut off')
  const view = new DataView(buffer)
  if (view.getUint32(0, true) !== MAGIC) throw new PackError('these bytes are not a sheet pack')
  if (view.getUint32(4, true) !== 1) throw new PackError(`pack version ${view.getUint32(4, true)} is not known`)
  const length = view.getUint32(8, true)
  if (12 + length > buffer.byteLength) throw new PackError('the pack is cut off')
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 12, length))) as PackHeader
  if (header.schema !== 'tushen.sheet_pack/1') throw new PackError(`schema ${header.schema} is not known`)
  let body = new Uint8Array(buffer, 12 + length)
  if (body.byteOffset % 4 !== 0) body = body.slice() // sections are aligned to the end of the header; no dtype is wider than 4
  return new SheetPack(header, body)
}
