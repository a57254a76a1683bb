/** Small pieces of WebGL2: programs, data textures. */

export const TEXTURE_WIDTH = 2048

export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram()!
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind)!
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`)
    gl.attachShader(made, shader)
  }
  gl.linkProgram(made)
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`program: ${gl.getProgramInfoLog(made)}`)
  return made
}

export type Uniforms = Record<string, WebGLUniformLocation | null>
export function uniforms(gl: WebGL2RenderingContext, prog: WebGLProgram, names: readonly string[]): Uniforms {
  return Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(prog, name)]))
}

export type Texel = 'rgba32f' | 'rg32ui' | 'rgba32ui' | 'r8ui'

function layout(gl: WebGL2RenderingContext, texel: Texel): [internal: number, format: number, type: number, channels: number] {
  switch (texel) {
    case 'rgba32f': return [gl.RGBA32F, gl.RGBA, gl.FLOAT, 4]
    case 'rg32ui': return [gl.RG32UI, gl.RG_INTEGER, gl.UNSIGNED_INT, 2]
    case 'rgba32ui': return [gl.RGBA32UI, gl.RGBA_INTEGER, gl.UNSIGNED_INT, 4]
    case 'r8ui': return [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE, 1]
  }
}

/** A texture that holds a list of texels row by row, TEXTURE_WIDTH a row. */
export function dataTexture(gl: WebGL2RenderingContext, texel: Texel, data: Float32Array | Uint32Array | Uint8Array): WebGLTexture {
  const [internal, , , channels] = layout(gl, texel)
  const rows = Math.max(1, Math.ceil(data.length / channels / TEXTURE_WIDTH))
  const limit = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number
  if (rows > limit) throw new Error(`the sheet is too large for this graphics card (${rows} rows, limit ${limit})`)
  const texture = gl.createTexture()!
  gl.bindTexture(gl.TEXTURE_2D, texture)
  for (const parameter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, parameter, gl.NEAREST)
  gl.texStorage2D(gl.TEXTURE_2D, 1, internal, TEXTURE_WIDTH, rows)
  fillTexture(gl, texture, texel, data)
  return texture
}

/** Write the list into a texture made by `dataTexture` with at least as many texels. */
export function fillTexture(gl: WebGL2RenderingContext, texture: WebGLTexture, texel: Texel, data: Float32Array | Uint32Array | Uint8Array): void {
  const [, format, type, channels] = layout(gl, texel)
  gl.bindTexture(gl.TEXTURE_2D, texture)
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  const texels = data.length / channels
  const full = Math.floor(texels / TEXTURE_WIDTH)
  if (full > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, TEXTURE_WIDTH, full, format, type, data.subarray(0, full * TEXTURE_WIDTH * channels))
  const rest = texels - full * TEXTURE_WIDTH
  if (rest > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, full, rest, 1, format, type, data.subarray(full * TEXTURE_WIDTH * channels))
}

export function bindTexture(gl: WebGL2RenderingContext, unit: number, texture: WebGLTexture, uniform: WebGLUniformLocation | null): void {
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(gl.TEXTURE_2D, texture)
  gl.uniform1i(uniform, unit)
}
