/** Draws a sheet pack with WebGL2: lines by vertex pulling (tile and length culled), fills, glyph outlines. */
import type { SheetPack } from '../wire/pack'
import { bindTexture, dataTexture, fillTexture, program, uniforms, type Uniforms } from './gl'
import { FILL_VERTEX, FLAT_FRAGMENT, GLYPH_VERTEX, LINE_FRAGMENT, LINE_VERTEX } from './shaders'

/** What one entity shows; HIDDEN is a bit, the others are codes. */
export const MARK = { NONE: 0, PICKED: 1, OLD: 2, NEW: 3, HOVER: 4, DIM: 5, HIT: 6, HIDDEN: 0x80 } as const

export interface Camera { center: [number, number]; resolution: number; rotation: number; width: number; height: number; ratio: number }
export interface DrawnFrame { lines: number; chars: number; triangles: number; ms: number; skipped: number }

const VIEW_NAMES = ['u_center', 'u_turn', 'u_half', 'u_state'] as const
const SHORTEST_PX = 0.6 // shorter lines are left out
const GREEK_PX = 3 // lower texts are shown as bars
const THIN_LINES_FROM = 120_000 // beyond this, one-pixel lines instead of quads
const SMOOTH_UP_TO = 60_000 // multisampling only on small sheets

interface Parts { program: WebGLProgram; at: Uniforms }

export class SheetRenderer {
  readonly canvas = document.createElement('canvas')
  readonly state: Uint8Array
  private gl: WebGL2RenderingContext
  private line!: Parts
  private fill!: Parts
  private glyph!: Parts
  private textures!: Record<'lines' | 'lineInfo' | 'styles' | 'fillInfo' | 'places' | 'charInfo' | 'state', WebGLTexture>
  private buffers!: Record<'fill' | 'glyph' | 'chars', WebGLBuffer>
  private arrays!: Record<'empty' | 'fill' | 'glyph', WebGLVertexArrayObject>
  private chosen: Uint32Array
  private stale = true
  private lost = false
  last: DrawnFrame = { lines: 0, chars: 0, triangles: 0, ms: 0, skipped: 0 }

  constructor(private readonly pack: SheetPack, private readonly onRestored: () => void) {
    this.state = new Uint8Array(Math.max(1, pack.entities))
    this.chosen = new Uint32Array(Math.max(1, pack.chars))
    const gl = this.canvas.getContext('webgl2', { alpha: true, premultipliedAlpha: true, antialias: pack.lines + pack.chars < SMOOTH_UP_TO, depth: false, stencil: false })
    if (!gl) throw new Error('webgl2')
    this.gl = gl
    this.canvas.addEventListener('webglcontextlost', (event) => { event.preventDefault(); this.lost = true })
    this.canvas.addEventListener('webglcontextrestored', () => { this.lost = false; this.build(); this.onRestored() })
    this.build()
  }

  /** Say that `state` was changed: it is sent before the next frame. */
  touch(): void { this.stale = true }

  dispose(): void { this.gl.getExtension('WEBGL_lose_context')?.loseContext() }

