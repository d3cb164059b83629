"""The pages' own texts in Chinese and English, and which of the two a reader gets."""

from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_TEXTS: dict[str, tuple[str, str]] = {
    "app": ("投诉运行报告", "Complaint reporting"),
    "skip": ("跳到正文", "Skip to the content"),
    "dashboard": ("总览", "Dashboard"),
    "other_language": ("English", "中文"),
    "search": ("查找", "Search"),
    "search_label": ("投诉编号或来文编号", "Number or reference"),
    "search_title": ("查找结果", "Search results"),
    "search_none": (
        "没有编号或来文编号以“{q}”开头的投诉。",
        "No complaint has a number or reference that begins with “{q}”.",
    ),
    "search_empty": ("请输入投诉编号或来文编号。", "Type a complaint number or a reference."),
    "search_some": ("找到 {n} 件", "{n} found"),
    "search_capped": (
        "只显示最新的 {n} 件，请多输入几位编号。",
        "Only the newest {n} are shown; type more of the number.",
    ),
    "unit": ("单位", "Unit"),
    "period": ("期间", "Period"),
    "period_7d": ("近 7 天", "Last 7 days"),
    "period_30d": ("近 30 天", "Last 30 days"),
    "period_90d": ("近 90 天", "Last 90 days"),
    "period_365d": ("近 365 天", "Last 365 days"),
    "period_all": ("全部", "Everything"),
    "period_custom": ("自选日期", "Own dates"),
    "from": ("自", "From"),
    "to": ("至", "To"),
    "show": ("显示", "Show"),
    "period_wrong": (
        "日期无法识别，已改为近 30 天。",
        "Those dates cannot be used; the last 30 days are shown instead.",
    ),
    "by_receipt": (
        "按收到日（{zone}）统计：{first} 至 {last}",
        "Counted by day of receipt ({zone}), {first} to {last}",
    ),
    "fresh": ("数据截至最近一个事件", "Newest event applied"),
    "fresh_none": ("尚未收到任何事件", "No event has been applied yet"),
    "received": ("收到", "Received"),
    "open": ("办理中", "Open"),
    "closed": ("已关闭", "Closed"),
    "overdue": ("当前超时", "Overdue now"),
    "missed_share": ("时限未按时完成率", "Deadlines missed"),
    "missed_hint": ("占已有结果的时限", "of those decided"),
    "rejected": ("被退回的提交", "Submissions refused"),
    "rejected_hint": ("全部单位", "all units"),
    "chart_received_day": ("每日收到，按级别", "Received per day, by grade"),
    "chart_received_week": ("每周收到，按级别", "Received per week, by grade"),
    "chart_received_month": ("每月收到，按级别", "Received per month, by grade"),
    "chart_received_desc": (
        "柱形图，共 {n} 件，最多的是 {day}，{most} 件。",
        "Column chart of {n} complaints; the most, {most}, in the stretch that begins {day}.",
    ),
    "chart_grade": ("按级别", "By grade"),
    "chart_category": ("按类别", "By category"),
    "chart_channel": ("按渠道", "By channel"),
    "chart_branch": ("按项目 / 网点", "By branch"),
    "chart_clocks": ("时限结果", "Deadlines by outcome"),
    "as_table": ("以表格查看", "Show as a table"),
    "day": ("日期", "Day"),
    "week": ("周（自周一）", "Week from"),
    "month": ("月份", "Month from"),
    "total": ("合计", "Total"),
    "count": ("件数", "Count"),
    "share": ("占比", "Share"),
    "rest": ("其余 {n} 项", "{n} others"),
    "clock": ("时限", "Deadline"),
    "met": ("按时完成", "Met"),
    "met_late": ("逾期完成", "Met late"),
    "breached": ("已超时未完成", "Missed, still open"),
    "running": ("计时中", "Running"),
    "withdrawn": ("已撤销", "Withdrawn"),
    "newest_list": ("最新投诉", "Newest complaints"),
    "overdue_list": ("当前超时，最久在前", "Overdue now, the longest first"),
    "overdue_none": ("没有超时的投诉。", "Nothing is overdue."),
    "number": ("编号", "Number"),
    "ref": ("来文编号", "Reference"),
    "grade": ("级别", "Grade"),
    "category": ("类别", "Category"),
    "channel": ("渠道", "Channel"),
    "branch": ("项目 / 网点", "Branch"),
    "received_at": ("收到时间", "Received"),
    "occurred_at": ("发生时间", "Happened"),
    "due": ("到期", "Due"),
    "late_since": ("已超时", "Overdue for"),
    "state": ("状态", "State"),
    "ungraded": ("未定级", "Not graded yet"),
    "no_value": ("未注明", "Not given"),
    "empty_title": ("还没有投诉", "No complaints yet"),
    "empty_text": (
        "收到第一件投诉后，这里会自动出现统计。可用 redress submit 提交，或 POST /v1/complaints。",
        "Figures appear here with the first complaint: use redress submit, or POST /v1/complaints at intake.",
    ),
    "empty_period": ("这段时间没有收到投诉。", "Nothing was received in this period."),
    "see_all": ("查看全部期间", "Show everything"),
    "missing_title": ("没有找到这个页面", "This page is not here"),
    "missing_text": (
        "投诉可能尚未传到报告服务，或者地址有误。请稍后重试，或按编号查找。",
        "The complaint may not have arrived yet, or the address is wrong. Try again, or search by number.",
    ),
    "away_title": ("暂时无法读取数据", "The data cannot be read just now"),
    "away_text": ("存储暂时不可用，请稍后刷新。", "The store does not answer. Please reload in a moment."),
    "failed_title": ("无法完成请求", "The request could not be answered"),
    "failed_text": ("错误已记录。", "It has been logged."),
    "back": ("返回总览", "Back to the dashboard"),
    "complaint": ("投诉", "Complaint"),
    "text": ("投诉内容", "What was said"),
    "cues_hint": ("标出的词语触发了定级线索", "Marked words are cues that the grading found"),
    "particulars": ("基本信息", "Particulars"),
    "complainant": ("投诉人", "Complainant"),
    "customer_id": ("客户号", "Customer id"),
    "phone": ("电话", "Phone"),
    "email": ("邮箱", "E-mail"),
    "claim": ("诉求金额", "Claim"),
    "kind": ("事项", "Kind"),
    "product": ("产品", "Product"),
    "project": ("项目", "Project"),
    "employee": ("被投诉员工", "Employee"),
    "event": ("关联事件", "Event"),
    "problem": ("问题", "Problem"),
    "zone": ("区域", "Zone"),
    "pack": ("规则包", "Policy pack"),
    "grading": ("为什么是这个级别", "Why this grade"),
    "by_hand": ("由人定级：", "Graded by hand:"),
    "differs": ("怎样才会是别的级别", "What would give another grade"),
    "none_fires": ("这时没有规则命中", "Then no rule fires"),
    "rules_alone": ("仅按规则就是这个级别", "The rules alone give this one"),
    "grade_since": ("自", "since"),
    "owner": ("负责角色", "Owner"),
    "taken_over": ("自{owner}接手", "taken over from {owner}"),
    "alike": (
        "可能与这件投诉是同一事件，请核实：",
        "Perhaps about the same event as this complaint; please check:",
    ),
    "alike_share": ("（文字相似度 {share}%）", "(texts alike by {share} %)"),
    "validity": ("有效性", "Validity"),
    "no_rule": (
        "没有规则命中，按规则包的默认级别处理。",
        "No rule fired; the pack's default grade holds.",
    ),
    "not_graded": ("尚未定级，定级后理由会显示在这里。", "Not graded yet; the reasons will stand here."),
    "decides": ("决定级别", "decides the grade"),
    "clause": ("依据", "Clause"),
    "facts_seen": ("查看的事实", "Facts looked at"),
    "cues": ("文本线索", "Cues in the text"),
    "clocks": ("时限", "Deadlines"),
    "no_clocks": ("没有正在适用的时限。", "No deadline applies."),
    "limit": ("期限", "Limit"),
    "started": ("起算", "Started"),
    "stopped": ("完成", "Done"),
    "now": ("现在", "Now"),
    "provisional": (
        "暂定：该年度法定节假日安排尚未公布",
        "Provisional: the official calendar is not out yet",
    ),
    "explain": ("这个时限是怎样算出来的", "How this deadline was reckoned"),
    "span_from": ("从", "From"),
    "span_to": ("到", "To"),
    "span_length": ("时长", "Length"),
    "span_why": ("理由", "Why"),
    "span_counts": ("是否计入", "Counted"),
    "paused": ("暂停中", "Stands still"),
    "stood_still": ("暂停", "stood still"),
    "due_open": ("恢复后另定到期时间", "due time open until it goes on"),
    "limit_soft": ("原则上的时限", "a limit in principle"),
    "limit_given": ("按约定或要求的时间", "as promised or asked for"),
    "limit_times": ("已完成 {done}/{times} 次", "done {done} of {times} times"),
    "limit_extended": ("{at} 延期：{reason}", "extended {at}: {reason}"),
    "legend_paused": ("暂停", "Stood still"),
    "counted": ("计入", "counted"),
    "skipped": ("不计入", "skipped"),
    "no_spans": ("没有收到计算明细。", "No reckoning was told for this one."),
    "line_desc": (
        "{title}：{started} 起算，{due} 到期，{state}。",
        "{title}: started {started}, due {due}, {state}.",
    ),
    "legend_passed": ("已计入", "Counted so far"),
    "legend_counted": ("尚余", "Still to run"),
    "legend_skipped": ("不计入", "Not counted"),
    "legend_late": ("超时", "Late"),
    "timeline": ("经过", "Timeline"),
    "notices": ("通知", "Notices"),
    "no_notices": ("还没有发出通知。", "No notice has gone out."),
    "to_role": ("对象", "To"),
    "by_channel": ("方式", "By"),
    "address": ("地址", "Address"),
    "subject": ("主题", "Subject"),
    "outcome": ("结果", "Outcome"),
    "sent": ("已发送", "Sent"),
    "refused": ("被拒收", "Refused"),
    "unknown": ("结果不明", "Unknown"),
    "no_address": ("没有地址", "No address"),
    "sms": ("短信", "SMS"),
    "by_sms": ("短信", "SMS"),
    "by_email": ("邮件", "e-mail"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "comma": ("、", ", "),
    "by_whom": ("经办 {by}", "by {by}"),
    "told_received": ("收到投诉", "Complaint received"),
    "told_amended": ("更正：{fields}", "Corrected: {fields}"),
    "told_graded": ("定级为{grade}", "Graded {grade}"),
    "told_regraded": ("由{previous}改为{grade}", "Regraded from {previous} to {grade}"),
    "told_clock_started": ("“{clock}”开始计时，{due} 到期", "{clock} starts, due {due}"),
    "told_clock_due_changed": ("“{clock}”改为 {due} 到期", "{clock} moves to {due}"),
    "told_clock_warned": ("“{clock}”预警（{point}）", "{clock} gives warning ({point})"),
    "told_clock_breached": ("“{clock}”超时", "{clock} is missed"),
    "told_clock_met": ("“{clock}”按时完成", "{clock} is met"),
    "told_clock_met_late": ("“{clock}”逾期完成", "{clock} is met late"),
    "told_clock_withdrawn": ("“{clock}”不再适用", "{clock} no longer applies"),
    "told_breach_withdrawn": ("“{clock}”的超时撤销", "{clock}: the miss is withdrawn"),
    "told_warning_withdrawn": ("“{clock}”的预警撤销", "{clock}: the warning is withdrawn"),
    "told_escalated": ("升级至{role}：{title}", "Escalated to {role}: {title}"),
    "told_takes_over": ("由其接手", "takes over"),
    "told_sent": ("已通知{role}（{channel}）", "{role} was told by {channel}"),
    "told_too_late": ("晚于通知时限 {late}", "{late} after the limit for telling"),
    "told_failed": (
        "未能通知{role}（{channel}）：{outcome}",
        "{role} could not be told by {channel}: {outcome}",
    ),
    "minutes": ("{n} 分钟", "{n} min"),
    "hours": ("{n} 小时", "{n} h"),
    "days": ("{n} 天", "{n} d"),
    "seconds": ("{n} 秒", "{n} s"),
}


@dataclass(frozen=True)
class Texts:
    """The texts in one language: `texts("search_some", n=3)`. KeyError for a text that is not there."""

    language: Language

    def __call__(self, key: str, **values: Any) -> str:
        text = _TEXTS[key][LANGUAGES.index(self.language)]
        return text.format(**values) if values else text

    def maybe(self, key: str) -> str | None:
        return self(key) if key in _TEXTS else None

    @property
    def tag(self) -> str:
        """For the lang attribute."""
        return "zh-CN" if self.language == "zh" else "en"

    @property
    def other(self) -> Language:
        return "en" if self.language == "zh" else "zh"


def language_of(
    asked: str | None, remembered: str | None, accepted: str | None, otherwise: Language = "zh"
) -> Language:
    """What was asked for in the address, else the cookie, else the browser's wish, else `otherwise`."""
    for wish in (asked, remembered):
        for language in LANGUAGES:
            if wish == language:
                return language
    for part in (accepted or "").split(",")[:20]:
        for language in LANGUAGES:
            if part.strip().lower().startswith(language):
                return language
    return otherwise
