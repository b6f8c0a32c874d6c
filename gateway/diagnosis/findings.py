"""What can be found wrong with the connection of a phone platform: stable codes, and sentences in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

State = Literal["ok", "warn", "fail"]
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a code means: what was found, and what to do; ``{name}`` stands for a value of the finding."""

    found: str
    remedy: str = ""
    """Empty when all is well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, good or bad."""

    platform: str
    code: str
    state: State
    values: Mapping[str, str] = field(default_factory=dict[str, str])

    def told(self, language: Language) -> Words:
        """In words; what to do names the platform's page."""
        words = TEXTS[self.code][language]
        values = {"platform": self.platform, "PLATFORM": self.platform.upper()} | dict(self.values)
        remedy = words.remedy.format_map(values)
        page = f" (docs/connect/{PAGES.get(self.platform, self.platform)}.md)" if remedy else ""
        return Words(words.found.format_map(values), remedy + page)


def _words(en: str, zh: str, remedy_en: str = "", remedy_zh: str = "") -> Mapping[Language, Words]:
    return {"en": Words(en, remedy_en), "zh": Words(zh, remedy_zh)}


PAGES: Final[Mapping[str, str]] = {
    "audio_fork": "drachtio",
    "audio_stream": "freeswitch",
    "audiosocket": "asterisk-audiosocket",
    "chan_websocket": "asterisk-websocket",
}
"""Of docs/connect, where a page has another name than the door."""

PARTIES_ZH: Final[Mapping[str, str]] = {"agent": "坐席", "customer": "客户", "mixed": "混音"}

