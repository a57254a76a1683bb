/** Who answers for a file, in words. */
import type { Acceptance } from '../model/types'
import { dateTime, t } from './words.svelte'

export function acceptedBy({ by, at }: Acceptance): string { return t('file.acceptedBy', { name: by, at: dateTime(at) }) }
export function acceptedWhy({ reason }: Acceptance): string { return t('file.acceptedWhy', { reason }) }
