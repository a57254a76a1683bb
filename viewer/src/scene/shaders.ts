/** Shaders of the sheet: lines pulled by vertex number, filled triangles, glyphs. One state byte per entity. */

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
const int WIDTH = 2048;
ivec2 at(int i) { return ivec2(i % WIDTH, i / WIDTH); }
`

const VIEW = `
uniform vec2 u_center;   // sheet mm in the middle of the view
uniform vec4 u_turn;     // mm to px, column major 2x2, y up
uniform vec2 u_half;     // half of the canvas in px
uniform usampler2D u_state;
vec2 toPx(vec2 mm) { vec2 d = mm - u_center; return vec2(u_turn.x * d.x + u_turn.z * d.y, u_turn.y * d.x + u_turn.w * d.y); }
vec4 toClip(vec2 px) { return vec4(px / u_half, 0.0, 1.0); }
uint stateOf(uint entity) { return texelFetch(u_state, at(int(entity)), 0).r; }
vec4 painted(vec4 base, uint state) {
  uint code = state & 0x7fu;
  if (code == 1u) return vec4(0.95, 0.45, 0.0, 1.0);
  if (code == 2u) return vec4(0.83, 0.10, 0.14, max(base.a, 0.75));
  if (code == 3u) return vec4(0.0, 0.53, 0.56, max(base.a, 0.75));
  if (code == 4u) return vec4(0.08, 0.40, 0.92, 1.0);
  if (code == 5u) return vec4(mix(base.rgb, vec3(0.8), 0.75), base.a * 0.8);
  if (code == 6u) return vec4(0.78, 0.10, 0.62, 1.0);
  return base;
}
vec4 readable(vec4 c) { return dot(c.rgb, vec3(0.3, 0.6, 0.1)) > 0.93 ? vec4(0.35, 0.35, 0.35, c.a) : c; }
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
`

export const LINE_VERTEX = `${HEAD}${VIEW}
uniform sampler2D u_lines;
uniform usampler2D u_info;
uniform sampler2D u_styles;
uniform float u_pxPerMm;
uniform int u_corners;
out vec4 v_color;
out vec2 v_edge;
void main() {
  int i = gl_VertexID / u_corners;
  int corner = gl_VertexID - i * u_corners;
  uvec2 info = texelFetch(u_info, at(i), 0).rg;
  uint state = stateOf(info.x);
  gl_Position = NOWHERE;
  v_color = vec4(0.0); v_edge = vec2(0.0, 1.0);
  if ((state & 0x80u) != 0u) return;
  vec4 line = texelFetch(u_lines, at(i), 0);
  vec4 style = texelFetch(u_styles, at(int(info.y)), 0);
  v_color = painted(readable(vec4(style.rgb, 1.0)), state);
  vec2 p0 = toPx(line.xy), p1 = toPx(line.zw);
  if (u_corners == 2) { gl_Position = toClip(corner == 0 ? p0 : p1); return; }
  float boost = (state & 0x7fu) == 0u || (state & 0x7fu) == 5u ? 0.0 : 0.6;
  float halfWidth = max(0.5, 0.5 * style.a * u_pxPerMm) + boost;
  vec2 along = p1 - p0;
  float len = length(along);
  along = len > 1e-6 ? along / len : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);
  float side = (corner == 1 || corner == 2 || corner == 4) ? 1.0 : -1.0;
  bool end = corner >= 2 && corner != 3;
  float reach = halfWidth + 0.5;
  vec2 base = end ? p1 + along * halfWidth * 0.5 : p0 - along * halfWidth * 0.5;
  gl_Position = toClip(base + across * side * reach);
  v_edge = vec2(side * reach, halfWidth);
}`

export const LINE_FRAGMENT = `${HEAD}
in vec4 v_color;
in vec2 v_edge;
out vec4 o_color;
void main() {
  float alpha = v_color.a * clamp(v_edge.y + 0.5 - abs(v_edge.x), 0.0, 1.0);
  o_color = vec4(v_color.rgb * alpha, alpha);
}`

export const FILL_VERTEX = `${HEAD}${VIEW}
layout(location = 0) in vec2 a_xy;
uniform usampler2D u_info;
out vec4 v_color;
void main() {
  uvec2 info = texelFetch(u_info, at(gl_VertexID / 3), 0).rg;
  uint state = stateOf(info.x);
  gl_Position = NOWHERE;
  v_color = vec4(0.0);
  if ((state & 0x80u) != 0u) return;
  uint c = info.y;
  v_color = painted(vec4(float(c >> 24), float((c >> 16) & 255u), float((c >> 8) & 255u), float(c & 255u)) / 255.0, state);
  if ((state & 0x7fu) != 0u) v_color.a *= 0.55;
  gl_Position = toClip(toPx(a_xy));
}`

export const FLAT_FRAGMENT = `${HEAD}
in vec4 v_color;
out vec4 o_color;
void main() { o_color = vec4(v_color.rgb * v_color.a, v_color.a); }`

export const GLYPH_VERTEX = `${HEAD}${VIEW}
layout(location = 0) in vec2 a_xy;
layout(location = 1) in uint a_char;
uniform sampler2D u_places;
uniform usampler2D u_info;
uniform float u_alpha;
out vec4 v_color;
void main() {
  vec4 place = texelFetch(u_places, at(int(a_char)), 0);
  uvec4 info = texelFetch(u_info, at(int(a_char)), 0);
  uint state = stateOf(info.x);
  gl_Position = NOWHERE;
  v_color = vec4(0.0);
  if ((state & 0x80u) != 0u) return;
  uint c = info.y;
  v_color = painted(readable(vec4(float(c >> 24), float((c >> 16) & 255u), float((c >> 8) & 255u), float(c & 255u)) / 255.0), state);
  v_color.a *= u_alpha;
  vec2 x = place.zw;
  float len = length(x);
  vec2 dir = len > 0.0 ? x / len : vec2(1.0, 0.0);
  vec2 y = vec2(-dir.y, dir.x) * uintBitsToFloat(info.z);
  gl_Position = toClip(toPx(place.xy + a_xy.x * x + a_xy.y * y));
}`
