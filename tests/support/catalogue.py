"""A small hotline with something to sell."""

from __future__ import annotations

from assist.playbook import Known, Playbook, parse_playbook
from tests.support.dialogue import Dialogue

SELLING = """
selling:
  only_while: {solved: true}
  said: {phrase: 推荐}
  min_gap_ms: 30000
  needs:
    - {id: data, title: 流量不够, request: true, early: true, phrase: 流量不够}
    - {id: family, title: 家人用号, phrase: 给我爸妈}
    - {id: old, title: 手机旧了, tag: old-handset}
  reactions:
    refused: {phrase: 不需要}
    agreed: {phrase: 就办这个}
    interested: {phrase: 介绍一下}
    price: {early: true, phrase: 太贵}
    confused: {phrase: 没听懂}
    worried: {phrase: 担心}
    hesitant: {early: true, phrase: 再想想}
    contract: {title: 问合约, phrase: 合约多久}
"""
OFFERS = """
offers:
  - id: pack-10g
    title: 10G流量包
    product: data-pack
    price: {amount: 10, per: month}
    needs: {data: 3}
    wordings: [{id: plain, text: 十块钱十个G}]
    objections: {hesitant: 先用一个月}
  - id: pack-30g
    title: 30G流量包
    product: data-pack
    price: {amount: 20, per: month}
    needs: {data: 3}
    propensity: {base: 1, add: [{points: 2, tag: heavy}]}
    cheaper: pack-10g
    selling_points: [便宜, 马上生效]
    objections: {worried: 随时可以退, contract: 没有合约}
    terms: [每月二十元]
    wordings:
      - {id: plain, text: 二十块钱三十个G}
      - {id: brief, mode: expert, text: 三十G}
      - {id: close, reaction: hesitant, text: 先帮您加上}
  - id: pack-100g
    title: 100G流量包
    product: data-pack
    needs: {data: 9}
    eligible: {fact: {path: customer.dou, min: 50}}
    wordings: [{id: plain, text: 一百个G}]
  - id: family-plan
    title: 家庭套餐
    product: plan
    needs: {family: 3}
    excluded: {fact: {path: customer.plan, is: 家庭套餐}}
    wordings: [{id: plain, text: 一家人一起用}]
  - id: handset
    title: 老客户购机
    product: handset
    needs: {old: 1}
    wordings: [{id: plain, text: 手机直降}]
"""
TAGS = """
tags:
  - {id: heavy, title: 流量大户, fact: {path: customer.dou, min: 20}}
  - {id: old-handset, title: 手机超两年, fact: {path: customer.handset_months, min: 24}}
  - {id: protected, title: 请勿营销, tone: care, fact: {path: customer.opted_out, is: 是}}
"""
RULES = """
rules:
  - {id: upset, party: customer, phrase: 投诉, set: {upset: true}}
  - {id: calmed, party: customer, phrase: 谢谢, set: {upset: false, solved: true}}
  - {id: raised, party: customer, phrase: 又坏了, set: {solved: false}}
  - id: generic-price
    party: customer
    phrase: 太贵
    fact: {path: call.offer, known: false}
    because: 嫌贵
    emit: {prompt: {kind: say, title: 算账, body: 我帮您算一下}}
"""
ETIQUETTE = """
etiquette:
  no_selling_while: {upset: true}
  never_to: [protected]
  because: 客户不满
  min_gap_ms: 0
  modes: {expert: {kinds: [offer, close], brief: true}}
"""


def shop(
    *, selling: str = SELLING, offers: str = OFFERS, etiquette: str = ETIQUETTE, rules: str = RULES, more: str = ""
) -> Playbook:
    """The hotline, with other parts where a test wants them."""
    return parse_playbook(
        f"name: shop\nversion: 1\ntitle: 试\n{more}{etiquette}{TAGS}{selling}{offers}{rules}", "s.yaml"
    )


def call(playbook: Playbook, **known: str) -> Dialogue:
    """A call in which this is known of the customer from the start; ``agent_mode`` is the agent's."""
    facts = {path.replace("_", ".", 1): value for path, value in known.items()}
    return Dialogue(playbook).fact(0, Known(facts)) if facts else Dialogue(playbook)
