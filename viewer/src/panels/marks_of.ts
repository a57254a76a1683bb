/** What the lists of the desk look like on the sheet. */
import { importedOutline } from '../model/imported'
import type { Annotation, Difference, Finding, ImportedMark, Spot } from '../model/types'
import type { Mark, Tone } from '../scene/mark_styles'
import type { Selected } from '../state/sheet_desk.svelte'

const SHOWN = new Set(['violation', 'undecided', 'advice'])

export function findingMarks(findings: readonly Finding[], selected: Selected, title: (finding: Finding) => string): Mark[] {
  return findings.filter((f) => f.box && ((SHOWN.has(f.outcome) && f.status !== 'rejected') || f.id === selected?.id)).map((f) => ({
    id: `finding:${f.id}`, tone: (f.status === 'rejected' || f.status === 'closed' ? 'closed' : f.outcome) as Tone, selected: selected?.id === f.id,
    label: `${f.rule_code} ${title(f)}`, box: f.box!,
  }))
}

export function differenceMarks(differences: readonly Difference[], selected: Selected, side: 'old' | 'new' | 'both' = 'both'): Mark[] {
  return differences.flatMap((d) => {
    const box = side === 'old' ? d.box_old : side === 'new' ? d.box_new : (d.box_new ?? d.box_old)
    if (!box) return []
    const tone: Tone = side === 'old' ? 'old' : side === 'new' ? 'new' : d.box_new ? 'new' : 'old'
    return [{ id: `difference:${d.id}`, tone, selected: selected?.id === d.id, label: d.what.length > 24 ? `${d.what.slice(0, 23)}…` : d.what, box }]
  })
}

export function spotMarks(spots: readonly Spot[], side: 'old' | 'new'): Mark[] {
  return spots.map((at, i) => ({ id: `spot:${i}`, tone: side, selected: false, spot: { at, number: i + 1 } }))
}

export function annotationMarks(annotations: readonly Annotation[], selected: Selected): Mark[] {
  return annotations.map((a) => ({
    id: `annotation:${a.id}`, selected: selected?.id === a.id,
    tone: a.state === 'draft' ? 'draft' : a.status === 'closed' ? 'closed' : a.nature === 'mandatory' ? 'mandatory' : 'general',
    annotation: { kind: a.kind, geometry: a.geometry, text: a.text },
  }))
}

export function importedMarks(marks: readonly ImportedMark[], selected: Selected): Mark[] {
  return marks.filter((it) => it.points.length && !it.reply_to).map((it) => ({
    id: `imported:${it.id}`, tone: 'imported', selected: selected?.id === it.id, label: [it.author, it.text].filter(Boolean).join('：'), imported: importedOutline(it),
  }))
}
