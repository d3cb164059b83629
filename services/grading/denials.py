"""Whether the words around a hit deny it: 没有人受伤 before it, 质量没有问题 after it, within its clause.

Before a hit a denial reaches so many characters, but not past

- what it denies itself: 没解决漏水 (the leak is not settled), 没人管, 没有说法;
- a new subject, a turn or a consequence: 没解决我找媒体, 没处理要起诉, 没放警示牌导致摔伤, 不处理就起诉.

Where a cue wants what is done and no threat, it says so by denials of its own that begin with 就 (就打12315).

What the next clause takes back is denied too (有人要曝光，我可没这个打算).

Words that only look like denials deny nothing (没想到, 无故, 未成年人), nor do two denials (不是没有), nor
a question (是不是, 有没有, 这不是欺诈吗). What others say, or what would be if, is no praise: 你们说质量没
问题.
"""

import re
from collections.abc import Iterator

from services.grading.clauses import after, before

_UNIT = re.compile(r"[a-z0-9']+|\S")
_QUESTION = re.compile(r"(\w)不\1|有没有|有无")
_NO_DENIAL = re.compile(
    r"没想到|没料到|没有?想到|没过多|没有?多久|没几|没有几[天个日]|没两天|没完没了|没收|没准|没错|没办法|没法"
    r"|(?<=[淹沉埋吞覆])没|没有?经过|没有?征得|(?:没有?|毫无|无)(?:任何)?(?:征兆|预兆|预警|先兆)"
    r"|无法|无奈|无故|无缘无故|无理|无端|无良|无数|无时无刻|无论|无休|无视|无证|无照|无锡|无线|无底"
    r"|特别|分别|个别|级别|类别|性别|区别|差别|识别|辨别|鉴别|告别|离别|别[墅人家处的]|别克|别提|别说"
    r"|未成年|未来|未经|不是第一|不是头[一次]|不是一[次天两]|不是偶|并非第一|并非偶"
    r"|(?:不是|并非|不会|不想|没有|没人|无)(?:不(?!想|会|需|用|打|准|愿|找)|没有?|无)"
    r"|难道不是|岂不是|可不是|不必要|不要[脸紧]|不用[说提]"
)
_UNMEANT = re.compile(
    r"(?<!你们)(?<!他们)(?<!公司)(?<!商家)(?<!物业)(?<!银行)(?<!店里)(?<!厂家)"
    r"(?:没有?|并没有?|并?不|暂不|暂时不|也不|都不)"
    r"(?:打算|准备|考虑|谈|要求|想过?|要|是[来要]|会去|需要|用)"
    r"|(?<![们他她司家业行里])不(?:去|找)(?![到修管看查救处解理办做交签领拿送接开])"
    r"|\b(?:not|\w+n't) (?:after|asking (?:for|you)|looking for|seeking|claiming|here for|interested in)\b"
)
"""Who says so wants or plans none of it, whatever words deny a cue. There is one of `_SAYS_NO` in each."""
_SAYS_NO = ("没", "不", "not ", "n't ")
_SPENT = re.compile(
    r"(?:有|人|能|得到|给|给我|及时|任何|真正|彻底|完全|再|正式|去|来|为我|帮我|替我|一直|按时|按期|按要求|按约定)*"
    r"(?:解决|处理|答复|回复|回应|回音|回电|理睬|理会|理我|理(?=$)|人理|人管|管(?=$|我)|说法|办法|道歉|修好|修复|反馈|消息|进展"
    r"|兑现|履行|处置|整改|落实|结果|下文)"
)
_ATTACHED = re.compile(
    r"(?:有|人|谁|是|说|打算|想|准备|去|来|再|必|任何|什么|过|真的?|曾|以|要|直接|马上|发生|出现|因此|因而|造成"
    r"|(?:对|给|向|使|跟|为|让(?!我们?[去找上打报]))(?:我们?|他们?|她|你们?|人|客户|顾客|乘客|大家|公司)?"
    r"|事故|意外|情况|故障|火灾|火情|人员|人身|财产|太大|重大|严重|明显|实际)*"
)
_TURN = re.compile(
    r"(?<![给对让使向跟和找为帮把被叫同与是因替比由])(?:我|咱|俺|本人)们?(?=[就要会想去找上打报起告已只才将必准决向把坚再也自直马立可到在])|逼|让我[去找上打报]|(?<![想需])要(?!求)"
    r"|否则|不然|只好|只能|只得|不得不|所以|因此|于是|结果|导致|致使|造成|使得|害得|引起|引发|以致|现在|已经"
    r"|反而|却|必须|准备|打算|决定"
    r"|\b(?:so|then|therefore|otherwise|or else|i|i'll|i'm|i've|we|we'll|and (?:i|we|now|my|our)|makes? me)\b"
)
_RHETORICAL = re.compile(r"[吗么嘛]|是什么|叫什么")
_WISH = re.compile(
    "要|退(?![款钱费还押我给])|换|起诉|告|曝光|投诉|上诉|索赔|打官司|打1|闹|上访|报警|报案|举报|走法律|上法[院庭]"
    "|上网|上电视|登报|拉横幅|堵|静坐|维权|发[抖微网朋到]|请律师|对簿公堂"
)
_NOT_WISHED = re.compile(
    r"(?:^|[^们司家业行里店厂方服员售他她人])(?:我们?|咱们?|也|都|就|暂时|先|并|绝对?|坚决|这次|本次)*"
    r"(?:不|(?:没有?|并非|不是)(?:[说提]过?)?|别)$"
)
"""不退车, 不要求赔偿: what is wanted, denied right before it, unless others refuse it (你们不换)."""
_BLAMELESS = re.compile(
    r"(?:不怪|不赖|不怨|不关|怪不[着到]|怨不[着得到]|赖不[着到]|不能[怪怨赖]|不该[怪怨赖]|不是怪)(?:你们|人家|他们|那个|这个|那位)?的?$"
    r"|\b(?:not|n't) (?:\w+ )?blam(?:e|ing) (?:the |your |my |our )?$"
    r"|\bnothing to do with (?:the |your |my |our )?$"
)
"""不怪快递: who is named right after it is not complained of."""
_OF_OTHERS = re.compile(
    r"(?:你们?|他们?|对方|厂家|客服|销售|人家|谁)(?:都|还|却|居然)?(?:说|称|讲|认为|觉得)[^，。]{0,2}$"
    r"|怎么可能$|怎么会$|哪能$|不可能$"
)
"""Others say that nothing is wrong; who tells it does not."""
_SAID = re.compile(
    r"(?<!我)(?:说|称|宣传|承诺|保证|标榜|吹嘘|以为|忽悠)|如果|要是|假如|除非|希望|要求|不如|比不"
    r"|\b(?:said|says|claim(?:ed|s)?|promised|advertised|if|unless)\b"
)
_END = r"(?=的?(?:[了啊呀呢吧]|但|只是|就是|可是|不过|\s|$))"
_KIND = (
    "快|飞快|及时|准时|好|棒|热情|热心|客气|和气|耐心|周到|负责|尽责|尽职|敬业|认真|细心|专业|有?礼貌|到位|靠谱|给力|干净|结实|牢固"
    "|公道"
)
_PRAISED = re.compile(
    r"(?:的(?:事情?|问题|情况|毛病)|方面|那边|那里|那儿|那头|这边|这块|这一块|本身|上|的话|一直|其实|确实|真的|都|也|倒是|倒|还是|是|总体|整体|目前|反正|基本|们|我们?|就)*"
    r"(?:(?:没有?|无)(?:什么|啥|任何|发现|出现)*大?(?:问题|毛病|异常)(?![吗么])|没得说|没话说|没的说|挑不出|不成问题|(?:没有?|无)(?:什么|啥|任何)?(?:意见|异议)"
    rf"|认[可同]?{_END}"
    rf"|(?:(?:很|挺|还|都|也|蛮|非常|特别|十分|比较)+(?:{_KIND})|(?:很|挺|还|都|也|蛮|非常|特别|十分|比较)*(?:不错|还行|可以|满意|合格|正常|没事|飞快|神速|及时|准时|完好)){_END}"
    r"|(?:不需要|不用|不必|不要求|不追究|不计较|免了|没必要|不要了|不找了)(?![再多]?[说提想])"
    r"|(?:没有?|无)(?:什么|啥|任何|半点)?(?:关系|干系|相干)|无关|不相干"
    rf"|(?:没有?|未|并未)(?:发生|出现)过?{_END}"
    r"|(?:没有?|未|不|并未|毫不)(?:受到?|遭到?)(?:任何|什么|多大|太大|丝毫|明显)?影响"
    r"|(?:还|尚|暂)?(?:没有?|未|不|没打算|不打算|不想|不准备)"
    rf"(?:去|找|打|联系|告|惊动)过?(?:的|呢)?{_END}"
    r"|(?:已经?|早就?|后来|现在)+(?:给|帮我?|被)?(?:修好|修复|解决|处理好|处理完|恢复|换好)了(?!.{0,6}(?:又|还是|再|没)))"
    r"|\s+(?:itself\s+)?(?:is|was|are|were|has been|seems|seemed)\s+"
    r"(?:(?:really|very|quite|just|all|perfectly)\s+)*"
    r"(?:fine|ok|okay|good|great|excellent|lovely|friendly|polite|helpful|brilliant|perfect|faultless|superb"
    r"|quick|prompt|on time|no (?:problem|issue)|not (?:a|the) (?:problem|issue)"
    r"|not (?:needed|necessary|wanted|required))\b"
)

