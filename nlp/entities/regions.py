"""Countries, provinces and cities as callers name them: ISO 3166 codes, and M49 numbers of continents.

A city follows the code of its country or province: TH/曼谷, CN-GD/深圳. Hong Kong, Macao and Taiwan have their own
codes, as they are roaming regions with their own prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COUNTRIES = (
    "中国 CN 香港 HK 澳门 MO 台湾 TW 日本 JP 韩国 KR 朝鲜 KP 蒙古 MN 泰国 TH 越南 VN 老挝 LA 柬埔寨 KH 缅甸 MM 新加坡"
    " SG 马来西亚 MY 马来 MY"
    " 印尼 ID 印度尼西亚 ID 菲律宾 PH 文莱 BN 印度 IN 尼泊尔 NP 斯里兰卡 LK 巴基斯坦 PK 孟加拉 BD 马尔代夫 MV 阿联酋"
    " AE 沙特 SA 卡塔尔 QA 伊朗 IR"
    " 以色列 IL 土耳其 TR 哈萨克斯坦 KZ 乌兹别克斯坦 UZ 俄罗斯 RU 乌克兰 UA 白俄罗斯 BY 英国 GB 法国 FR 德国 DE"
    " 意大利 IT 西班牙 ES 葡萄牙 PT"
    " 荷兰 NL 比利时 BE 瑞士 CH 奥地利 AT 希腊 GR 波兰 PL 捷克 CZ 匈牙利 HU 瑞典 SE 挪威 NO 丹麦 DK 芬兰 FI 冰岛 IS"
    " 爱尔兰 IE 美国 US 加拿大 CA"
    " 墨西哥 MX 巴西 BR 阿根廷 AR 智利 CL 秘鲁 PE 古巴 CU 澳大利亚 AU 澳洲 AU 新西兰 NZ 斐济 FJ 塞班 MP 关岛 GU 埃及"
    " EG 摩洛哥 MA 南非 ZA"
    " 肯尼亚 KE 尼日利亚 NG 埃塞俄比亚 ET 坦桑尼亚 TZ 赞比亚 ZM 安哥拉 AO 阿尔及利亚 DZ 毛里求斯 MU"
    " 欧洲 150 非洲 002 亚洲 142 东南亚 035 北美 021 南美 005 大洋洲 009 中东 145 港澳台 HK-MO-TW 新马泰 SG-MY-TH"
)
_PROVINCES = (
    "北京 BJ 天津 TJ 上海 SH 重庆 CQ 河北 HE 山西 SX 内蒙古 NM 内蒙 NM 辽宁 LN 吉林 JL 黑龙江 HL 江苏 JS 浙江 ZJ 安徽"
    " AH 福建 FJ 江西 JX 山东 SD"
    " 河南 HA 湖北 HB 湖南 HN 广东 GD 广西 GX 海南 HI 四川 SC 贵州 GZ 云南 YN 西藏 XZ 陕西 SN 甘肃 GS 青海 QH 宁夏 NX"
    " 新疆 XJ"
)
_CITIES_ABROAD = {
    "JP": "东京 大阪 京都 北海道 冲绳 名古屋",
    "KR": "首尔 釜山 济州岛 济州",
    "TH": "曼谷 普吉岛 普吉 清迈 芭提雅",
    "ID": "巴厘岛 雅加达",
    "MY": "吉隆坡 沙巴",
    "VN": "河内 岘港 芽庄 胡志明",
    "KH": "金边 西港",
    "AE": "迪拜 阿布扎比",
    "GB": "伦敦 曼彻斯特",
    "FR": "巴黎",
    "DE": "柏林 慕尼黑 法兰克福",
    "IT": "罗马 米兰",
    "RU": "莫斯科 海参崴",
    "US": "纽约 洛杉矶 旧金山 夏威夷",
    "CA": "多伦多 温哥华",
    "AU": "悉尼 墨尔本",
    "TW": "台北 高雄",
}
_CITIES = {
    "HE": "石家庄 唐山 保定 廊坊 秦皇岛",
    "SX": "太原 大同",
    "NM": "呼和浩特 包头 满洲里",
    "LN": "沈阳 大连 鞍山 铁岭",
    "JL": "长春",
    "HL": "哈尔滨 齐齐哈尔 大庆",
    "JS": "南京 苏州 无锡 常州 南通 徐州 扬州",
    "ZJ": "杭州 宁波 温州 嘉兴 绍兴 金华 义乌 台州",
    "AH": "合肥 芜湖",
    "FJ": "福州 厦门 泉州",
    "JX": "南昌 赣州",
    "SD": "济南 青岛 烟台 潍坊 临沂 威海",
    "HA": "郑州 洛阳 开封 南阳",
    "HB": "武汉 宜昌 襄阳",
    "HN": "长沙 株洲 湘潭 衡阳 岳阳 湘西",
    "GD": "广州 深圳 东莞 佛山 珠海 中山 惠州 汕头 湛江",
    "GX": "南宁 桂林 柳州 北海",
    "HI": "海口 三亚",
    "SC": "成都 绵阳 乐山",
    "GZ": "贵阳 遵义",
    "YN": "昆明 大理 丽江",
    "XZ": "拉萨",
    "SN": "西安 咸阳 延安",
    "GS": "兰州 敦煌",
    "QH": "西宁",
    "NX": "银川",
    "XJ": "乌鲁木齐 喀什",
}


def _paired(listed: str) -> dict[str, str]:
    words = listed.split()
    return dict(zip(words[::2], words[1::2], strict=True))


REGIONS: Mapping[str, str] = MappingProxyType(
    {
        **{city: f"{code}/{city}" for code, listed in _CITIES_ABROAD.items() for city in listed.split()},
        **{city: f"CN-{code}/{city}" for code, listed in _CITIES.items() for city in listed.split()},
        **{name: f"CN-{code}" for name, code in _paired(_PROVINCES).items()},
        **_paired(_COUNTRIES),
    }
)
"""Name, code."""
