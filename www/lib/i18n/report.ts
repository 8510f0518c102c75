import { define } from "./define.ts";

export const report = define({
  "verdict.unexplained": [
    "Nothing in the catalogue explains this evidence",
    "知识库中没有条目能解释这些证据",
  ],
  "verdict.unexplained.body": [
    "No known message was recognised, so no cause is guessed. The log, the measurements and the environment are below; tell us what it was and the next one will be recognised.",
    "没有识别出已知的错误信息，因此不做猜测。日志、测量数据与环境信息列在下方；告诉我们真正的原因，下次就能识别。",
  ],
  "verdict.cause": ["Most likely cause", "最可能的原因"],
  "verdict.no_cause": ["Cause not yet known", "原因尚未确定"],
  "verdict.before": ["{p} before the evidence", "未见证据时为 {p}"],
  "confidence.high": ["High confidence", "高置信度"],
  "confidence.medium": ["Medium confidence", "中置信度"],
  "confidence.low": ["Low confidence", "低置信度"],
  "verdict.also": ["Also recognised", "同时识别出"],

  "evidence.title": ["Evidence", "证据"],
  "evidence.line": ["Line {n}", "第 {n} 行"],
  "evidence.in_log": ["Show line {n} in the log", "在日志中查看第 {n} 行"],
  "evidence.none": ["No log line was recognised.", "没有识别出日志行。"],
  "evidence.not_here": [
    "The recognised line is not part of this report.",
    "识别出的日志行不在此报告中。",
  ],

  "causes.title": ["Causes", "原因"],
  "causes.none": ["No cause stands out.", "没有突出的原因。"],
  "causes.prior": ["was {p}", "先验 {p}"],
  "causes.why": ["Why", "依据"],
  "causes.why_none": [
    "Nothing but its prior probability speaks for this cause.",
    "除先验概率外没有其他依据。",
  ],
  "causes.codes": ["Explains", "可解释"],
  "cut_sets.title": ["What must be true together", "需同时成立的组合"],
  "cut_sets.body": [
    "Each row is a minimal set of causes that is enough to explain what was seen.",
    "每一行是足以解释现象的最小原因组合。",
  ],

  "check.title": ["Next check", "下一步检查"],
  "check.worth": ["{bits} bits gained", "信息增益 {bits} 比特"],
  "check.minutes": ["about {n} minute|about {n} minutes", "约 {n} 分钟"],
  "check.under_minute": ["under a minute", "不到 1 分钟"],
  "check.run": ["Run this to find out", "运行以下命令确认"],
  "check.yes": ["Yes", "是"],
  "check.no": ["No", "否"],
  "check.unsure": ["Not sure", "不确定"],
  "check.if_yes": ["If yes", "若是"],
  "check.if_no": ["If no", "若否"],
  "check.saving": ["Updating the diagnosis", "正在更新诊断"],
  "check.updated": ["Diagnosis updated: {text}", "诊断已更新：{text}"],
  "check.none": ["No further check would change the verdict.", "没有其他检查能改变结论。"],
  "check.others": ["Other checks", "其他检查"],
  "check.given": ["Answered", "已回答"],
  "check.failed": ["Your answer was not saved.", "你的回答未能保存。"],

  "fixes.title": ["Fix", "修复步骤"],
  "fixes.none": ["No fix is recorded for these causes yet.", "这些原因尚无修复步骤。"],
  "fixes.for": ["For: {cause}", "针对：{cause}"],
  "fixes.command": ["Command", "命令"],
  "fixes.dry_run": ["Dry run", "试运行"],
  "fixes.undo": ["Undo", "撤销"],
  "fixes.side_effects": ["Side effects", "副作用"],
  "fixes.idempotent": ["Safe to repeat", "可重复执行"],
  "fixes.not_idempotent": ["Run once only", "仅执行一次"],
  "risk.low": ["Low risk", "低风险"],
  "risk.medium": ["Medium risk", "中风险"],
  "risk.high": ["High risk", "高风险"],

  "forward.title": ["What may fail next", "可能的连带故障"],
  "forward.body": [
    "If this cause holds, these are likely to follow.",
    "若该原因成立，以下问题可能随之出现。",
  ],

  "graph.title": ["Fault tree", "故障树"],
  "graph.none": ["This diagnosis has no fault tree.", "此诊断没有故障树。"],
  "graph.label": ["Fault tree of {title}", "{title}的故障树"],
  "graph.help": [
    "Arrow keys move, Enter opens or closes a gate, plus and minus zoom, 0 fits.",
    "方向键移动，回车展开或收起，加减号缩放，0 适应窗口。",
  ],
  "graph.zoom_in": ["Zoom in", "放大"],
  "graph.zoom_out": ["Zoom out", "缩小"],
  "graph.fit": ["Fit", "适应"],
  "graph.expand_all": ["Expand all", "全部展开"],
  "graph.collapse": ["Relevant only", "仅相关"],
  "graph.as_diagram": ["Diagram", "图"],
  "graph.as_outline": ["Outline", "大纲"],
  "graph.hidden": ["{n} hidden", "已隐藏 {n} 项"],
  "graph.children": ["{n} child|{n} children", "{n} 个子节点"],
  "graph.observed_true": ["observed", "已观测到"],
  "graph.observed_false": ["ruled out", "已排除"],
  "graph.best": ["in the best cut set", "在最佳割集中"],
  "graph.shared": ["drawn elsewhere too", "另处亦有"],
  "graph.probability": ["probability {p}", "概率 {p}"],
  "graph.legend": ["Legend", "图例"],
  "gate.or": ["OR", "或"],
  "gate.and": ["AND", "与"],
  "gate.atleast": ["{k} of {n}", "{n} 选 {k}"],
  "gate.not": ["NOT", "非"],
  "gate.xor": ["XOR", "异或"],
  "gate.inhibit": ["INHIBIT", "禁止"],
  "gate.other": ["Gate", "门"],
  "node.basic": ["Basic event", "基本事件"],
  "node.undeveloped": ["Undeveloped event", "未展开事件"],
  "node.house": ["House event", "房形事件"],
  "node.code": ["Error code", "错误码"],
  "node.transfer": ["Drawn elsewhere", "转移"],
  "legend.best": ["Best cut set", "最佳割集"],
  "legend.line": ["Line width and bar show probability", "线宽与条形表示概率"],

  "log.title": ["Log", "日志"],
  "log.empty": [
    "No log lines were captured. The SDK keeps what the app logs in the last 30 seconds before capture.",
    "没有捕获到日志。SDK 会保留捕获前 30 秒内应用输出的日志。",
  ],
  "log.lines": ["{n} line|{n} lines", "{n} 行"],
  "log.wrap": ["Wrap lines", "自动换行"],
  "log.evidence_jump": ["Evidence in the log", "日志中的证据"],
  "log.previous": ["Previous evidence", "上一处证据"],
  "log.next": ["Next evidence", "下一处证据"],
  "log.position": ["{i} of {n}", "{i} / {n}"],
  "log.region": ["Log lines; scroll with the arrow keys", "日志内容，可用方向键滚动"],
  "log.cut": ["{n} character not shown|{n} characters not shown", "另有 {n} 个字符未显示"],

  "plots.title": ["Measurements", "测量曲线"],
  "plots.fps": ["Frames per second", "帧率"],
  "plots.rtt": ["Round trip", "往返时延"],
  "plots.memory": ["Memory", "内存"],
  "plots.none": ["Nothing was measured.", "没有测量数据。"],
  "plots.axis": ["seconds before capture", "捕获前秒数"],
  "plots.lost": ["{lost} of {sent} lost", "丢失 {lost} / {sent}"],
  "plots.evidence": ["evidence in the log", "日志证据"],
  "plots.summary_fps": [
    "mean {mean}, lowest {min} frames per second",
    "平均 {mean}，最低 {min} 帧/秒",
  ],
  "plots.summary_rtt": ["median {median}, jitter {jitter}", "中位数 {median}，抖动 {jitter}"],
  "plots.summary_memory": ["{used} in use", "已用 {used}"],

  "env.title": ["Environment", "环境"],
  "env.device": ["Device", "设备"],
  "env.network": ["Network", "网络"],
  "env.app": ["App", "应用"],
  "env.sdk": ["SDK", "SDK"],
  "ticket.title": ["Ticket", "凭证"],
  "ticket.id": ["Id", "编号"],
  "ticket.fingerprint": ["Environment fingerprint", "环境指纹"],
  "ticket.code": ["Code", "错误码"],
  "ticket.context": ["Context", "上下文"],
  "ticket.issued": ["Issued", "签发时间"],
  "ticket.expires": ["Valid until", "有效期至"],
  "urgent.title": ["Urgent signals", "紧急信号"],

  "feedback.title": ["Was this right?", "诊断正确吗？"],
  "feedback.right": ["Right", "正确"],
  "feedback.wrong": ["Wrong", "不正确"],
  "feedback.it_was": ["It was", "实际原因"],
  "feedback.other": ["Something else", "其他原因"],
  "feedback.note": ["Note (optional)", "备注（可选）"],
  "feedback.send": ["Send", "发送"],
  "feedback.thanks": ["Thank you. It is kept with the report.", "谢谢，已随报告保存。"],
  "feedback.given": ["{n} answer so far|{n} answers so far", "已有 {n} 条反馈"],

  "catalogue.version": ["Catalogue {v}", "知识库 {v}"],
});

const CONFIDENCES = ["high", "medium", "low"] as const;
export function confidenceName(confidence: string): string {
  const known = CONFIDENCES.find((c) => c === confidence);
  return known === undefined ? confidence : report(`confidence.${known}`);
}

const RISKS = ["low", "medium", "high"] as const;
export function riskName(risk: string): string {
  const known = RISKS.find((r) => r === risk);
  return known === undefined ? risk : report(`risk.${known}`);
}