  private build(): void {
    const { gl, pack } = this
    const parts = (vertex: string, fragment: string, names: string[]): Parts => {
      const made = program(gl, vertex, fragment)
      return { program: made, at: uniforms(gl, made, [...VIEW_NAMES, ...names]) }
    }
    this.line = parts(LINE_VERTEX, LINE_FRAGMENT, ['u_lines', 'u_info', 'u_styles', 'u_pxPerMm', 'u_corners'])
    this.fill = parts(FILL_VERTEX, FLAT_FRAGMENT, ['u_info'])
    this.glyph = parts(GLYPH_VERTEX, FLAT_FRAGMENT, ['u_places', 'u_info', 'u_alpha'])
    const pairs = (a: ArrayLike<number>, b: ArrayLike<number>): Uint32Array => {
      const out = new Uint32Array(a.length * 2)
      for (let i = 0; i < a.length; i++) { out[i * 2] = a[i]!; out[i * 2 + 1] = b[i]! }
      return out
    }
    this.textures = {
      lines: dataTexture(gl, 'rgba32f', pack.lineXy), lineInfo: dataTexture(gl, 'rg32ui', pairs(pack.lineEntity, pack.lineStyle)),
      styles: dataTexture(gl, 'rgba32f', styleTexels(pack)), fillInfo: dataTexture(gl, 'rg32ui', pairs(pack.triEntity, pack.triColor)),
      places: dataTexture(gl, 'rgba32f', pack.charPlace), charInfo: dataTexture(gl, 'rgba32ui', charTexels(pack)),
      state: dataTexture(gl, 'r8ui', this.state),
    }
    const buffer = (data: Float32Array): WebGLBuffer => {
      const made = gl.createBuffer()!
      gl.bindBuffer(gl.ARRAY_BUFFER, made)
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW)
      return made
    }
    this.buffers = { fill: buffer(pack.triXy), glyph: buffer(glyphsAndBar(pack)), chars: gl.createBuffer()! }
    this.arrays = { empty: gl.createVertexArray()!, fill: gl.createVertexArray()!, glyph: gl.createVertexArray()! }
    for (const name of ['fill', 'glyph'] as const) {
      gl.bindVertexArray(this.arrays[name])
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name])
      gl.enableVertexAttribArray(0)
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.chars)
    gl.enableVertexAttribArray(1)
    gl.vertexAttribDivisor(1, 1)
    gl.bindVertexArray(null)
    this.stale = true
  }

  /** Draw what the camera sees. */
  draw(camera: Camera): void {
    const { gl } = this
    if (this.lost || gl.isContextLost()) return
    const began = performance.now()
    const width = Math.max(1, Math.round(camera.width * camera.ratio)), height = Math.max(1, Math.round(camera.height * camera.ratio))
    if (this.canvas.width !== width || this.canvas.height !== height) { this.canvas.width = width; this.canvas.height = height }
    gl.viewport(0, 0, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    if (this.stale) { fillTexture(gl, this.textures.state, 'r8ui', this.state); this.stale = false }
    const pxPerMm = camera.ratio / camera.resolution
    this.last = { lines: 0, chars: 0, triangles: 0, ms: 0, skipped: 0 }
    this.drawFills(camera, pxPerMm)
    this.drawLines(camera, pxPerMm)
    this.drawChars(camera, pxPerMm)
    gl.bindVertexArray(null)
    this.last.ms = performance.now() - began
  }

  /** Resolves when the graphics card has done what it was told so far. */
  async done(): Promise<void> {
    const { gl } = this
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    while (fence && !gl.isContextLost() && gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) await new Promise((next) => setTimeout(next, 4))
    if (fence) gl.deleteSync(fence)
  }

  private use(parts: Parts, camera: Camera, pxPerMm: number): void {
    const { gl } = this
    gl.useProgram(parts.program)
    const cos = Math.cos(camera.rotation) * pxPerMm, sin = Math.sin(camera.rotation) * pxPerMm
    gl.uniform2f(parts.at.u_center!, camera.center[0], camera.center[1])
    gl.uniform4f(parts.at.u_turn!, cos, -sin, sin, cos) // OpenLayers turns the picture clockwise
    gl.uniform2f(parts.at.u_half!, this.canvas.width / 2, this.canvas.height / 2)
    bindTexture(gl, 0, this.textures.state, parts.at.u_state!)
  }

  private drawFills(camera: Camera, pxPerMm: number): void {
    const count = this.pack.triEntity.length
    if (!count) return
    this.use(this.fill, camera, pxPerMm)
    bindTexture(this.gl, 1, this.textures.fillInfo, this.fill.at.u_info!)
    this.gl.bindVertexArray(this.arrays.fill)
    this.gl.drawArrays(this.gl.TRIANGLES, 0, count * 3)
    this.last.triangles += count
  }

  private drawLines(camera: Camera, pxPerMm: number): void {
    const { gl, pack } = this
    const runs = visibleRuns(pack, seen(camera), SHORTEST_PX / pxPerMm)
    const total = runs.reduce((sum, [, count]) => sum + count, 0)
    this.last.lines = total
    this.last.skipped = pack.lines - total
    if (!total) return
    const thin = total > THIN_LINES_FROM
    this.use(this.line, camera, pxPerMm)
    bindTexture(gl, 1, this.textures.lines, this.line.at.u_lines!)
    bindTexture(gl, 2, this.textures.lineInfo, this.line.at.u_info!)
    bindTexture(gl, 3, this.textures.styles, this.line.at.u_styles!)
    gl.uniform1f(this.line.at.u_pxPerMm!, pxPerMm)
    const corners = thin ? 2 : 6
    gl.uniform1i(this.line.at.u_corners!, corners)
    gl.bindVertexArray(this.arrays.empty)
    for (const [first, count] of runs) gl.drawArrays(thin ? gl.LINES : gl.TRIANGLES, first * corners, count * corners)
  }

  private drawChars(camera: Camera, pxPerMm: number): void {
    const { gl, pack } = this
    if (!pack.chars) return
    const groups = this.chooseChars(camera, pxPerMm)
    if (!groups.length) return
    this.use(this.glyph, camera, pxPerMm)
    bindTexture(gl, 1, this.textures.places, this.glyph.at.u_places!)
    bindTexture(gl, 2, this.textures.charInfo, this.glyph.at.u_info!)
    gl.bindVertexArray(this.arrays.glyph)
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.chars)
    gl.bufferData(gl.ARRAY_BUFFER, this.chosen.subarray(0, groups.reduce((n, g) => n + g.count, 0)), gl.STREAM_DRAW)
    const barGlyph = pack.glyphFirst.length - 1
    for (const { glyph, from, count } of groups) {
      const first = glyph === barGlyph ? pack.glyphXy.length / 2 : pack.glyphFirst[glyph]!
      const vertices = glyph === barGlyph ? 6 : pack.glyphFirst[glyph + 1]! - first
      if (!vertices) continue
      gl.uniform1f(this.glyph.at.u_alpha!, glyph === barGlyph ? 0.35 : 1)
      gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_INT, 4, from * 4)
      gl.drawArraysInstanced(gl.TRIANGLES, first, vertices, count)
      this.last.chars += count
      this.last.triangles += (count * vertices) / 3
    }
  }

  /** Fill `chosen` with the characters in view, grouped by glyph; those too low to read come last, as bars. */
  private chooseChars(camera: Camera, pxPerMm: number): { glyph: number; from: number; count: number }[] {
    const { pack, chosen } = this
    const [x0, y0, x1, y1] = seen(camera)
    const groups: { glyph: number; from: number; count: number }[] = []
    const low: number[] = []
    const lowest = GREEK_PX / pxPerMm
    let n = 0
    for (let i = 0; i < pack.chars; i++) {
      const h = pack.charHeight[i]!, x = pack.charPlace[i * 4]!, y = pack.charPlace[i * 4 + 1]!
      if (x < x0 - h * 2 || x > x1 + h * 2 || y < y0 - h * 2 || y > y1 + h * 2) continue
      if (h < lowest) { if (h * pxPerMm > 0.7) low.push(i); continue }
      const glyph = pack.charGlyph[i]!
      const group = groups.at(-1)
      if (group?.glyph === glyph) group.count++; else groups.push({ glyph, from: n, count: 1 })
      chosen[n++] = i
    }
    if (low.length) { groups.push({ glyph: pack.glyphFirst.length - 1, from: n, count: low.length }); chosen.set(low, n) }
    return groups
  }
}

