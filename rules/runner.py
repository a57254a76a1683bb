"""Runs the rules of a pack over a set of drawings and returns findings; one crashing rule stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from pipeline.drawing.model import PERSON, Drawing
from rules.catalogue import rules as all_rules
from rules.engine.context import Pack, Terms, load_pack
from rules.engine.facts import FileFacts, Place, SetFacts, SheetFacts
from rules.engine.outcome import Outcome, Result
from rules.engine.reading import derive
from rules.engine.reading.title_blocks import Said
from rules.engine.rule import Rule

_SAID_LIMIT = 20  # values people gave that one finding names


@dataclass(slots=True)
class Finding:
    """One finding, with the fields of the record `finding`; `sheet_key` is the sheet's id inside its drawing."""

    file_id: str
    sheet_key: str
    rule_code: str
    rule_version: str
    outcome: str
    subject_key: str
    clause: str
    clause_status: str
    severity: str
    message_zh: str
    message_en: str
    measured: float | None = None
    demanded: str = ""
    unit: str = ""
    box: list[float] | None = None
    source_ids: list[str] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    certainty: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON values."""
        return asdict(self)


def check(
    drawings: Sequence[tuple[str, str, Drawing]],
    stage: str,
    pack: Pack | str = "national",
    chosen: Iterable[Rule] | None = None,
    unread: Sequence[tuple[str, str, str]] = (),
    accepted: Mapping[str, str] | None = None,
    states: Mapping[str, Mapping[str, Any]] | None = None,
    title_blocks: Mapping[str, Mapping[str, Said]] | None = None,
    on: date | None = None,
) -> list[Finding]:
    """Run every rule of the stage over a set.

    Args:
        drawings: (file id, name, drawing with sheets found and state concluded) of each file.
        stage: scheme, construction or as_built.
        pack: a loaded pack or its name.
        chosen: rules to run instead of the catalogue.
        unread: (file id, name, format) of files of the set that could not be read at all: no rule may say that
            something is missing, or that all is well, without regard to them.
        accepted: file id -> who answers by name for the damaged file; rules may pass on it, and say who.
        states: file id -> {"state": ..., "sheets": {sheet key: state}} of the record, which may know worse than the
            reading (the loss meter looks later); the worse of the two counts.
        title_blocks: file id -> sheet key -> field -> {"value": what a person says, "read": what was read}; the rules
            judge the person's value, and the evidence names it.
        on: with a pack's name: the day whose rules in force are run (all when None). There is no clock in here, so a
            result can be replayed.

    Raises:
        PackError: the pack cannot be loaded. Nothing a drawing holds raises.
    """
    terms = load_pack(pack, on) if isinstance(pack, str) else pack
    facts = SetFacts([FileFacts(file_id, name, form, "rejected") for file_id, name, form in unread])
    findings: list[Finding] = []
    for file_id, name, drawing in drawings:
        try:
            facts.files.append(derive(file_id, name, drawing, (title_blocks or {}).get(file_id)))
            known = (states or {}).get(file_id, {})
            facts.files[-1].lower(str(known.get("state", "")), known.get("sheets", {}))
            facts.files[-1].accept((accepted or {}).get(file_id, ""))
        except Exception as error:  # a drawing odd enough to break the facts must not stop the others
            findings.append(_facts_failed(file_id, name, error))
    return _unique(findings + run_facts(facts, stage, terms, chosen))


def run_facts(facts: SetFacts, stage: str, pack: Pack, chosen: Iterable[Rule] | None = None) -> list[Finding]:
    """Run the rules of a stage over facts; see `check`."""
    findings: list[Finding] = []
    for rule in chosen if chosen is not None else all_rules():
        if stage in rule.stages and rule.code in pack.rules:
            findings += _run(rule, facts, pack.rules[rule.code])
    return findings


def _run(rule: Rule, facts: SetFacts, terms: Terms) -> list[Finding]:
    try:
        outcomes = list(rule.check(facts, terms))
    except Exception as error:  # recorded, never passed over in silence
        return [_rule_failed(rule, terms, error)]
    outcomes = [_settle(outcome, rule, facts, terms) for outcome in outcomes]
    if any(sheet.said for sheet in facts.sheets()):
        for outcome in outcomes:
            _name_what_was_said(outcome, _basis(outcome.place, rule, facts))
    unread = [f for f in facts.files if not f.complete and (f.format in rule.formats or f.state == "rejected")]
    if not outcomes:
        outcomes = [_nothing(rule, unread)]
    return [_finding(rule, terms, outcome) for outcome in outcomes]


def _settle(outcome: Outcome, rule: Rule, facts: SetFacts, terms: Terms) -> Outcome:
    """Lower what may not be said: no accusation without a signed clause, no pass on what was not read whole."""
    if outcome.result == Result.VIOLATION and not terms.may_accuse:
        outcome.result = Result.ADVICE
        outcome.zh += "（条款待核）"
        outcome.en += " (clause not yet verified)"
        outcome.evidence["lowered_from"] = Result.VIOLATION.value
    if outcome.result == Result.PASSED:
        basis = _basis(outcome.place, rule, facts)
        reason = next((why for why in (_incomplete(part) for part in basis) if why), "")
        if reason:
            outcome.result = Result.UNDECIDED
            outcome.evidence["missing"] = reason
            outcome.zh = f"已读部分未发现问题，但文件未完整读取（{reason}），请审查人员人工核对。"
            outcome.en = f"Nothing found in what was read, but the file was not read completely ({reason})."
            return outcome
        _name_who_accepted(outcome, facts, {part.place.file_id for part in basis})
    return outcome


def _basis(place: Place, rule: Rule, facts: SetFacts) -> list[FileFacts | SheetFacts]:
    """Return the files and sheets an outcome stands on: a sheet; or a file with its sheets; or all of a format."""
    file = next((f for f in facts.files if f.file_id == place.file_id), None)
    if file is not None and place.sheet_key and not rule.whole_set:
        sheets = [s for s in file.sheets if s.place.sheet_key == place.sheet_key]
        if sheets:
            return [*sheets]
    files = [file] if file is not None and not rule.whole_set else facts.files
    form = file.format if file is not None else ""
    parts: list[FileFacts | SheetFacts] = []
    for one in files:
        if not form or one.format in (form, "other", "archive"):
            parts += [one, *one.sheets]
    return parts


def _incomplete(part: FileFacts | SheetFacts) -> str:
    """Return why nothing may pass on a file or sheet, "" when it may."""
    if part.complete:
        return ""
    return "scanned" if isinstance(part, SheetFacts) and part.scanned else part.state


def _name_what_was_said(outcome: Outcome, basis: list[FileFacts | SheetFacts]) -> None:
    """An outcome says which values of title blocks are a person's, with what was read, sheet by sheet."""
    said = [
        {"sheet": sheet.name, "field": name, "origin": PERSON, **words}
        for sheet in basis
        if isinstance(sheet, SheetFacts)
        for name, words in sorted(sheet.said.items())
    ]
    if said:
        outcome.evidence["title_block"] = said[:_SAID_LIMIT]


