/** Marks in the browser's own timeline of when ink really stood on the screen; benchmarks/first_pixels.py reads them. */

/** Set a mark after the frame that is being drawn was handed to the screen; `sheet` says which one it shows. */
export function paintedMark(name: string, sheet: string, then: () => void = () => {}): void {
  requestAnimationFrame(() => {
    const after = new MessageChannel()
    after.port1.onmessage = () => { performance.mark(name, { detail: { sheet } }); after.port1.close(); then() }
    after.port2.postMessage(null)
  })
}
