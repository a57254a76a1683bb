"""Why a digital signature is not simply intact, or what was added after it: codes, each with a reason in two languages.

What stands in brackets comes from the library or the file and is left in its language.
"""

from __future__ import annotations

from typing import Any

from pipeline.drawing.model import Signature
from pipeline.drawing.safe_text import safe_text

REASONS: dict[str, tuple[str, str]] = {
    "not_signed": ("签名域尚未签署", "not signed"),
    "field_unreadable": ("签名域无法读取", "the field cannot be read"),
    "file_unreadable": (
        "文件结构异常，签名无法核验（{error}）",
        "the file is built so that nothing can be checked ({error})",
    ),
    "check_failed": ("签名无法核验（{error}）", "the signature cannot be checked ({error})"),
    "kind_unknown": ("暂不能核验此类签名（{kind}）", "signatures of the kind {kind} cannot be checked"),
    "national_algorithm": (
        "国密算法（SM2、SM3）签名在此无法核验，请用签章厂商或电子签章平台的工具核验",
        "signatures with the Chinese national algorithms (SM2, SM3) cannot be checked here: check them with the tool of"
        " the seal's vendor",
    ),
    "bytes_changed": ("签名覆盖的内容在签名后被改动", "the signed bytes were changed after signing"),
    "certificate_mismatch": ("签名与其证书不符", "the signature does not fit its certificate"),
    "bytes_left_out": (
        "签名未覆盖签署时的全部内容",
        "the signed bytes are not the whole of what was signed",
    ),
    "too_many_objects": (
        "文件对象过多，签名后的改动未逐项核查",
        "later changes were not gone through: the file has too many objects",
    ),
    "content_changed": ("签名后内容被改动", "content was changed after signing"),
    "nothing_added": ("签名后未增加实质内容", "nothing of weight was added after signing"),
    "proofs_added": ("签名后仅增加了验证信息或时间戳", "only proofs or further time stamps were added after signing"),
    "fields_filled": (
        "签名后填写了表单或又有他人签名",
        "fields were filled or further signatures added after signing",
    ),
    "annotations_added": ("签名后增加了批注", "annotations were added after signing"),
}

# why a certificate is trusted, is not, or why that is not known
TRUST: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "no_list": ("未配置信任列表", "no trust list is configured"),
    "not_checked": (
        "签名本身未通过核验，未核对证书",
        "the signature itself was not found good; its certificate was not looked at",
    ),
    "chain_found": (
        "由信任列表中的机构签发；未查询吊销",
        "issued under a root of the trust list; revocation was not asked",
    ),
    "issuer_unknown": ("签发机构不在信任列表中", "its issuer is not in the trust list"),
    "revoked": ("证书已被吊销", "the certificate was revoked"),
    "chain_broken": ("证书链不合规", "the chain of certificates breaks a rule"),
    "chain_unreadable": ("证书链无法读取", "the chain of certificates cannot be read"),
    "expired": ("证书已过期", "the certificate has expired"),
    "expired_since": (
        "证书现已过期；按签名自述的时间签署时有效，但无时间戳证明",
        "the certificate has expired since; it was valid at the time the signature claims, which no time stamp proves",
    ),
}


def reason(code: str, **details: Any) -> tuple[str, str, str]:
    """Return (code, Chinese, English); `details` fill the brackets. Raises KeyError for an unknown code."""
    values = {name: str(value)[:160] for name, value in details.items()}
    zh, en = REASONS[code]
    return code, zh.format(**values), en.format(**values)


def because(made: Signature, code: str, **details: str) -> Signature:
    """Let a signature say why, in both languages; what the file or a library said is made safe to show."""
    safe = {name: safe_text(value, 160)[0] for name, value in details.items()}
    made.why, made.why_zh, made.why_en = reason(code, **safe)
    return made
