/** A building model in three.js: one mesh, feature ids, one state texture, storey cut, pick to GlobalId. */
import {
  AmbientLight, Box3, Color, DataTexture, DoubleSide, GLSL3, NearestFilter, PerspectiveCamera, RedFormat, Scene, ShaderMaterial,
  UnsignedByteType, Vector3, WebGLRenderer, WebGLRenderTarget, type BufferGeometry, type Mesh, type Object3D,
} from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'

/** `storey` is the row in the model's own list of storeys, −1 where the element belongs to none. */
export interface ModelElement { guid: string; cls: string; name: string; storey: number }
export interface ModelStorey { guid: string; name: string; elevation_m: number }
export type Look = 'corner' | 'top' | 'front'
export interface ModelExtras { schema: string; sha256: string; origin_mm: number[]; elements: ModelElement[]; storeys: ModelStorey[] }
/** State codes of an element. */
export const TINT = { NONE: 0, PICKED: 1, OLD: 2, NEW: 3, VIOLATION: 4, FADED: 5, ADVICE: 6, HIDDEN: 255 } as const

const VERTEX = `
in float _feature_id_0;
in vec4 color;
uniform sampler2D u_state;
uniform float u_width;
out vec3 v_world;
out vec4 v_color;
flat out int v_code;
flat out int v_id;
void main() {
  v_id = int(_feature_id_0 + 0.5);
  int width = int(u_width);
  v_code = int(texelFetch(u_state, ivec2(v_id % width, v_id / width), 0).r * 255.0 + 0.5);
  vec4 world = modelMatrix * vec4(position, 1.0);
  v_world = world.xyz;
  v_color = color;
  gl_Position = projectionMatrix * viewMatrix * world;
  bool told = v_code == 2 || v_code == 3 || v_code == 4 || v_code == 6; // coloured ones are seen through the others
  gl_Position.z = told ? gl_Position.z * 0.05 - gl_Position.w * 0.95 : gl_Position.z * 0.95 + gl_Position.w * 0.05;
  if (v_code == 255) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`
const CUT = `
uniform float u_top;
uniform float u_bottom;
in vec3 v_world;
in vec4 v_color;
flat in int v_code;
flat in int v_id;
out vec4 o_color;
`
const FRAGMENT = `${CUT}
void main() {
  if (v_world.y > u_top || v_world.y < u_bottom) discard;
  vec3 normal = normalize(cross(dFdx(v_world), dFdy(v_world)));
  vec3 view = normalize(cameraPosition - v_world);
  float light = 0.45 + 0.4 * abs(dot(normal, normalize(vec3(0.4, 0.85, 0.35)))) + 0.2 * abs(dot(normal, view));
  vec3 base = v_color.rgb;
  if (v_code == 1) base = vec3(0.96, 0.55, 0.1);
  else if (v_code == 2) base = vec3(0.85, 0.16, 0.2);
  else if (v_code == 3) base = vec3(0.0, 0.62, 0.64);
  else if (v_code == 4) base = vec3(0.86, 0.25, 0.1);
  else if (v_code == 6) base = vec3(0.93, 0.66, 0.1);
  else if (v_code == 5) base = mix(base, vec3(0.82), 0.8);
  o_color = vec4(base * light, 1.0);
}`
const ID_FRAGMENT = `${CUT}
void main() {
  if (v_world.y > u_top || v_world.y < u_bottom) discard;
  int id = v_id + 1;
  o_color = vec4(float(id & 255), float((id >> 8) & 255), float((id >> 16) & 255), 255.0) / 255.0;
}`

const WAYS = { corner: new Vector3(0.75, 0.7, 0.9).normalize(), top: new Vector3(0, 1, 0.001).normalize(), front: new Vector3(0, 0.12, 1).normalize() }
const ROOM = 1.06 // space around what is fitted

/** How far from the middle of a box a camera must stand so that all of it is in the picture (`fov` upright, degrees). */
export function distanceToFit(box: Box3, way: Vector3, fov: number, aspect: number): number {
  const right = new Vector3().crossVectors(new Vector3(0, 1, 0), way).normalize()
  const up = new Vector3().crossVectors(way, right)
  const tall = Math.tan((fov * Math.PI) / 360), wide = tall * aspect
  const half = box.getSize(new Vector3()).multiplyScalar(0.5)
  let distance = 0.1
  for (const x of [-1, 1]) for (const y of [-1, 1]) for (const z of [-1, 1]) {
    const corner = new Vector3(x * half.x, y * half.y, z * half.z)
    distance = Math.max(distance, corner.dot(way) + ROOM * Math.max(Math.abs(corner.dot(right)) / wide, Math.abs(corner.dot(up)) / tall))
  }
  return distance
}

