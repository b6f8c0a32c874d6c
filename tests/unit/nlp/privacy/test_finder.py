"""Private words in turns, answers and numbers that go over several turns."""

from __future__ import annotations

import pytest

from assist.messages import Party, PrivateSpan
from nlp.privacy import RuleRedactor


def heard(*turns: str) -> list[list[tuple[str, str]]]:
    """Kinds and words found in each turn ("a: …" or "c: …") once all are said."""
    call = RuleRedactor().open_call()
    texts = [turn[2:].strip() for turn in turns]
    parties: dict[str, Party] = {"a": "agent", "c": "customer"}
    found: dict[str, tuple[PrivateSpan, ...]] = {}
    for place, turn in enumerate(turns):
        found |= call.hear(str(place), parties[turn[0]], texts[place])
    return [[(span.kind, text[span.start : span.end]) for span in found[str(at)]] for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("我的号码是一三八零零零零一二三四，帮我查话费", "phone_number", "一三八零零零零一二三四"),
        ("打13800001234找我", "phone_number", "13800001234"),
        ("号码幺三九，洞洞洞洞，四五六七", "phone_number", "幺三九，洞洞洞洞，四五六七"),
        ("是一三五四个零幺幺二二这个", "phone_number", "一三五四个零幺幺二二"),
        ("座机零五七一八零零零六六七七没声音", "phone_number", "零五七一八零零零六六七七"),
        ("身份证是幺幺零零零零幺九八八零六零八九零六叉", "id_number", "幺幺零零零零幺九八八零六零八九零六叉"),
        ("卡号六二零零零零零零三九四三二四零四四五三三", "bank_card", "六二零零零零零零三九四三二四零四四五三三"),
        ("验证码是三八二九零一", "passcode", "三八二九零一"),
        ("wifi密码是abc12345连不上", "passcode", "abc12345"),
        ("邮箱zhang_wei@example.com", "email", "zhang_wei@example.com"),
        ("八八零零六六艾特qq点com", "email", "八八零零六六艾特qq点com"),
        ("车是粤B D一二三四五", "plate", "粤B D一二三四五"),
        ("我叫王小明，打了三次电话", "person", "王小明"),
        ("张先生您稍等", "person", "张"),
        ("我家住在建设路十二号三单元四零二", "address", "建设路十二号三单元四零二"),
    ],
)
def test_private_words_are_found_in_one_turn(text: str, kind: str, words: str) -> None:
    assert (kind, words) in heard(f"c: {text}")[0]


@pytest.mark.parametrize(
    "text",
    [
        "我要办那个一百二十八元的套餐",
        "打一零零八六打不通",
        "订单号是二零二三零八一五零零零一二三四五六七",
        "工号三八零六为您服务",
        "尾号八八六六的那个号",
        "一三年就开始用，扣了一三八零零元",
        "早上八点半到晚上九点都没网",
        "我叫你们退钱，听见没有",
        "请问您的手机号码是多少",
        "我去了人民路营业厅",
        "一二三四五，听得到吗",
    ],
)
def test_numbers_and_words_of_everyday_calls_stay(text: str) -> None:
    assert heard(f"c: {text}") == [[]]


def test_a_number_is_one_though_it_holds_the_digits_of_an_idiom() -> None:
    card = "六二二二零二一二三四五六七八九四"
    assert heard(f"c: 银行卡号{card}") == [[("bank_card", card)]]


def test_number_that_was_asked_for_is_found_part_by_part() -> None:
    assert heard("a: 麻烦您提供一下联系电话", "c: 一三八零零", "a: 嗯", "c: 零零一", "a: 好的", "c: 二三四")[1::2] == [
        [("phone_number", "一三八零零")],
        [("phone_number", "零零一")],
        [("phone_number", "二三四")],
    ]


def test_number_that_nobody_asked_for_is_known_by_its_last_part() -> None:
    assert heard("c: 我说慢一点，一三", "c: 七零零", "c: 零零五五", "c: 八九") == [
        [("phone_number", "一三")],
        [("phone_number", "七零零")],
        [("phone_number", "零零五五")],
        [("phone_number", "八九")],
    ]


def test_what_is_read_back_is_as_private_as_what_was_said() -> None:
    found = heard("c: 身份证一一零零零零一九五七一一一九七零五六", "a: 您是一九五七一一一九对吧", "a: 好，七零五六")
    assert found[1:] == [[("id_number", "一九五七一一一九")], [("id_number", "七零五六")]]


def test_what_is_told_to_be_private_later_was_private_before() -> None:
    assert heard("c: 收到了，是六零四二", "a: 验证码六零四二，好的")[0] == [("passcode", "六零四二")]


def test_misheard_digits_are_found_where_the_check_digit_proves_it() -> None:
    assert heard("c: 一一零零零零一九八二零二零酒九零五六")[0] == [
        ("id_number", "一一零零零零一九八二零二零酒九零五六")
    ]


def test_answer_to_the_question_for_a_name_is_a_name_and_is_known_from_then_on() -> None:
    assert heard("a: 请问机主姓名是", "c: 陈建国", "a: 好的陈建国先生")[1:] == [
        [("person", "陈建国")],
        [("person", "陈建国")],
    ]


def test_name_that_is_known_beforehand_is_found_without_a_cue() -> None:
    call = RuleRedactor().open_call()
    call.learn("person", "慕小白")
    assert [(span.start, span.end) for span in call.find("那慕小白呢")] == [(1, 4)]


def test_digits_at_the_end_of_words_that_go_on_may_be_a_number() -> None:
    call = RuleRedactor().open_call()
    assert call.find("好的，一三八零") == ()
    assert [(span.start, span.end) for span in call.find("好的，一三八零", is_open=True)] == [(3, 7)]


def test_spelt_name_is_one_span() -> None:
    assert ("person", "弓长张") in heard("c: 我叫张伟，弓长张")[0]


@pytest.mark.parametrize(
    "text", ["一，" * 400, "东区" * 400, "三个零嗯" * 200, "花园小区一栋" * 130, "a点" * 400, "1" * 800, "1 " * 400]
)
def test_long_rows_end(text: str) -> None:
    assert heard(f"c: {text}")
