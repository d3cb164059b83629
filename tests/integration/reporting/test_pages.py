"""The pages as a browser gets them, over a real store filled through the bus."""

import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import pytest

from services.reporting.app import build
from shared.bus.memory import MemoryBus
from shared.bus.port import Confirmed, Message, Tuning
from shared.clock import VirtualClock
from shared.service import Parts
from shared.settings import Settings
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo
from tests.unit.reporting.stories import TEXTS, Teller, deployment, full, many

NOW = datetime(2026, 3, 20, 4, tzinfo=UTC)
DEPLOYMENT = deployment()
UNIT = DEPLOYMENT.unit("harbour")
pytestmark = pytest.mark.mongo
VOID = {"meta", "link", "input", "img", "br"}


class Site:
    """A reporting service and a browser without scripts."""

    def __init__(self, parts: Parts, browser: httpx.AsyncClient) -> None:
        self.parts, self.browser = parts, browser

    async def tell(self, *tellers: Teller) -> None:
        messages = [Message(e.key, e.id, e.encoded()) for t in tellers for e in t.events]
        assert set(await self.parts.bus.publish(messages)) == {Confirmed()}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers={"accept": "text/html"} | headers)


@pytest.fixture
async def site(mongo: Mongo) -> AsyncIterator[Site]:
    clock = VirtualClock(NOW)
    bus = MemoryBus(Tuning(), clock)
    database, telemetry = mongo.open("reporting"), Telemetry("reporting")
    service = build(Parts(Settings(), clock, bus, database, DEPLOYMENT, telemetry))
    await service.prepare()
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as browser:
        yield Site(service.parts, browser)
    telemetry.close()


