/** The sheet pack as a layer of OpenLayers. While the view moves on a heavy sheet the last picture is moved instead. */
import Layer from 'ol/layer/Layer'
import type { FrameState } from 'ol/Map'
import type { SheetPack } from '../wire/pack'
import { MARK, SheetRenderer, type Camera } from './sheet_renderer'

const HEAVY = 400_000 // lines + triangles that a graphics card draws while moving
const HEAVY_IN_SOFTWARE = 25_000

function isSoftware(canvas: HTMLCanvasElement): boolean {
  const gl = canvas.getContext('webgl2')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  return info ? /swiftshader|llvmpipe|software/i.test(String(gl!.getParameter(info.UNMASKED_RENDERER_WEBGL))) : false
}

export class PackLayer extends Layer {
  readonly renderer: SheetRenderer
  private drawn: Camera | null = null
  private readonly heavy: number
  private settle: ReturnType<typeof setTimeout> | undefined
  private marked = new Map<number, number>()
  private hiddenLayers = new Set<number>()
  private dirty = true

  constructor(readonly pack: SheetPack, private onFirst: (() => void) | null = null) {
    super({ className: 'pack-layer' })
    this.renderer = new SheetRenderer(pack, () => this.refresh())
    this.heavy = isSoftware(this.renderer.canvas) ? HEAVY_IN_SOFTWARE : HEAVY
    this.renderer.canvas.classList.add('pack-canvas')
    pack.header.layers.forEach((layer, i) => { if (!layer.visible) this.hiddenLayers.add(i) })
    this.writeState()
  }

  override render(frame: FrameState | null): HTMLElement {
    const canvas = this.renderer.canvas
    if (!frame) return canvas
    const { viewState, size, pixelRatio } = frame
    const camera: Camera = {
      center: viewState.center as [number, number], resolution: viewState.resolution, rotation: viewState.rotation,
      width: size[0]!, height: size[1]!, ratio: pixelRatio,
    }
    const moving = frame.viewHints.some((hint) => hint > 0)
    const cost = this.renderer.last.lines + this.renderer.last.triangles
    const reusable = this.drawn && !this.dirty && this.drawn.width === camera.width && this.drawn.height === camera.height
    if (moving && reusable && cost > this.heavy) {
      moveCanvas(canvas, this.drawn!, camera)
      clearTimeout(this.settle)
      this.settle = setTimeout(() => { this.drawn = null; this.changed() }, 120)
    } else if (reusable && sameView(this.drawn!, camera)) {
      canvas.style.transform = ''
    } else {
      canvas.style.transform = ''
      this.renderer.draw(camera)
      this.drawn = camera
      this.dirty = false
      if (this.onFirst) { void this.renderer.done().then(this.onFirst); this.onFirst = null }
    }
    return canvas
  }

  /** Draw again although the view did not change. */
  refresh(): void { this.dirty = true; this.changed() }

  /** Give entities a colour code; all others lose theirs. */
  mark(marks: Map<number, number>): void { this.marked = marks; this.writeState() }

  hideLayers(rows: Set<number>): void { this.hiddenLayers = new Set(rows); this.writeState() }
  get hidden(): ReadonlySet<number> { return this.hiddenLayers }

  isHidden(entity: number): boolean { return this.hiddenLayers.has(this.pack.entityLayer[entity]!) }

  private writeState(): void {
    const { state } = this.renderer
    const layers = this.pack.entityLayer
    const byLayer = new Uint8Array(this.pack.header.layers.length || 1)
    for (const row of this.hiddenLayers) byLayer[row] = MARK.HIDDEN
    for (let e = 0; e < layers.length; e++) state[e] = byLayer[layers[e]!]!
    for (const [entity, code] of this.marked) state[entity] = (state[entity]! & MARK.HIDDEN) | code
    this.renderer.touch()
    this.refresh()
  }

  protected override disposeInternal(): void {
    clearTimeout(this.settle)
    this.renderer.dispose()
    super.disposeInternal()
  }
}

function sameView(a: Camera, b: Camera): boolean {
  return a.center[0] === b.center[0] && a.center[1] === b.center[1] && a.resolution === b.resolution && a.rotation === b.rotation && a.ratio === b.ratio
}

function moveCanvas(canvas: HTMLCanvasElement, from: Camera, to: Camera): void {
  const dx = (from.center[0] - to.center[0]) / to.resolution, dy = (from.center[1] - to.center[1]) / to.resolution
  const c = Math.cos(to.rotation), s = Math.sin(to.rotation)
  const x = dx * c + dy * s, y = -(-dx * s + dy * c)
  canvas.style.transform = `translate(${x}px, ${y}px) rotate(${to.rotation - from.rotation}rad) scale(${from.resolution / to.resolution})`
}