TEXTS: Final[Mapping[str, Mapping[Language, Words]]] = {
    # the settings
    "door-off": _words(
        "the door is switched off",
        "入口已关闭",
        "Set LIVECUE_SOURCES__{PLATFORM}__ENABLED=true and restart.",
        "设置 LIVECUE_SOURCES__{PLATFORM}__ENABLED=true 后重启。",
    ),
    "secret-missing": _words(
        "the secret that the platform signs with is not set, so the door is not there",
        "没有设置平台签名所用的密钥,入口未开放",
        "Set it (LIVECUE_SOURCES__{PLATFORM}__…) and restart.",
        "设置密钥(LIVECUE_SOURCES__{PLATFORM}__…)后重启。",
    ),
    "unsigned": _words(
        "the door lets everybody in",
        "入口对任何人开放",
        "Take LIVECUE_SOURCES__{PLATFORM}__UNSIGNED away: it is for development.",
        "去掉 LIVECUE_SOURCES__{PLATFORM}__UNSIGNED:它只用于开发。",
    ),
    "key-missing": _words(
        "no API key to come in with, and to look at calls with",
        "没有 API 密钥,无法接入,也无法查看通话",
        "Give --key or LIVECUE_API_KEY; best the key that the platform presents.",
        "用 --key 或 LIVECUE_API_KEY 给出密钥,最好是平台所用的那一个。",
    ),
    # the address
    "address-local": _words(
        "{url} can be reached from this machine alone",
        "{url} 只有本机能访问",
        "Give --url, the address that the platform is told.",
        "用 --url 给出平台所用的地址。",
    ),
    "not-tls": _words(
        "{url} is not encrypted",
        "{url} 没有加密",
        "Put TLS before Livecue and give the platform a wss:// address.",
        "在 Livecue 之前配置 TLS,并把 wss:// 地址交给平台。",
    ),
    "port-not-443": _words(
        "{url} has port {port}; the platform connects to 443 only",
        "{url} 的端口是 {port},平台只连接 443",
        "Publish the door on port 443.",
        "在 443 端口开放入口。",
    ),
    "public-url-unset": _words(
        "signatures cover the public address, and LIVECUE_PUBLIC_URL is not set",
        "签名包含公网地址,而 LIVECUE_PUBLIC_URL 没有设置",
        "Set LIVECUE_PUBLIC_URL to scheme, host and port of {url}.",
        "把 LIVECUE_PUBLIC_URL 设为 {url} 的协议、主机与端口。",
    ),
    "public-url-differs": _words(
        "LIVECUE_PUBLIC_URL is {public_url}, and the platform is told {url}: signatures will not fit",
        "LIVECUE_PUBLIC_URL 是 {public_url},平台用的是 {url}:签名不会相符",
        "Make them the same.",
        "使两者一致。",
    ),
    # the answer
    "unreachable": _words(
        "{url} does not answer: {reason}",
        "{url} 没有应答:{reason}",
        "Is `livecue serve` running, and do firewall and proxy let the platform through?",
        "`livecue serve` 是否在运行?防火墙和代理是否放行?",
    ),
    "tls-broken": _words(
        "the certificate of {url} is not accepted: {reason}",
        "{url} 的证书不被接受:{reason}",
        "Use a certificate of a public authority and serve its whole chain.",
        "使用公共机构签发的证书,并提供完整的证书链。",
    ),
    "door-missing": _words(
        "status 404: nothing is at {url}",
        "状态 404:{url} 处没有入口",
        "Compare the path; does the proxy hand it on unchanged, and is the door switched on there?",
        "核对路径:代理是否原样转发?该服务的入口是否打开?",
    ),
    "no-upgrade": _words(
        "status {status} in place of the websocket upgrade",
        "没有升级为 websocket,返回状态 {status}",
        "Let the proxy hand on Upgrade and Connection (HTTP/1.1).",
        "让代理转发 Upgrade 与 Connection(HTTP/1.1)。",
    ),
    "refused": _words(
        "status {status}: what this command proves is not accepted, or the door is not there",
        "状态 {status}:本命令出示的凭据不被接受,或入口不存在",
        "Compare the secret or key, and LIVECUE_PUBLIC_URL with the address that the platform is told; then the path.",
        "核对密钥,以及 LIVECUE_PUBLIC_URL 与平台所用的地址;再核对路径。",
    ),
    "key-refused": _words(
        "the API key is not accepted",
        "API 密钥不被接受",
        "Make one with `livecue keys add` and give it to the platform.",
        "用 `livecue keys add` 新建密钥并交给平台。",
    ),
    "signature-refused": _words(
        "the platform's probe, signed with the first of the keys, is refused",
        "按第一个密钥签名的平台探测被拒绝",
        "The service's log says why: another secret there, a clock, or a proxy that changes Host or path.",
        "服务日志说明原因:密钥不同、时钟不准,或代理改动了 Host 或路径。",
    ),
    "refuses-strangers": _words(
        "the door answers in {ms} ms and refuses what does not prove itself",
        "入口在 {ms} 毫秒内应答,并拒绝没有凭据的连接",
    ),
    "answers": _words("the door answers in {ms} ms", "入口在 {ms} 毫秒内应答"),
    "answers-late": _words(
        "the door answers in {ms} ms; platforms wait a few seconds at most",
        "入口 {ms} 毫秒才应答;平台最多等几秒",
        "Look at the load of the machine and at what stands before it; Livecue itself answers before anything else.",
        "检查机器负载及其前面的设备;Livecue 本身总是先应答。",
    ),
    # the newest call
    "record-unseen": _words(
        "calls cannot be looked at: {reason}",
        "无法查看通话记录:{reason}",
        "Give --key or LIVECUE_API_KEY, and the address of the service with --url.",
        "用 --key 或 LIVECUE_API_KEY 给出密钥,用 --url 给出服务地址。",
    ),
    "no-call": _words(
        "no call of this platform is stored",
        "没有该平台的通话记录",
        "Make one call of half a minute in which both parties speak, then run this again.",
        "打一通半分钟、双方都说话的电话,再运行本命令。",
    ),
    "call-fits": _words(
        "call {call}: {length_s} s on {legs}, nothing wrong found",
        "通话 {call}:{legs},{length_s} 秒,没有发现问题",
    ),
    "call-short": _words(
        "call {call} is too short to tell ({length_s} s of sound)",
        "通话 {call} 太短,无法判断(声音 {length_s} 秒)",
        "Make one call of half a minute in which both parties speak, then run this again.",
        "打一通半分钟、双方都说话的电话,再运行本命令。",
    ),
    "leg-missing": _words(
        "call {call}: no sound came from the {party}",
        "通话 {call}:没有收到{party_zh}的声音",
        "Let the platform send both directions.",
        "让平台发送双方的声音。",
    ),
    "leg-silent": _words(
        "call {call}: the {party} is never heard, though sound comes",
        "通话 {call}:收到{party_zh}的声音,但从未听到说话",
        "Look at which leg or channel the platform sends: one-way sound, or the wrong leg.",
        "检查平台发送的是哪条支路或声道:单通,或选错了支路。",
    ),
    "legs-identical": _words(
        "call {call}: both legs carry the same sound",
        "通话 {call}:两条支路的声音相同",
        "Let the platform send the parties apart: not mono as stereo, not the mix on both legs.",
        "让平台分开发送双方:不要把单声道当双声道,也不要在两路上都发混音。",
    ),
    "legs-swapped": _words(
        "call {call}: agent and customer speak on each other's leg",
        "通话 {call}:坐席与客户的支路颠倒",
        "Exchange them with LIVECUE_SOURCES__{PLATFORM}__CHANNELS, or with `channels` in the connection's metadata.",
        "用 LIVECUE_SOURCES__{PLATFORM}__CHANNELS 或连接元数据中的 `channels` 对调。",
    ),
    "wrong-codec": _words(
        "call {call}: the {party}'s leg was read as {codec} and sounds like {likely}",
        "通话 {call}:{party_zh}支路按 {codec} 解码,听起来却是 {likely}",
        "Make the platform send what it declares, or declare what it sends.",
        "使平台发送的编码与所声明的一致。",
    ),
    "clock-slow": _words(
        "call {call}: {sound_s} s of sound in {wall_s} s: {rate_hz} Hz is declared, and half of that is sent",
        "通话 {call}:{wall_s} 秒里只有 {sound_s} 秒声音:声明 {rate_hz} Hz,实际约一半",
        "Declare the rate that is sent (`rate` in the metadata, or the door's setting).",
        "声明实际的采样率(元数据中的 `rate` 或入口的设置)。",
    ),
    "clock-fast": _words(
        "call {call}: {sound_s} s of sound in {wall_s} s: {rate_hz} Hz is declared, and twice that is sent",
        "通话 {call}:{wall_s} 秒里有 {sound_s} 秒声音:声明 {rate_hz} Hz,实际约两倍",
        "Declare the rate that is sent (`rate` in the metadata, or the door's setting), and count the channels.",
        "声明实际的采样率(元数据中的 `rate` 或入口的设置),并核对声道数。",
    ),
    "clock-drift": _words(
        "call {call}: its sound runs {drift} away from the time at which it came",
        "通话 {call}:声音与到达时间相差 {drift}",
        "Look for sound that the platform leaves out in silence, or sends twice.",
        "检查平台是否在静音时不发送声音,或重复发送。",
    ),
    "losses": _words(
        "call {call}: {percent} % of the {party}'s sound is missing ({gaps} gaps)",
        "通话 {call}:{party_zh}的声音缺失 {percent} %({gaps} 处)",
        "Look at the network between platform and Livecue, and at the load of both.",
        "检查平台与 Livecue 之间的网络及两端负载。",
    ),
    "stalls": _words(
        "call {call}: the {party}'s sound stopped {gaps} times, {lost_s} s in all",
        "通话 {call}:{party_zh}的声音中断 {gaps} 次,共 {lost_s} 秒",
        "Hold and mute do this, and so do congestion and silence suppression: switch the last off.",
        "保持和静音会这样,拥塞和静音抑制也会:请关闭静音抑制。",
    ),
    "broken-off": _words(
        "call {call} broke off: the connection was lost and did not come back",
        "通话 {call} 中断:连接断开后没有恢复",
        "Look at timeouts of proxies and at the platform's own log.",
        "检查代理的超时设置和平台自己的日志。",
    ),
}
"""Every code; documented in docs/connect/doctor.md (tested)."""