_RETRACTED = re.compile(
    r"[，,。；;!！\s]*(?:但是?|不过|可是)?(?:我们?|咱们?|本人|客户)(?:可|倒|并|也|却|目前|暂时|其实|现在|确实)*"
    r"(?:没有?|无)(?:这|那)(?:个|种|样的)?(?:打算|想法|意思|念头|计划)(?=[，。；！!]|$)"
    r"|[,.;!\s]*(?:but )?(?:i|we)(?:'m| am|'re| are)? (?:not (?:going|planning) to do (?:that|so|it)"
    r"|would(?:n't| not) do (?:that|so|it)|have no (?:such )?(?:intention|plan)s?)\b"
)
"""Who tells it says in the next clause that none of it is planned: 听说要曝光你们，我可没这个打算."""


def denied(low: str, start: int, end: int, words: tuple[str, ...], reach: int) -> bool:
    """Whether the hit `low[start:end]` of a folded text is denied, by one of `words` before it or by what
    stands right after it."""
    if _WISH.match(low, start) and _NOT_WISHED.search(before(low, start, 20)):
        return True
    if _BLAMELESS.search(before(low, start, 32)):
        return True
    if low[start] in "没无未不" and _OF_OTHERS.search(before(low, start, start)):
        return True
    return _denied_before(low, start, end, words, reach) or _denied_after(low, start, end)


