/** Builds the bytes of a small sheet pack by the contract, for tests. */

export interface Parts { header?: Record<string, unknown>; drop?: string; wrongType?: string }

/** Two lines in two tiles, one text, one fill: entities 0 (line), 1 (line), 2 (text 门厅 １０３), 3 (fill). */
export function packBytes({ header = {}, drop, wrongType }: Parts = {}): ArrayBuffer {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
  const sources = ['2A', '2B', '2C', '2D'], text = utf8('门厅 １０３')
  const joined = utf8(sources.join(''))
  const sections: [string, string, ArrayBufferView, number[]][] = [
    ['line_xy', 'f4', new Float32Array([0, 0, 10, 0, 60, 60, 61, 60]), [2, 4]],
    ['line_entity', 'u4', new Uint32Array([0, 1]), [2]], ['line_style', 'u2', new Uint16Array([0, 0]), [2]],
    ['tile_first', 'u4', new Uint32Array([0, 1, 1, 1, 2]), [5]],
    ['tile_level', 'u4', new Uint32Array([0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]), [4, 5]],
    ['tile_reach', 'f4', new Float32Array([0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 60, 61, 60]), [4, 4]],
    ['tri_xy', 'f4', new Float32Array([20, 20, 30, 20, 20, 30]), [1, 6]], ['tri_entity', 'u4', new Uint32Array([3]), [1]],
    ['tri_color', 'u4', new Uint32Array([0xff0000ff]), [1]],
    ['glyph_xy', 'f4', new Float32Array([0, 0, 1, 0, 0, 1]), [3, 2]], ['glyph_first', 'u4', new Uint32Array([0, 3]), [2]],
    ['char_glyph', 'u2', new Uint16Array([0]), [1]], ['char_place', 'f4', new Float32Array([40, 40, 3.5, 0]), [1, 4]],
    ['char_height', 'f4', new Float32Array([3.5]), [1]], ['char_entity', 'u4', new Uint32Array([2]), [1]], ['char_color', 'u4', new Uint32Array([0x000000ff]), [1]],
    ['entity_layer', 'u2', new Uint16Array([0, 0, 1, 1]), [4]], ['entity_kind', 'u1', new Uint8Array([1, 1, 7, 9]), [4]],
    ['entity_box', 'f4', new Float32Array([0, 0, 10, 0, 60, 60, 61, 60, 40, 40, 50, 44, 20, 20, 30, 30]), [4, 4]],
    ['entity_source', 'u4', new Uint32Array([0, 1, 2, 3]), [4]], ['source_first', 'u4', new Uint32Array([0, 2, 4, 6, 8]), [5]],
    ['source_text', 'u1', joined, [joined.length]],
    ['text_entity', 'u4', new Uint32Array([2]), [1]], ['text_first', 'u4', new Uint32Array([0, text.length]), [2]], ['text_utf8', 'u1', text, [text.length]],
    ['snap_xy', 'f4', new Float32Array([0, 0, 10, 0]), [2, 2]],
  ]
  const table: Record<string, unknown> = {}
  const bodies: [number, Uint8Array][] = []
  let offset = 0
  for (const [name, dtype, view, shape] of sections) {
    if (name === drop) continue
    table[name] = [offset, view.byteLength, name === wrongType ? 'f8' : dtype, shape]
    bodies.push([offset, new Uint8Array(view.buffer, view.byteOffset, view.byteLength)])
    offset += Math.ceil(view.byteLength / 8) * 8
  }
  const json = utf8(JSON.stringify({
    schema: 'tushen.sheet_pack/1', sha256: 'a'.repeat(64), sheet_key: '0:1', size_mm: [100, 100], extent_mm: [0, 0, 100, 100], scale: 100, to_space: [1, 0, 0, 1, 0, 0],
    entities: 4, lines: 2, tiles: { nx: 2, ny: 2, x0: 0, y0: 0, size_mm: 50 }, levels_mm: [16, 4, 1, 0.25, 0],
    layers: [{ name: 'WALL', meaning: 'wall', color: '#000000', visible: true, entities: 2 }, { name: 'TEXT', meaning: '', color: '#00ff00', visible: true, entities: 2 }],
    styles: [{ color: '#ff0000', width_mm: 0.25, dash: 0 }], fonts: [], sections: table, ...header,
  }))
  const length = Math.ceil(json.length / 8) * 8
  const out = new Uint8Array(12 + length + offset)
  out.fill(32, 12, 12 + length)
  new DataView(out.buffer).setUint32(0, 0x4b505354, true)
  new DataView(out.buffer).setUint32(4, 1, true)
  new DataView(out.buffer).setUint32(8, length, true)
  out.set(json, 12)
  for (const [at, body] of bodies) out.set(body, 12 + length + at)
  return out.buffer
}
