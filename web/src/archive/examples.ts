/** What one can write, each with what it finds: the examples are a question each. */
export const EXAMPLES = [
  ["宽带 投诉", "words"],
  ['"不需要了"', "phrase"],
  ["宽带 -套餐", "without"],
  ["客户说:投诉 坐席说:抱歉", "party"],
  ["flag:* severity:critical", "flag"],
  ["intent:port_out emotion:angry", "intent"],
  ["reaction:refused sold:no", "offer"],
  ["silence>30s silence>=20%", "silence"],
  ["duration:1m..5m overtalk>2s", "length"],
  ["date:7d agent:8001", "who"],
] as const;