def _denied_before(low: str, start: int, end: int, words: tuple[str, ...], reach: int) -> bool:
    if low[start] == "又" and low[max(start - 1, 0) : start] != "别":
        return False
    clause = before(low, start, 20 * max(reach, 1))
    if not any(word in clause for word in (*words, *_SAYS_NO)):  # most of the time nothing is denied there
        return False
    clause = _reached(clause, reach)
    reached = clause.rpartition("就")[2]
    if any(_holds(reached[m.end() :]) for m in _UNMEANT.finditer(reached)):
        return True
    return any(
        _holds(between) and not (word.startswith("不是") and _RHETORICAL.search(after(low, end)))
        for word in words
        for between in _after_each(word, clause if "就" in word else reached)
    )


def _after_each(word: str, reached: str) -> Iterator[str]:
    at = reached.find(word)
    while at >= 0:
        yield reached[at + len(word) :]
        at = reached.find(word, at + 1)


def _holds(between: str) -> bool:
    """Whether a denial still denies what comes after `between`."""
    attached = _ATTACHED.match(between)
    rest = between[attached.end() :] if attached else between
    return not _SPENT.match(between) and not _TURN.search(rest)


def _reached(clause: str, reach: int) -> str:
    """The end of what stands before in the same clause: at most `reach` Chinese characters or Latin words."""
    clause = _NO_DENIAL.sub(_blank, _QUESTION.sub(_blank, clause))
    units = [unit.start() for unit in _UNIT.finditer(clause)][-reach:] if reach else []
    return clause[units[0] :] if units else ""


def _blank(words: re.Match[str]) -> str:
    return "*" * len(words[0])


def _denied_after(low: str, start: int, end: int) -> bool:
    rest = after(low, end)
    if _RETRACTED.match(low, end + len(rest)):
        return True
    return _PRAISED.match(rest) is not None and not _SAID.search(before(low, start, start))
