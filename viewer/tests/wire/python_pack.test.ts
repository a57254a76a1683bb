/** The Python side and this side agree: a pack made by pipeline.rendering.pack is decoded here. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePack } from '../../src/wire/pack'

const root = resolve(import.meta.dirname, '../../..')
const python = resolve(root, '.venv/bin/python')
const drawing = 'sample_drawings/construction_v1/04_楼梯详图.dxf'
const MAKE = `
import sys
from pathlib import Path
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from pipeline.rendering.pack import make_pack
path = Path(sys.argv[1])
drawing = read_path(path, path.name, {})
find_sheets(drawing)
sys.stdout.buffer.write(make_pack(drawing, drawing.sheets[0]))
`

describe.skipIf(!existsSync(python) || !existsSync(resolve(root, drawing)))('a pack made by the server', () => {
  it('is decoded whole: every line belongs to an entity, every text is found again', () => {
    const made = execFileSync(python, ['-c', MAKE, drawing], { cwd: root, maxBuffer: 1 << 28 })
    const raw = made[0] === 0x1f && made[1] === 0x8b ? gunzipSync(made) : made
    const pack = decodePack(new Uint8Array(raw).slice().buffer)
    expect(pack.lines).toBeGreaterThan(100)
    expect(pack.lines).toBe(pack.header.lines)
    expect(pack.entities).toBe(pack.header.entities)
    expect(Math.max(...pack.lineEntity)).toBeLessThan(pack.entities)
    expect(pack.tileFirst.at(-1)).toBe(pack.lines)
    const text = pack.allTexts().find((it) => /[\u4e00-\u9fff]/.test(it.text))
    expect(text).toBeDefined()
    expect(pack.search(text!.text).some((hit) => hit.entity === text!.entity)).toBe(true)
    expect(pack.chars).toBeGreaterThan(10)
    expect(pack.sourceOf(0)).not.toBe('')
  }, 60_000)
})