class Checked(HTMLParser):
    """Fails on tags that are not closed in order; collects links, ids and attributes that CSP would block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name != "style"
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action"):
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(answer: httpx.Response) -> Checked:
    """What holds for every page: well nested, nothing from outside, no script, the headers."""
    html = answer.text
    found = Checked(html)
    assert not re.search(r"https?://", html)
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in found.links)
    assert "<script" not in html
    assert "<style" not in html
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; script-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    return found


@pytest.mark.parametrize(("lang", "word"), [("zh", "当前超时"), ("en", "Overdue now")])
async def test_the_dashboard_shows_the_figures(site: Site, lang: str, word: str) -> None:
    tellers = list(many(UNIT, 60, random.Random(5), NOW))
    await site.tell(*tellers)
    answer = await site.get(f"/?lang={lang}&period=all")
    assert answer.status_code == 200
    checked(answer)
    assert word in answer.text
    assert "<dd>60</dd>" in answer.text
    assert "harbour" in answer.text
    newest = max(tellers, key=lambda t: t.complaint.received_at)
    assert f"/complaints/{newest.complaint.id}" in answer.text


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        (
            "zh",
            [
                "客户表示将向媒体曝光的，列为重大投诉。",
                "第八条第二款",
                "书面答复时限",
                "5个工作日",
                "逾期完成",
                "由其接手",
                "怎样才会是别的级别",
                "提到媒体曝光：否（现为是）",
                "harbour-homes 1.0.0",
                "<dt>客户级别</dt><dd>金牌客户</dd>",
                "负责角色 <b>分管总监</b> 自客服经理接手",
                "有效性 <b>属实</b>",
                '同一事件，请核实： <a href="/complaints/c0">20260210007</a> （文字相似度 41%）',
            ],
        ),
        (
            "en",
            [
                "A threat to go to the media makes it major.",
                "第八条第二款",
                "Written reply",
                "Met late",
                "takes over",
                "Owner <b>Director</b> taken over from Service manager",
                "What would give another grade",
                "Media mentioned: no (is yes)",
                "Then no rule fires",
                "<dt>Customer level</dt><dd>Gold customer</dd>",
                '<a href="/complaints/c0">20260210007</a> (texts alike by 41 %)',
            ],
        ),
    ],
)
async def test_the_complaint_page_tells_grade_clocks_and_timeline(
    site: Site, lang: str, says: list[str]
) -> None:
    await site.tell(full(UNIT))
    answer = await site.get(f"/complaints/c1?lang={lang}")
    assert answer.status_code == 200
    checked(answer)
    assert [part for part in says if part not in answer.text] == []
    assert re.search(r"<mark title=\"[^\"]+\">媒体</mark>", answer.text)


async def test_nobody_can_be_reached_from_the_page(site: Site) -> None:
    await site.tell(full(UNIT))
    html = (await site.get("/complaints/c1")).text
    assert "138****1234" in html
    assert "z***@example.com" in html
    for private in ("13800001234", "zhangsan@", "13900005678"):
        assert private not in html


async def test_what_people_wrote_is_text_and_nothing_else(site: Site) -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    teller = Teller("n1", UNIT, NOW - timedelta(hours=2), text=TEXTS[1] + nasty, branch=nasty, ref=nasty)
    teller.receive()
    teller.progress("contacted", NOW - timedelta(hours=1), **{nasty: nasty})
    await site.tell(teller)
    for path in ("/complaints/n1", "/", "/search?q=N"):
        answer = await site.get(path)
        checked(answer if answer.status_code == 200 else await site.get(answer.headers["location"]))
    assert "&lt;script&gt;" in (await site.get("/complaints/n1")).text


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_empty_missing_and_not_found_are_friendly(site: Site, lang: str) -> None:
    for path, status in (
        ("/", 200),
        ("/complaints/none", 404),
        ("/nothing/here", 404),
        ("/search?q=none", 200),
    ):
        joint = "&" if "?" in path else "?"
        answer = await site.get(f"{path}{joint}lang={lang}")
        assert answer.status_code == status
        checked(answer)
    assert (await site.get("/nothing", accept="application/json")).json()["status"] == 404


async def test_a_number_or_reference_leads_to_its_complaint(site: Site) -> None:
    await site.tell(
        full(UNIT, "c1", number="20260211001"), full(UNIT, "c2", number="20260211002", ref="CC-99")
    )
    for q, id_ in (("20260211001", "c1"), (" CC-99 ", "c2")):
        answer = await site.browser.get("/search", params={"q": q})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/complaints/{id_}"
    both = await site.get("/search?q=2026")
    assert "/complaints/c1" in both.text
    assert "/complaints/c2" in both.text
    assert "/complaints/" not in (await site.get("/search?q=.*")).text


async def test_a_choice_of_language_is_remembered(site: Site) -> None:
    await site.get("/?lang=en")
    assert 'lang="en"' in (await site.get("/")).text


@pytest.mark.parametrize(
    "query", ["from=x&to=y", "unit=none", "period=never", "from=2026-03-05&to=2026-03-01"]
)
async def test_a_wrong_choice_still_gives_a_page(site: Site, query: str) -> None:
    await site.tell(full(UNIT))
    answer = await site.get(f"/?{query}")
    assert answer.status_code == 200
    checked(answer)


async def test_dates_that_were_changed_go_before_the_preset_left_standing(site: Site) -> None:
    await site.tell(full(UNIT))
    shown = "shown=2026-02-19/2026-03-20&period=30d"
    changed = (await site.get(f"/?{shown}&from=2026-02-11&to=2026-02-11&lang=en")).text
    assert "2026-02-11 to 2026-02-11" in changed
    assert "<dd>1</dd>" in changed
    kept = (await site.get(f"/?{shown}&from=2026-02-19&to=2026-03-20&lang=en")).text
    assert "2026-02-19 to 2026-03-20" in kept


async def test_totals_as_json(site: Site) -> None:
    await site.tell(*(full(UNIT, f"c{n}") for n in range(3)))
    asked = "/v1/totals?from=2026-02-01&to=2026-02-28&by=grade,branch,clock"
    sums = (await site.browser.get(asked)).json()
    assert (sums["unit"], sums["received"], sums["open"], sums["closed"], sums["overdue"]) == (
        "harbour",
        3,
        0,
        3,
        0,
    )
    assert sums["by"]["grade"] == {"major": 3}
    assert sums["by"]["branch"] == {"云山府": 3}
    assert sums["by"]["clock"]["reply"] == {"met": 0, "met_late": 3, "breached": 0, "running": 0}
    assert sums["missed_share"] == pytest.approx(1 / 3)
    daily = (await site.browser.get(asked.replace("totals?", "totals/daily?"))).json()
    assert daily["days"] == [
        {
            "day": "2026-02-11",
            "received": 3,
            "by": {
                "grade": {"major": 3},
                "branch": {"云山府": 3},
                "clock": {"first_contact/met": 3, "reply/met_late": 3, "closing/met": 3},
            },
        }
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=colour", "by"),
        ("unit=none", "unit"),
        ("from=x", "from"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=0001-01-01", "from"),
    ],
)
async def test_totals_say_which_field_is_wrong(site: Site, query: str, field: str) -> None:
    answer = await site.browser.get(f"/v1/totals?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [e["field"] for e in answer.json()["errors"]] == [field]


async def test_the_newest_event_is_a_metric(site: Site) -> None:
    teller = full(UNIT)
    await site.tell(teller)
    newest = max(e.time for e in teller.events).timestamp()
    lines = (await site.browser.get("/metrics")).text.splitlines()
    told = [line for line in lines if line.startswith("redress_reporting_newest_event_timestamp_seconds ")]
    assert [float(line.split()[1]) for line in told] == [newest]


async def test_static_files_come_from_here(site: Site) -> None:
    assert (await site.browser.get("/static/redress.css")).headers["content-type"].startswith("text/css")
    assert "url(" not in (await site.browser.get("/static/redress.css")).text
    assert (await site.browser.get("/static/../app.py")).status_code == 404
