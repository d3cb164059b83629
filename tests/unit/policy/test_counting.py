"""Windows and promotions that make no sense refuse the pack, with the line and what to do."""

import pytest

from shared.policy.source import SourceError
from tests.parts.windowed_pack import TEXT, windowed


@pytest.mark.parametrize(
    ("instead_of", "stands", "where", "said"),
    [
        (
            "same: event, sum: claim_amount",
            "same: repeats, sum: claim_amount",
            "event_claims.same",
            "counted",
        ),
        ("same: event, sum: claim_amount", "same: grade, sum: claim_amount", "event_claims.same", "grade"),
        ("same: event, sum: claim_amount", "same: milestones, sum: claim_amount", "same", "one value"),
        ("same: event, sum: claim_amount", "same: nobody, sum: claim_amount", "same", "no fact"),
        ("sum: claim_amount", "sum: event", "event_claims.sum", "expected a money or whole fact"),
        ("sum: claim_amount", "sum: repeats", "event_claims.sum", "counted"),
        ("sum: claim_amount", "count: event_customers", "event_claims.count", "counted"),
        ("sum: claim_amount", "sum: claim_amount, per: day, within: 1 day", "event_claims", "not both"),
        ("sum: claim_amount", "sum: claim_amount, count: complaints", "event_claims", "either"),
        ("sum: claim_amount", "sum: claim_amount, as_many_as: kind", "event_claims", "only with count"),
        ("sum: claim_amount", "count: customer, as_many_as: claim_amount", "as_many_as", "a whole fact"),
        ("sum: claim_amount", "count: customer, as_many_as: repeats", "event_claims.as_many_as", "counted"),
        ("sum: claim_amount", "count: customer, as_many_as: nobody", "as_many_as", "no fact"),
        ("sum: claim_amount", "sum: claim_amount, seen_by: all", "event_claims", "expected when"),
        ("moment: cause", "moment: nobody", "found_turn.moment", "no milestone or decided fact"),
        ("moment: cause", "moment: decided", "found_turn.moment", "no milestone or decided fact"),
        ("moment: cause", "moment: branch", "found_turn.moment", "no milestone or decided fact"),
        ("when: channel_formal", "when: event_customers > 1", "repeats", "event_customers"),
        ("when: channel_formal", 'when: grade == "light"', "repeats", "grade"),
        ("when: channel_formal", "when: {param: enough}", "repeats.when", "condition"),
        ("same: problem\n", "same: repeats\n", "promotions.0.same", "counted"),
        ("at_least: 3", "at_least: {param: again}", "promotions.0.at_least", "whole"),
        ("at_least: 3", "at_least: 0", "at_least", "greater than or equal to 1"),
        ("within: 1 month", "within: {param: again}", "promotions.0.within", "limit"),
        ("within: 1 month", "within: 1 month\n      per: day", "promotions.0", "not both"),
        ("again: again", "again: enough", "promotions.0.again", "truth"),
        ("again: again", "of: [worst]", "promotions.0.of", "light, middle, heavy"),
    ],
)
def test_refused(instead_of: str, stands: str, where: str, said: str) -> None:
    assert instead_of in TEXT
    with pytest.raises(SourceError) as refused:
        windowed(TEXT.replace(instead_of, stands))
    assert any(where in p.where and said in p.message for p in refused.value.problems), refused.value
    assert all(p.line > 1 for p in refused.value.problems)
