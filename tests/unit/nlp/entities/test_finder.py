"""Entities in whole utterances: by rule, by name, and together with a model's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import Term
from nlp.entities.book import EMPTY_BOOK, EntityBook, kind_of
from nlp.entities.finder import find_entities, merged
from nlp.entities.pattern import pattern
from nlp.labels import ENTITIES, codes
from nlp.understanding.model import FoundEntity

BOOK = EntityBook.of_terms(tuple(Term(name, "playbook") for name in ("畅享套餐", "夜间流量包", "副卡", "违约金")))


def found_in(text: str, book: EntityBook = EMPTY_BOOK) -> list[tuple[str, str]]:
    return [(entity.label, text[entity.start : entity.end]) for entity in find_entities(text, book)]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("我手机是幺三八零零零零一二三四", [("phone_number", "幺三八零零零零一二三四")]),
        ("幺三八，零零零零，一二三四", [("phone_number", "幺三八，零零零零，一二三四")]),
        ("电话幺三八，幺三八零零零零一二三四", [("phone_number", "幺三八零零零零一二三四")]),
        ("充到尾号四五八八了", [("number_tail", "四五八八")]),
        ("储蓄卡尾号零零五九", [("bank_card", "零零五九")]),
        ("身份证后四位是零零三叉", [("id_tail", "零零三叉")]),
        ("一一零一零五一九四九一二三一零零二叉", [("id_number", "一一零一零五一九四九一二三一零零二叉")]),
        ("卡号四一一一一一一一一一一一一一一一", [("bank_card", "四一一一一一一一一一一一一一一一")]),
        ("验证码是六六八九零一", [("passcode", "六六八九零一")]),
        ("工单八八二幺到哪了", [("order_no", "八八二幺")]),
        ("您好，工号三二幺七为您服务", [("agent_id", "三二幺七")]),
        ("一共一百三十八块五", [("amount", "一百三十八块五")]),
        ("三块一个月", [("amount", "三块")]),
        ("流量剩五百兆", [("data_volume", "五百兆")]),
        ("我装的五百兆宽带", [("bandwidth", "五百兆")]),
        ("给五十九六十个G", [("amount", "五十九"), ("data_volume", "六十个G")]),
        ("送三百分钟通话", [("minutes", "三百分钟")]),
        ("外加一百条短信", [("sms_count", "一百条")]),
        ("给您打八五折", [("discount", "八五折")]),
        ("合约两年", [("contract_term", "两年")]),
        ("等了三天了", [("duration", "三天")]),
        ("我打了四遍", [("count", "四遍")]),
        ("三月八号开的", [("date", "三月八号")]),
        ("下周三来装", [("date", "下周三")]),
        ("明天下午三点半上门", [("time", "明天下午三点半")]),
        ("我五点半要出门", [("time", "五点半")]),
        ("上个月的账单", [("period", "上个月")]),
        ("二十四小时内回电", [("deadline", "二十四小时内")]),
        ("明天下班前给您答复", [("deadline", "明天下班前")]),
        ("我要投诉到工信部", [("regulator", "工信部")]),
        ("去泰国怎么开", [("region", "泰国")]),
        ("用支付宝交的", [("payment", "支付宝")]),
        ("我这苹果十五", [("device", "苹果十五")]),
        ("我姓李，", [("person", "李")]),
        ("地址是人民路十二号三单元", [("address", "人民路十二号三单元")]),
        ("给我降一档", [("plan_direction", "降一档")]),
        ("换成三十九的", [("plan", "三十九的")]),
        ("十九元的孝心卡挺合适", [("plan", "十九元的孝心卡")]),
        ("改成八元保号套餐", [("plan", "八元保号套餐")]),
        ("加个十元流量包", [("product", "十元流量包")]),
        ("加个五个G的加油包", [("data_volume", "五个G"), ("product", "加油包")]),
        ("把视频会员和副卡退了", [("product", "视频会员"), ("product", "副卡")]),
        ("三十五一天也太贵了", [("amount", "三十五")]),
        ("里头含一百五十八", [("amount", "一百五十八")]),
        ("昨天下午停的电", [("time", "昨天下午")]),
        ("下午三点到五点", [("time", "下午三点到五点")]),
        ("今晚来得及吗", [("time", "今晚")]),
        ("明年六月到期", [("period", "明年六月")]),
        ("首月免费，第二天就扣", [("period", "首月"), ("date", "第二天")]),
        ("最近三个月的账单", [("period", "最近三个月")]),
        ("还要五个工作日", [("duration", "五个工作日")]),
        ("五个工作日内答复", [("deadline", "五个工作日内")]),
        ("光猫一直转圈", [("indicator", "转圈")]),
        ("你发短信给我", [("channel", "短信")]),
        ("单号幺零零二三，三四四，零九", [("order_no", "幺零零二三，三四四，零九")]),
    ],
)
def test_entities_are_found_where_they_stand(text: str, entities: list[tuple[str, str]]) -> None:
    assert found_in(text) == entities


@pytest.mark.parametrize(
    ("previous", "text", "entities"),
    [
        ("请报一下身份证后四位", "零零幺二", [("id_tail", "零零幺二")]),
        ("请问银行卡的后四位是多少", "尾号八八六一", [("bank_card", "八八六一")]),
        ("收到的验证码念给我", "六六八，零一三", [("passcode", "六六八，零一三")]),
        ("工单号您还记得吗", "三三零零二七", [("order_no", "三三零零二七")]),
        ("副卡的尾号是多少", "四四零八", [("number_tail", "四四零八")]),
        ("请报卡尾号和身份证后四位", "四四零八", []),
        ("还有别的事吗", "四四零八", []),
    ],
)
def test_digits_alone_are_what_was_asked_for(previous: str, text: str, entities: list[tuple[str, str]]) -> None:
    found = find_entities(text, EMPTY_BOOK, previous)
    assert [(entity.label, text[entity.start : entity.end]) for entity in found] == entities


@pytest.mark.parametrize(
    "text",
    [
        "",
        "还剩几个G啊",
        "几点上门",
        "快一点",
        "一分钱都不给",
        "我手机支持五G吗",
        "四G网慢",
        "移动网络断了",
        "谢谢师傅",
        "三点建议",
        "小一号的",
        "二零四五",
        "前面说过",
        "一天到晚打电话",
        "下午好请讲",
        "打过一次",
        "推销短信真烦",
        "我们移动网络",
    ],
)
def test_what_only_looks_like_an_entity_is_none(text: str) -> None:
    assert found_in(text) == []


def test_names_of_a_playbook_are_found_as_written_and_where_they_sound_the_same() -> None:
    assert found_in("我要畅享套餐", BOOK) == [("plan", "畅享套餐")]
    assert found_in("我要唱响套餐", BOOK) == [("plan", "唱响套餐")]
    assert found_in("办个夜间流量包", BOOK) == [("product", "夜间流量包")]


def test_names_of_what_cannot_be_ordered_do_not_count() -> None:
    assert found_in("违约金怎么算", BOOK) == []
    assert [kind_of(name) for name in ("校园卡", "年卡", "来电显示", "携号转网")] == [
        "plan",
        "product",
        "product",
        None,
    ]
    assert not EntityBook.of_terms((Term("违约金", "playbook"),)).openings


def test_rules_win_over_the_model_where_the_form_is_certain() -> None:
    rule = FoundEntity("phone_number", 0, 11, 0.97)
    model = FoundEntity("number_tail", 7, 11, 0.99)
    assert merged("一三八零零零零一二三四", [rule], [model]) == [rule]


def test_the_model_wins_elsewhere() -> None:
    rule = FoundEntity("period", 0, 3, 0.7)
    model = FoundEntity("date", 0, 3, 0.6)
    assert merged("上个月", [rule], [model]) == [model]


def test_a_likely_rule_counts_where_the_model_found_nothing() -> None:
    likely, unlikely = FoundEntity("duration", 0, 3, 0.7), FoundEntity("plan_direction", 4, 5, 0.4)
    assert merged("等半年，升", [likely, unlikely], []) == [likely]


def test_a_name_that_the_model_found_stays_whole() -> None:
    amount = FoundEntity("amount", 0, 2, 0.95)
    plan = FoundEntity("plan", 0, 6, 0.9)
    assert merged("八元保号套餐", [amount], [plan]) == [plan]


def test_pieces_of_words_that_the_model_found_do_not_count() -> None:
    text = "微信里没钱了一个月"
    whole = FoundEntity("payment", 0, 2, 0.6)
    assert merged(text, [whole], [FoundEntity("payment", 0, 1, 0.9)]) == [whole]
    assert merged(text, [], [FoundEntity("channel", 2, 3, 0.9), FoundEntity("duration", 4, 6, 0.9)]) == []
    assert merged("姓李", [], [FoundEntity("person", 1, 2, 0.9)]) == [FoundEntity("person", 1, 2, 0.9)]


def test_of_the_models_own_overlaps_the_surer_one_counts() -> None:
    sure, unsure = FoundEntity("date", 2, 4, 0.9), FoundEntity("time", 0, 3, 0.5)
    assert merged("八月十号", [], [unsure, sure]) == [sure]


@given(st.text(max_size=80))
def test_any_text_gives_entities_in_order_without_overlap(text: str) -> None:
    check_order(text, find_entities(text, BOOK))


@given(
    st.text(
        alphabet="零一二两三八九十百千万几半点个块毛元G兆年月号天周上下前内折期第次分钟尾号码卡路栋，呃x1:", max_size=60
    )
)
def test_texts_full_of_numbers_give_entities_in_order_without_overlap(text: str) -> None:
    check_order(text, find_entities(text, BOOK))


def check_order(text: str, found: list[FoundEntity]) -> None:
    ends = [0]
    for entity in found:
        assert ends[-1] <= entity.start < entity.end <= len(text)
        assert entity.label in codes(ENTITIES)
        assert 0 < entity.score <= 1
        ends.append(entity.end)


@pytest.mark.parametrize(
    "piece", ["零", "一百", "幺三八，", "三十九块五", "下个月三号", "路", "😀", "苹果", "十", "呃，"]
)
def test_a_very_long_text_is_no_trouble(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    check_order(text, find_entities(text, BOOK))


def test_a_pattern_looks_at_what_stands_around_it() -> None:
    rule = pattern("amount", "五十", 0.9, before="充", after="了|$")
    assert [(entity.start, entity.end) for entity in rule.find("充五十了")] == [(1, 3)]
    assert list(rule.find("充五十兆")) == []
    assert list(rule.find("给五十了")) == []
