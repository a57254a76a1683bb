/** The loss meter in numbers a person reads. */

/** 0.9987 → 99.8 %: never rounded up, so that 100 % means all of it. */
export function inkPercent(share: number): string {
  const tenths = Math.floor(Math.max(0, Math.min(1, share)) * 1000 + 1e-9)
  return `${tenths % 10 ? (tenths / 10).toFixed(1) : tenths / 10} %`
}

/** Above 99 % nothing a person would miss is lost; below 95 % look at the original. */
export function inkTone(share: number): 'good' | 'warn' | 'bad' {
  return share >= 0.99 ? 'good' : share >= 0.95 ? 'warn' : 'bad'
}

/** Causes of what is lost, the largest first. */
export function inkCauses(causes: Record<string, number> | undefined): [string, number][] {
  return Object.entries(causes ?? {}).filter(([, share]) => share > 0).sort((a, b) => b[1] - a[1])
}