function boxesOf(mesh: Mesh, elements: readonly ModelElement[], count: number): Box3[] {
  const boxes = Array.from({ length: count }, () => new Box3())
  const geometry = mesh.geometry as BufferGeometry
  const position = geometry.getAttribute('position'), feature = geometry.getAttribute('_feature_id_0')
  const point = new Vector3()
  for (let i = 0; i < position.count; i++) boxes[elements[Math.round(feature.getX(i))]?.storey ?? -1]?.expandByPoint(point.fromBufferAttribute(position, i))
  return boxes.map((box) => (box.isEmpty() ? box : box.applyMatrix4(mesh.matrixWorld)))
}

export class ModelScene {
  readonly elements: ModelElement[]
  readonly storeys: ModelStorey[]
  readonly triangles: number
  onPick: (element: ModelElement | null) => void = () => {}
  private readonly renderer: WebGLRenderer
  private readonly scene = new Scene()
  private readonly camera: PerspectiveCamera
  private readonly controls: OrbitControls
  private readonly state: Uint8Array
  private readonly texture: DataTexture
  private readonly uniforms: Record<string, { value: unknown }>
  private readonly shown: ShaderMaterial
  private readonly ids: ShaderMaterial
  private readonly target = new WebGLRenderTarget(1, 1)
  private readonly bounds: Box3
  private readonly baseY: number
  private readonly resize: ResizeObserver
  private frame = 0
  private press: [number, number] | null = null
  private readonly rows: Map<ModelStorey, number>
  /** The box of each storey's elements, by row; made when first asked for. */
  private storeyBoxes: Box3[] | null = null
  private way = WAYS.corner.clone()
  private seen: Box3
  private handled = false

