"""Word lists of the code names: what nobody may be called, and what a person may simply accept.

A *word* counts where it stands alone, between marks, spaces or digits; a *fragment* counts anywhere. Both are compared
by skeleton, so that no list needs the spellings with zeros and Cyrillic letters. The lists are short on purpose: they
stop impersonation of the house and the plainest abuse; the rest is for people to report.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


RESERVED_WORDS = _words(
    "abuse admin administrator anonymous deleted everyone help helpdesk hostmaster idp info mod moderator nobody null "
    "official operator owner police postmaster registrar root security service staff support sysadmin system "
    "undefined verified verify webmaster yufu"
)
RESERVED_FRAGMENTS = _words(
    "管理员 管理員 管理者 官方 客服 系统 系統 版主 站长 站長 公安 警察 警方 网警 国家 政府 鱼符 魚符 实名 已认证 "
    "已注销 匿名用户 관리자 운영자 管理人 運営"
)

ABUSIVE_WORDS = _words("bitch cunt faggot hitler nazi nigger rape rapist shit slut whore")
ABUSIVE_FRAGMENTS = _words("fuck 傻逼 傻屄 操你 他妈的 你妈的 去死 强奸 贱人 婊子 狗日的 希特勒 纳粹 시발 씨발")

ENGLISH_ADJECTIVES = _words(
    "Amber Autumn Bold Brave Bright Calm Candid Cheerful Clever Cosy Curious Eager Early Fair Fleet Gentle Glad "
    "Golden Happy Honest Humble Jolly Kind Lively Lucky Mellow Merry Misty Noble Patient Polite Quick Quiet Silver "
    "Steady Sunny Tidy Warm Wise Witty"
)
ENGLISH_ANIMALS = _words(
    "Badger Beaver Bison Crane Cricket Cygnet Dolphin Dove Falcon Finch Fox Gecko Gibbon Hare Hedgehog Heron Ibis "
    "Ibex Kestrel Koala Lark Lynx Magpie Marten Otter Owl Panda Pelican Plover Puffin Quail Robin Sparrow Squirrel "
    "Starling Swallow Swift Tapir Thrush Wren"
)

CHINESE_ADJECTIVES = _words(
    "安静 坦率 乐观 勤快 从容 快乐 机灵 温和 热心 爽朗 勇敢 耐心 谦虚 善良 聪明 好奇 细心 沉稳 幽默 开朗 可靠 清澈 "
    "自在 悠闲 灵巧 淡定 真诚 朴素 明亮 活泼 优雅 专注 轻快 友善 坚定 早起 爱笑 健谈 好客 闲适"
)
CHINESE_ANIMALS = _words(
    "白鹭 云雀 锦鲤 松鼠 熊猫 海豚 燕子 鹦鹉 刺猬 水獭 麋鹿 羚羊 骆驼 考拉 企鹅 鸳鸯 喜鹊 画眉 黄鹂 仙鹤 天鹅 猎豹 "
    "雪豹 小鹿 海龟 海豹 河狸 斑马 犀牛 蜻蜓 蟋蟀 知了 蜗牛 山雀 戴胜 翠鸟 杜鹃 鸿雁 蓝鲸 猫头鹰"
)