/** The box in sheet mm that a camera sees (turned views: the box around). */
export function seen(camera: Camera): [number, number, number, number] {
  const c = Math.abs(Math.cos(camera.rotation)), s = Math.abs(Math.sin(camera.rotation))
  const w = ((camera.width * c + camera.height * s) * camera.resolution) / 2
  const h = ((camera.width * s + camera.height * c) * camera.resolution) / 2
  return [camera.center[0] - w, camera.center[1] - h, camera.center[0] + w, camera.center[1] + h]
}

/** Runs [first, count] of lines to draw: tiles in view, lines of at least `shortest` mm; neighbours joined. */
export function visibleRuns(pack: Pick<SheetPack, 'tileFirst' | 'tileLevel' | 'tileReach' | 'header'>, view: readonly number[], shortest: number): [number, number][] {
  const levels = pack.header.levels_mm
  let level = levels.findIndex((length) => length <= shortest)
  if (level < 0) level = levels.length - 1
  const runs: [number, number][] = []
  for (let t = 0; t + 1 < pack.tileFirst.length; t++) {
    const first = pack.tileFirst[t]!, all = pack.tileFirst[t + 1]! - first
    const count = Math.min(all, pack.tileLevel[t * levels.length + level] ?? all)
    const r = t * 4
    if (!count || pack.tileReach[r]! > view[2]! || pack.tileReach[r + 2]! < view[0]! || pack.tileReach[r + 1]! > view[3]! || pack.tileReach[r + 3]! < view[1]!) continue
    const last = runs.at(-1)
    if (last && last[0] + last[1] === first) last[1] += count; else runs.push([first, count])
  }
  return runs
}

function styleTexels(pack: SheetPack): Float32Array {
  const out = new Float32Array(Math.max(1, pack.header.styles.length) * 4)
  pack.header.styles.forEach((style, i) => {
    const rgb = parseInt(style.color.slice(1, 7), 16) || 0
    out.set([(rgb >> 16) / 255, ((rgb >> 8) & 255) / 255, (rgb & 255) / 255, style.width_mm], i * 4)
  })
  return out
}

function charTexels(pack: SheetPack): Uint32Array {
  const out = new Uint32Array(Math.max(1, pack.chars) * 4)
  const heights = new Uint32Array(pack.charHeight.slice().buffer)
  for (let i = 0; i < pack.chars; i++) out.set([pack.charEntity[i]!, pack.charColor[i]!, heights[i]!, 0], i * 4)
  return out
}

/** All glyphs and, behind them, a bar of six vertices for texts too low to read. */
function glyphsAndBar(pack: SheetPack): Float32Array {
  const out = new Float32Array(pack.glyphXy.length + 12)
  out.set(pack.glyphXy)
  out.set([0.05, 0.1, 0.9, 0.1, 0.9, 0.75, 0.05, 0.1, 0.9, 0.75, 0.05, 0.75], pack.glyphXy.length)
  return out
}
