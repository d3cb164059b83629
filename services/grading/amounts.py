"""Reads amounts from a complaint's text: money (三十万, 30万元, 30w, ¥300,000), people (5名, 三个人),
households, and how often something happened (修了四次, twice).

What leaves its value open is not read: 十几个人, 30多万, 近百户, 三五万. Money is in yuan; an amount that
names another currency is none of ours. Of several amounts the largest counts.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from services.grading.clauses import around
from services.grading.folding import folded
from services.grading.numerals import NUMBER, number
from shared.contracts.gradings import Suggestion
from shared.policy.sections.facts import AmountSpec

Amount = tuple[int, int, int]
"""Value (money in minor units), start and end in the text."""

_LOOSE = r"\d.,几数上成近多余零〇一二两三四五六七八九十百千万亿点"
_NUMBER = rf"(?<![{_LOOSE}a-z第])(?P<number>{NUMBER})\s*"
_OTHER_MEASURES = (
    "多余几来人名位户家个次台辆公平吨股票张份件字点年天月小分美港欧日韩英粉条步倍里米亩斤片只套栋间号头例起笔"
)
_GIVES = (
    r"(?:赔偿?|退还?|补偿?|索赔|索要|支付|返还?|付|交|收|扣|花|骗|亏|损失)(?:款|费|钱|金)?"
    r"(?:给|了|掉|走|我们?|他|她|本人|共|整整)*"
)
"""Right before a number that then is money though it has no unit: 赔我五千."""
_MONEY = re.compile(
    rf"(?:(?P<sign>[¥￥]|\b(?:rmb|cny)|人民币)\s*|(?P<given>{_GIVES}))?"
    rf"(?:(?<![{_LOOSE}a-z第])|(?<=rmb|cny))(?P<number>{NUMBER})\s*"
    rf"(?P<unit>元(?![旦月宵件])|圆|块(?=钱|[^一-鿿]|$)|人民币|rmb|cny|yuan|renminbi)?"
)
_PEOPLE = re.compile(
    rf"(?:{_NUMBER}(?:口人|个?人(?![次民均])|位(?![数置])|名(?![义称单片字额次])"
    r"|个(?=老人|小孩|孩子|客户|顾客|业主|住户|租户|租客|商户|储户|用户|会员|车主|家长|患者|病人|旅客|邻居|司机|乘客|工人|员工|居民|学生|同事)"
    r"|(?:other\s+)?(?:people|persons?|customers|clients|passengers|residents|owners|tenants|guests|depositors|workers"
    r"|children|families'? members|neighbou?rs|of us)\b))"
)
_HOUSEHOLDS = re.compile(rf"(?:{_NUMBER}个?住?(?:户(?![型籍口外])|(?:households|families)\b))")
_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_OFTEN = {"twice": 2, "thrice": 3} | {f"{word} time": n for n, word in enumerate(_ORDINALS, 2)}
_TIMES = re.compile(
    rf"(?<![{_LOOSE}a-z])第?(?P<number>{NUMBER})\s*"
    r"(?:[次回趟遍](?![数序方性])|(?:(?:more|different|separate)\s+)?(?:times|visits|repairs|occasions)\b|(?:st|nd|rd|th)\s+time\b)"
    rf"|\b(?P<word>{'|'.join(_OFTEN)})\b"
)
_LESS = ("不到", "不足", "将近", "接近")
_OPEN = re.compile(r"[多余几来]|\s\d{3}(?!\d)")
_ENDS = re.compile(r"[^\w%％]|的|才|不|$")


def read_amounts(specs: Mapping[str, AmountSpec], text: str) -> list[Suggestion]:
    """What each amount of a pack finds in the text, in the order of the pack."""
    plain = folded(text)
    found = []
    for name, spec in specs.items():
        amounts = [a for a in _READERS[spec.reads](plain) if _stands_near(spec, plain, a)]
        if amounts:
            value, start, end = max(amounts, key=lambda a: (a[0], -a[1]))
            found.append(
                Suggestion(
                    fact=name,
                    value=value,
                    words=text[start:end],
                    at=start,
                    suggests=spec.suggests,
                    trusted=spec.trusted,
                )
            )
    return found


def _stands_near(spec: AmountSpec, plain: str, amount: Amount) -> bool:
    clause = around(plain, amount[1], amount[2]) if spec.near else ""
    return not spec.near or any(folded(word) in clause for word in spec.near)


def _money(plain: str) -> Iterator[Amount]:
    """With a sign or a unit; a bare 三十万 is money unless a measure word follows."""
    for match in _MONEY.finditer(plain):
        value = _definite(match)
        if value is None or value * 100 != int(value * 100):
            continue
        bare = not match["sign"] and not match["unit"]
        if not bare or _is_money_by_itself(match):
            start = match.start() if match["sign"] else match.start("number")
            yield int(value * 100), start, match.start() + len(match[0].rstrip())


def _is_money_by_itself(match: re.Match[str]) -> bool:
    """Of 万, or given to somebody as it stands; unless a measure word follows."""
    rest = match.string[match.end() :]
    if rest.startswith(tuple(_OTHER_MEASURES)):
        return False
    large = any(sign in match["number"] for sign in "万亿w") and not re.search("[a-vx-z]", match["number"])
    return large or (
        match["given"] is not None and _ENDS.match(rest) is not None and len(match["number"]) > 1
    )


def _times(plain: str) -> Iterator[Amount]:
    for match in _TIMES.finditer(plain):
        value = _OFTEN[match["word"]] if match["word"] else _definite(match)
        if value is not None and value == int(value):
            yield int(value), match.start(), match.end()


def _counted(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Amount]]:
    def read(plain: str) -> Iterator[Amount]:
        for match in pattern.finditer(plain):
            value = _definite(match)
            if value is not None and value == int(value):
                yield int(value), match.start("number"), match.end()

    return read


def _definite(match: re.Match[str]) -> Decimal | None:
    text, start = match.string, match.start("number")
    if _OPEN.match(text, match.end("number")) or text[max(start - 2, 0) : start] in _LESS:
        return None
    return number(match["number"])


_READERS: Mapping[str, Callable[[str], Iterator[Amount]]] = {
    "money": _money,
    "people": _counted(_PEOPLE),
    "households": _counted(_HOUSEHOLDS),
    "times": _times,
}
