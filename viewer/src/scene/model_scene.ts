/** A building model in three.js: one mesh, feature ids, one state texture, storey cut, pick to GlobalId. */
import {
  AmbientLight, Box3, Color, DataTexture, DoubleSide, GLSL3, NearestFilter, PerspectiveCamera, RedFormat, Scene, ShaderMaterial,
  UnsignedByteType, Vector3, WebGLRenderer, WebGLRenderTarget, type BufferGeometry, type Mesh, type Object3D,
} from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'

export interface ModelElement { guid: string; cls: string; name: string; storey: string }
export interface ModelStorey { guid: string; name: string; elevation_m: number }
export interface ModelExtras { schema: string; sha256: string; origin_mm: number[]; elements: ModelElement[]; storeys: ModelStorey[] }
/** State codes of an element. */
export const TINT = { NONE: 0, PICKED: 1, OLD: 2, NEW: 3, VIOLATION: 4, FADED: 5, HIDDEN: 255 } as const

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
  gl_Position = v_code == 255 ? vec4(2.0, 2.0, 2.0, 1.0) : projectionMatrix * viewMatrix * world;
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
  else if (v_code == 5) base = mix(base, vec3(0.82), 0.8);
  o_color = vec4(base * light, 1.0);
}`
const ID_FRAGMENT = `${CUT}
void main() {
  if (v_world.y > u_top || v_world.y < u_bottom) discard;
  int id = v_id + 1;
  o_color = vec4(float(id & 255), float((id >> 8) & 255), float((id >> 16) & 255), 255.0) / 255.0;
}`

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

  private constructor(private readonly place: HTMLElement, private readonly mesh: Mesh, private readonly root: Object3D, extras: ModelExtras) {
    this.elements = extras.elements
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
    this.baseY = -(extras.origin_mm?.[2] ?? 0) / 1000
    const size = this.bounds.getSize(new Vector3()).length() || 10
    this.camera = new PerspectiveCamera(45, 1, size / 500, size * 10)
    this.controls = new OrbitControls(this.camera, this.renderer.domElement)
    this.controls.addEventListener('change', () => this.draw())
    this.resize = new ResizeObserver(() => this.fitCanvas())
    this.resize.observe(place)
    const canvas = this.renderer.domElement
    canvas.addEventListener('pointerdown', (event) => { this.press = [event.clientX, event.clientY] })
    canvas.addEventListener('pointerup', (event) => {
      if (this.press && Math.hypot(event.clientX - this.press[0], event.clientY - this.press[1]) < 4) this.onPick(this.pick(event.offsetX, event.offsetY))
    })
    this.fitCanvas()
    this.look('corner')
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

  look(from: 'corner' | 'top' | 'front'): void {
    const centre = this.bounds.getCenter(new Vector3()), size = this.bounds.getSize(new Vector3()).length() || 10
    const way = { corner: new Vector3(0.75, 0.7, 0.9), top: new Vector3(0, 1, 0.001), front: new Vector3(0, 0.12, 1) }[from].normalize()
    this.camera.position.copy(centre).addScaledVector(way, size * (this.camera.aspect < 1.2 ? 1.4 : 1.15))
    this.controls.target.copy(centre)
    this.controls.update()
    this.draw()
  }

  /** Show only what lies between two elevations in metres (null: no limit). */
  cut(bottom: number | null, top: number | null): void {
    this.uniforms.u_bottom!.value = bottom === null ? -1e9 : this.worldY(bottom)
    this.uniforms.u_top!.value = top === null ? 1e9 : this.worldY(top)
    this.draw()
  }

  /** Colour elements by GlobalId; `storey` isolates one storey (its guid or name). */
  tint(codes: Map<string, number>, storey: ModelStorey | null): void {
    this.elements.forEach((element, i) => {
      const code = codes.get(element.guid) ?? TINT.NONE
      this.state[i] = storey && element.storey !== storey.guid && element.storey !== storey.name ? TINT.HIDDEN : code
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
    this.draw()
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
