"""Which names a call brings with it."""

from __future__ import annotations

from assist.messages import Agent, Customer, Term
from assist.terms import MAX_CALL_TERMS, terms_of

LEXICON = (Term("畅享套餐", "playbook", ("唱响套餐",)),)


def test_names_of_the_call_follow_those_of_the_playbook() -> None:
    customer = Customer(customer_id="138", name="李晓红", attributes={"套餐": "融合套餐", "网龄": "5", "城市": "广州"})
    terms = terms_of(LEXICON, ["人民路"], Agent(agent_id="1001", name="陈思雨"), customer)
    assert terms == (*LEXICON, *(Term(name, "call") for name in ("人民路", "陈思雨", "李晓红", "融合套餐", "广州")))


def test_a_name_the_playbook_has_is_not_repeated() -> None:
    assert terms_of(LEXICON, ["畅享套餐"], None, None) == LEXICON


def test_attributes_that_are_no_names_are_left_out() -> None:
    customer = Customer(customer_id="138", attributes={"备注": "长" * 33, "性别": "女", "生日": "2000-01-01"})
    assert terms_of((), (), None, customer) == ()


def test_a_call_brings_a_bounded_number_of_names() -> None:
    assert (
        len(terms_of((), (f"人民路{number}号" for number in range(MAX_CALL_TERMS + 9)), None, None)) == MAX_CALL_TERMS
    )
