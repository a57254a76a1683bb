"""How likely a decoded text is what somebody wrote on a drawing: 1 certain, 0 or less garbled.

Every character outside ASCII has a weight by how common it is on drawings; the figure is their mean. The common
Chinese characters are those of GB 2312 level 1 (3,755) and Big5 level 1 (5,401), both ordered by use.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

COMMON, HANGUL, SYMBOL, ISOLATED_LETTER, FOREIGN, RARE, CROWDED_LETTER = 1.0, 0.9, 0.8, 0.8, 0.4, 0.1, 0.15
GARBLED = -1.0
# one character of another script inside a Latin word; between capitals it may be a mark (C型H)
_OTHER = "[\u0370-\u052f\u3040-\u9fff\uac00-\ud7a3]"
_ALONE = re.compile(f"(?<=[a-z]){_OTHER}(?=[a-z])")
_ALONE_CAPITAL = re.compile(f"(?<=[A-Z]){_OTHER}(?=[A-Z])")

# characters of the words on drawings, simplified and traditional
DRAWN = frozenset(
    "图名称号比例日期版次专业设计审核校对制绘平立剖面层楼梯门窗墙柱梁板基础屋顶地下室内外大样详见说明建筑结构施工水暖通风防火消轴线"
    "标高尺寸总配筋混凝土钢砖砌体坡卫生间厨房卧客厅走道电阳台雨篷檐口散勒脚车库机井空调照明强弱插座开关喷淋给排污立管阀径一二三四五"
    "六七八九十上下左右东南西北中心厚度宽长米注本节点材料表目录预埋件洞孔留区道路红界址坐红绿化消栓箱柜桩承台箍吊"
    "圖號稱專業設計審核校對製繪層樓門牆樑頂樣詳見說建築結構風線標總鋼筋體衛廚廳電陽雨車庫機調強關淋給閥東寬長節點錄區紅綠樁"
)

# whole words, for texts of two or three characters
_WORDS = (
    "结构 建筑 钢筋 标高 门窗 墙体 楼梯 轴线 大样 平面 立面 剖面 "
    "详图 说明 基础 屋面 楼板 梁板 柱子 混凝 给水 排水 消防 喷淋 "
    "照明 插座 配电 风管 空调 暖通 电气 图号 图名 比例 日期 设计 "
    "审核 校对 制图 尺寸 厨房 卫生 阳台 客厅 卧室 走道 走廊 车库 "
    "地下 机房 道路 红线 結構 建築 鋼筋 標高 門窗 牆體 樓梯 軸線 "
    "大樣 立面 剖面 詳圖 說明 基礎 屋面 樓板 給水 排水 消防 照明 "
    "電氣 圖號 圖名 設計 審核 校對 廚房 陽臺 客廳 臥室 走廊 車庫 "
    "地下 機房"
)
WORDS = tuple(_WORDS.split())


# the hundred family names that most people have, and words of title blocks and styles without a character of the above
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱"
    "夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_ORDINARY = (
    "宋体", "黑体", "仿宋", "楷体", "标准", "默认", "文字", "标注", "甲方", "乙方", "业主", "监理", "公司", "单位",
    "工程", "项目", "阶段", "方案", "签名", "签字", "会签", "盖章",
)  # fmt: skip


def familiar(text: str) -> bool:
    """Return whether a simplified text is a name or a word that needs no others around it to be believed."""
    chinese = "".join(char for char in text if char > "\x7f")
    named = 2 <= len(chinese) <= 4 and chinese[0] in _SURNAMES
    return named or any(word in text for word in _ORDINARY)


def worded(text: str) -> bool:
    """Return whether a word that stands on drawings is in a text."""
    return any(word in text for word in WORDS)


def drawn(text: str) -> int:
    """Return how many characters of a text are of words that stand on drawings."""
    return sum(char in DRAWN for char in text)


def _plane(leads: range, trails: range, encoding: str) -> np.ndarray:
    """Return the codes (k,) uint16 of the characters of a stretch of a two-byte encoding."""
    pairs = np.empty((len(leads), len(trails), 2), np.uint8)
    pairs[..., 0], pairs[..., 1] = np.array(leads)[:, None], np.array(trails)
    return np.frombuffer(pairs.tobytes().decode(encoding, "ignore").encode("utf-16-le"), np.uint16)


@lru_cache(maxsize=1)
def _weights() -> np.ndarray:
    """Return the weight of each character of the basic plane, (65536,) float32."""
    weight = np.zeros(0x10000, np.float32)
    weight[0x80:0xA0] = GARBLED
    weight[0xA0:0x250] = CROWDED_LETTER  # letters with accents; see `plausibility` for those standing alone
    weight[0x370:0x530] = FOREIGN  # Greek, Cyrillic
    weight[0x2000:0x2C00] = SYMBOL  # dashes, Roman numerals, arrows, mathematical and drawn signs
    weight[0x3000:0x3040] = SYMBOL
    weight[0x3040:0x3100] = FOREIGN  # kana
    weight[0x3200:0x3400] = SYMBOL  # squared units
    weight[0x3400:0xA000] = RARE
    weight[0xAC00:0xD7A4] = HANGUL
    weight[0xD800:0xF900] = GARBLED  # surrogates, private use
    weight[0xF900:0xFB00] = RARE
    weight[0xFB00:0xFF00] = GARBLED
    weight[0xFF00:0xFF60] = SYMBOL  # full-width forms
    weight[0xFF60:0xFFE0] = RARE  # half-width kana
    weight[0xFFF0:] = GARBLED
    trail, big5_trail = range(0xA1, 0xFF), (range(0x40, 0x7F), range(0xA1, 0xFF))
    common = [_plane(range(0xB0, 0xD8), trail, "gbk")]  # GB 2312 is a part of it
    common += [_plane(range(0xA4, 0xC7), trails, "cp950") for trails in big5_trail]
    codes = np.concatenate(common)
    weight[codes[(codes >= 0x4E00) & (codes <= 0x9FFF)]] = COMMON
    for char in "°±²³·×÷Ø§µ":
        weight[ord(char)] = SYMBOL
    return weight


def plausibility(text: str) -> float:
    """Return how likely a text is, by its characters outside ASCII; 1 for pure ASCII."""
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    high = code >= 0x80
    if not high.any():
        return 1.0
    basic = np.minimum(code, 0xFFFF)
    weight = np.where(code > 0xFFFF, RARE, _weights()[basic])
    latin = (code >= 0xC0) & (code < 0x250)
    crowded = np.zeros(len(code), bool)
    crowded[1:] |= high[:-1]
    crowded[:-1] |= high[1:]
    weight = np.where(latin & ~crowded, ISOLATED_LETTER, weight)
    strange = 1.5 * len(_ALONE.findall(text)) + 0.85 * len(_ALONE_CAPITAL.findall(text))
    return float((weight[high].sum() - strange) / high.sum())