def _name_who_accepted(outcome: Outcome, facts: SetFacts, file_ids: set[str]) -> None:
    """A pass on a damaged file says who answers for it."""
    damaged = [f for f in facts.files if f.file_id in file_ids and f.state == "damaged"]
    if damaged:
        outcome.evidence["accepted"] = [{"file": f.name, "by": f.accepted_by} for f in damaged]
        who = "、".join(dict.fromkeys(f.accepted_by for f in damaged))
        outcome.zh += f"（文件受损，已由{who}接受）"
        outcome.en += f" (the file is damaged; accepted by {who})"


def _nothing(rule: Rule, unread: list[FileFacts]) -> Outcome:
    if unread:
        names = "、".join(f.name for f in unread[:5])
        return Outcome(
            Result.UNDECIDED, "set", f"未找到所涉及的内容，但有文件未完整读取：{names}。",
            f"Nothing found, but files were not read completely: {names}.", Place(unread[0].file_id),
            evidence={"missing": "files not read completely"},
        )  # fmt: skip
    return Outcome(Result.NOT_APPLICABLE, "set", rule.absent[0], rule.absent[1], Place(""))


def _finding(rule: Rule, terms: Terms, outcome: Outcome) -> Finding:
    place = outcome.place
    box = [round(float(v), 2) for v in place.box] if place.box else None
    return Finding(
        place.file_id, place.sheet_key, rule.code, rule.version, outcome.result.value, outcome.subject[:190],
        terms.clause, terms.clause_status, terms.severity or rule.severity, outcome.zh, outcome.en, outcome.measured,
        outcome.demanded, outcome.unit, box, list(place.source_ids)[:50], outcome.evidence, round(outcome.certainty, 2),
    )  # fmt: skip


def _rule_failed(rule: Rule, terms: Terms, error: Exception) -> Finding:
    why = f"{type(error).__name__}: {error}"[:300]
    outcome = Outcome(
        Result.UNDECIDED, "rule_failed", f"规则 {rule.code} 运行失败，未能判定，请审查人员人工核对。",
        f"Rule {rule.code} failed and decided nothing; to be checked by a reviewer.", Place(""),
        evidence={"rule_failed": why}, certainty=0.0,
    )  # fmt: skip
    return _finding(rule, terms, outcome)


def _facts_failed(file_id: str, name: str, error: Exception) -> Finding:
    why = f"{type(error).__name__}: {error}"[:300]
    return Finding(
        file_id, "", "FACTS", "1", Result.UNDECIDED.value, f"facts|{name}"[:190], "", "verified", "一般",
        f"{name}：无法提取检查所需的信息，所有规则均未判定，请审查人员人工核对。",
        f"{name}: no facts could be derived; no rule decided on this file.",
        evidence={"rule_failed": why}, certainty=0.0,
    )  # fmt: skip


def _unique(findings: list[Finding]) -> list[Finding]:
    """Number subjects that occur twice in a rule, in order: the record demands unique ones."""
    seen: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.rule_code, finding.subject_key)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            finding.subject_key = f"{finding.subject_key}#{seen[key]}"
    return findings