  private constructor(private readonly place: HTMLElement, private readonly mesh: Mesh, private readonly root: Object3D, extras: ModelExtras) {
    this.elements = extras.elements
    this.rows = new Map(extras.storeys.map((storey, row) => [storey, row]))
    this.storeys = [...extras.storeys].sort((a, b) => a.elevation_m - b.elevation_m)
    const geometry = mesh.geometry as BufferGeometry
    this.triangles = (geometry.index?.count ?? 0) / 3
    const width = 1024
    this.state = new Uint8Array(width * Math.max(1, Math.ceil(this.elements.length / width)))
    this.texture = new DataTexture(this.state, width, this.state.length / width, RedFormat, UnsignedByteType)
    this.texture.minFilter = this.texture.magFilter = NearestFilter
    this.texture.needsUpdate = true
    this.uniforms = { u_state: { value: this.texture }, u_width: { value: width }, u_top: { value: 1e9 }, u_bottom: { value: -1e9 } }
    const material = (fragmentShader: string): ShaderMaterial => new ShaderMaterial({ glslVersion: GLSL3, uniforms: this.uniforms, vertexShader: VERTEX, fragmentShader, side: DoubleSide, vertexColors: false })
    this.shown = material(FRAGMENT)
    this.ids = material(ID_FRAGMENT)
    if (!geometry.getAttribute('color')) throw new Error('COLOR_0')
    mesh.material = this.shown
    mesh.frustumCulled = false
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: 'high-performance' })
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2))
    this.renderer.setClearColor(new Color(0xffffff), 0)
    place.append(this.renderer.domElement)
    this.scene.add(root, new AmbientLight())
    root.updateMatrixWorld(true)
    this.bounds = new Box3().setFromObject(mesh)
    this.seen = this.bounds
    this.baseY = -(extras.origin_mm?.[2] ?? 0) / 1000
    const size = this.bounds.getSize(new Vector3()).length() || 10
    this.camera = new PerspectiveCamera(45, 1, size / 500, size * 10)
    this.controls = new OrbitControls(this.camera, this.renderer.domElement)
    this.controls.maxDistance = size * 6
    this.controls.addEventListener('change', () => this.draw())
    this.controls.addEventListener('start', () => { this.handled = true })
    this.resize = new ResizeObserver(() => this.fitCanvas())
    this.resize.observe(place)
    const canvas = this.renderer.domElement
    canvas.addEventListener('pointerdown', (event) => { this.press = [event.clientX, event.clientY] })
    canvas.addEventListener('pointerup', (event) => {
      if (this.press && Math.hypot(event.clientX - this.press[0], event.clientY - this.press[1]) < 4) this.onPick(this.pick(event.offsetX, event.offsetY))
    })
    this.look('corner')
    this.fitCanvas()
  }

  /** Load a model into a place on the page; throws when it is not one of ours. */
  static async load(place: HTMLElement, bytes: ArrayBuffer): Promise<ModelScene> {
    const gltf = await new GLTFLoader().parseAsync(bytes, '')
    let mesh: Mesh | null = null
    gltf.scene.traverse((node) => { if ((node as Mesh).isMesh && !mesh) mesh = node as Mesh })
    if (!mesh) throw new Error('the model holds no mesh')
    const found = mesh as Mesh
    const extras = ([found.userData, found.geometry.userData, gltf.scene.userData] as Partial<ModelExtras>[]).find((it) => it.schema === 'tushen.model/1')
    if (!extras?.elements) throw new Error('the model does not say what its elements are')
    return new ModelScene(place, found, gltf.scene, extras as ModelExtras)
  }

  /** Height in the scene of an elevation in metres. */
  private worldY(elevation: number): number {
    return elevation + this.baseY
  }

  get lowest(): number { return this.bounds.min.y - this.baseY }
  get highest(): number { return this.bounds.max.y - this.baseY }

  /** Look at all that is shown, from a side. */
  look(from: Look): void {
    this.way.copy(WAYS[from])
    this.frameAll()
  }

  /** Stand back, in the direction looked from, until the whole of what is shown is in the picture. */
  private frameAll(): void {
    const centre = this.seen.getCenter(new Vector3())
    this.camera.position.copy(centre).addScaledVector(this.way, distanceToFit(this.seen, this.way, this.camera.fov, this.camera.aspect))
    this.controls.target.copy(centre)
    this.controls.update()
    this.handled = false
    this.draw()
  }

  /** Bring the whole model below a height into the picture, or one storey below it (metres; null: no limit). */
  show(storey: ModelStorey | null, top: number | null): void {
    const box = (storey ? this.boxOfStorey(storey) : this.bounds).clone()
    if (top !== null) box.max.y = Math.max(box.min.y + 0.1, Math.min(box.max.y, this.worldY(top)))
    this.seen = box
    this.way.copy(this.camera.position).sub(this.controls.target).normalize()
    this.frameAll()
  }

  private boxOfStorey(storey: ModelStorey): Box3 {
    this.storeyBoxes ??= boxesOf(this.mesh, this.elements, this.storeys.length)
    const box = this.storeyBoxes[this.rows.get(storey) ?? -1]
    return box && !box.isEmpty() ? box : this.bounds
  }

  /** Show only what lies between two elevations in metres (null: no limit). */
  cut(bottom: number | null, top: number | null): void {
    this.uniforms.u_bottom!.value = bottom === null ? -1e9 : this.worldY(bottom)
    this.uniforms.u_top!.value = top === null ? 1e9 : this.worldY(top)
    this.draw()
  }

  /** Colour elements by GlobalId; `storey` isolates one storey. */
  tint(codes: Map<string, number>, storey: ModelStorey | null): void {
    const only = storey ? this.rows.get(storey) : undefined
    this.elements.forEach((element, i) => {
      this.state[i] = only !== undefined && element.storey !== only ? TINT.HIDDEN : (codes.get(element.guid) ?? TINT.NONE)
    })
    this.texture.needsUpdate = true
    this.draw()
  }

  pick(x: number, y: number): ModelElement | null {
    const { clientWidth: w, clientHeight: h } = this.renderer.domElement
    this.camera.setViewOffset(w, h, Math.floor(x), Math.floor(y), 1, 1)
    this.mesh.material = this.ids
    this.renderer.setRenderTarget(this.target)
    this.renderer.setClearColor(0x000000, 0)
    this.renderer.clear()
    this.renderer.render(this.scene, this.camera)
    const pixel = new Uint8Array(4)
    this.renderer.readRenderTargetPixels(this.target, 0, 0, 1, 1, pixel)
    this.renderer.setRenderTarget(null)
    this.mesh.material = this.shown
    this.camera.clearViewOffset()
    const id = pixel[0]! + pixel[1]! * 256 + pixel[2]! * 65536 - 1
    return this.elements[id] ?? null
  }

  private fitCanvas(): void {
    const { clientWidth, clientHeight } = this.place
    if (!clientWidth || !clientHeight) return
    this.renderer.setSize(clientWidth, clientHeight)
    this.camera.aspect = clientWidth / clientHeight
    this.camera.updateProjectionMatrix()
    if (!this.handled) this.frameAll()
    else this.draw()
  }

  private draw(): void {
    if (this.frame) return
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.renderer.render(this.scene, this.camera) })
  }

  dispose(): void {
    cancelAnimationFrame(this.frame)
    this.resize.disconnect()
    this.controls.dispose()
    this.mesh.geometry.dispose()
    this.shown.dispose(); this.ids.dispose(); this.texture.dispose(); this.target.dispose()
    this.root.clear()
    this.renderer.dispose()
    this.renderer.forceContextLoss()
    this.renderer.domElement.remove()
  }
}
