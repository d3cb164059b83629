"""A pack of ladders: 3, 5 and 10 minutes with written reports, levels by grade and by dissatisfaction,
duty, conflict of interest, fallback."""

URGENT = """
pack: small
version: 1.0.0
title: {zh: 应急, en: Urgent}
intake: {channels: {phone: {title: {zh: 电话, en: phone}}}}
grading:
  grades:
    routine: {title: {zh: 日常, en: routine}}
    serious: {title: {zh: 较重, en: serious}}
    urgent: {title: {zh: 紧急, en: urgent}}
  otherwise: routine
milestones:
  assigned: {title: {zh: 派单, en: assigned}}
  acknowledged: {title: {zh: 已接手, en: acknowledged}}
  site_unable: {title: {zh: 现场无法解决, en: the site cannot solve it}}
  leader_unable: {title: {zh: 领导无法解决, en: the leader cannot solve it}}
  report_to_leader: {title: {zh: 书面报告公司领导, en: written report to the leader}}
  report_to_board: {title: {zh: 书面报告董事办, en: written report to the board}}
  dissatisfied: {title: {zh: 不满意, en: dissatisfied}}
  callback: {title: {zh: 回访, en: callback}, independent: true}
  closed: {title: {zh: 关闭, en: closed}, closes: true}
roles:
  desk: {zh: 客服中心, en: customer centre}
  agent: {zh: 第一客服, en: first agent, fallback: manager}
  department: {zh: 责任部门, en: department, fallback: head}
  head: {zh: 现场负责人, en: site head, fallback: leader}
  manager: {zh: 所属经理, en: manager}
  leader: {zh: 公司领导, en: company leader}
  board: {zh: 董事办, en: board office}
  duty: {zh: 值班, en: duty officer}
clocks:
  dispatch: {title: {zh: 派单, en: dispatch}, clause: "1", start: received, stop: assigned, limit: 30 minutes}
  call-department:
    {title: {zh: 通知部门, en: call the department}, clause: "2", start: received, stop: acknowledged,
      limit: 3 minutes, when: grade == "urgent"}
  call-leader:
    {title: {zh: 报告领导, en: report to the leader}, clause: "3", start: site_unable, stop: acknowledged,
      limit: 5 minutes}
  written-to-leader:
    {title: {zh: 书面报告, en: written report}, clause: "3", start: site-unable/leader,
      stop: report_to_leader, limit: 24 hours}
  written-to-board:
    {title: {zh: 书面报告, en: written report}, clause: "4", start: leader-unable/board,
      stop: report_to_board, limit: 48 hours}
ladders:
  unassigned:
    {title: {zh: 无人接单, en: nobody took it}, clause: "1", on: {clock: dispatch},
      rungs: [{id: duty, role: duty, title: {zh: 值班接手, en: duty takes it}, takes_over: true}]}
  no-answer:
    {title: {zh: 无人应答, en: no answer}, clause: "2", on: {clock: call-department}, until: acknowledged,
      rungs: [
        {id: department, role: department, title: {zh: 再次通知, en: call again}},
        {id: head, role: head, title: {zh: 现场负责人, en: site head}, after: 5 minutes},
        {id: desk, role: desk, title: {zh: 抄送, en: for the record}, after: 5 minutes, unless: assigned},
        {id: board, role: board, title: {zh: 董事办, en: board}, after: 10 minutes,
          when: 'grade == "urgent"'}]}
  site-unable:
    {title: {zh: 现场无法解决, en: the site cannot}, clause: "3", on: {milestone: site_unable},
      rungs: [{id: leader, role: leader, title: {zh: 电话报告, en: by phone}, after: 5 minutes,
        takes_over: true}]}
  leader-unable:
    {title: {zh: 领导无法解决, en: the leader cannot}, clause: "4", on: {milestone: leader_unable},
      rungs: [{id: board, role: board, title: {zh: 电话报告, en: by phone}, after: 10 minutes}]}
  report-missing:
    {title: {zh: 未交书面报告, en: no report}, clause: "5", on: {clock: written-to-leader},
      rungs: [{id: board, role: board, title: {zh: 追究, en: held to account}}]}
  unhappy:
    {title: {zh: 逐级上升, en: level by level}, clause: "6", on: {milestone: dissatisfied},
      enter: {serious: manager, urgent: leader}, step_by_step: true, rungs: [
        {id: agent, role: agent, title: {zh: 第一客服, en: agent}},
        {id: manager, role: manager, title: {zh: 经理, en: manager}},
        {id: leader, role: leader, title: {zh: 领导, en: leader}}]}
  grave:
    {title: {zh: 较重即报, en: reported once grave}, clause: "8", on: {milestone: [graded, site_unable]},
      when: 'grade == "serious"', rungs: [{id: board, role: board, title: {zh: 董事办, en: board office}}]}
notices:
  climbed:
    {on: complaint.escalated, to: [escalated_to], by: [sms], clause: "7",
      subject: {zh: "{{ complaint.number }}"}, body: {zh: "{{ complaint.number }} {{ rung.title }}"}}
"""
