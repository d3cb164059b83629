"""Nobody can be called or written to from what a page shows."""

import pytest

from services.reporting.masks import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电 13800001234。", "请回电 138****1234。"),
        ("call +86 138-0000-1234 now", "call 861****1234 now"),
        ("写信到zhangsan@example.com，谢谢", "写信到z***@example.com，谢谢"),
        ("021-5551234", "021****1234"),
        ("合同 3-1201", "合同 3-1201"),
        ("5551234", "****34"),
    ],
)
def test_numbers_and_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
