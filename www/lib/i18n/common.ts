import { define } from "./define.ts";

export const common = define({
  "app.name": ["Faultscan", "Faultscan"],
  "skip.content": ["Skip to content", "跳到正文"],

  "action.copy": ["Copy", "复制"],
  "action.copied": ["Copied", "已复制"],
  "action.copy_failed": ["Select and copy by hand", "请手动选中复制"],
  "action.retry": ["Try again", "重试"],
  "action.cancel": ["Cancel", "取消"],
  "action.close": ["Close", "关闭"],
  "action.show_all": ["Show all {n}", "显示全部 {n} 项"],
  "action.show_fewer": ["Show fewer", "收起"],

  "theme.label": ["Colour scheme", "配色"],
  "theme.auto": ["Auto", "自动"],
  "theme.light": ["Light", "浅色"],
  "theme.dark": ["Dark", "深色"],
  "lang.label": ["Language", "语言"],

  "time.now": ["just now", "刚刚"],

  "wait.loading": ["Loading {what}", "正在加载{what}"],
  "wait.slow": ["This is taking longer than it should.", "等待时间比预期长。"],

  "error.offline.title": ["No network", "没有网络"],
  "error.offline.body": [
    "This device is offline. It picks up again when the network is back.",
    "设备当前离线，网络恢复后会自动继续。",
  ],
  "error.timeout.title": ["The server did not answer in time", "服务器未及时响应"],
  "error.timeout.body": [
    "The request was given up after {s} seconds. Nothing was lost; try again.",
    "请求等待 {s} 秒后放弃，数据没有丢失，请重试。",
  ],
  "error.unreachable.title": ["The server can't be reached", "无法连接服务器"],
  "error.unreachable.body": [
    "The connection failed before any answer came. Is the server running, and does a proxy stand between?",
    "在收到响应之前连接就失败了。请确认服务器正在运行，以及中间是否有代理。",
  ],
  "error.unauthorized.title": ["You are not signed in", "尚未登录"],
  "error.unauthorized.body": [
    "The session has ended or never began. Open the one-time link that the server prints.",
    "会话已结束或尚未开始。请打开服务器启动时打印的一次性链接。",
  ],
  "error.forbidden.title": ["Not yours to see", "无权查看"],
  "error.forbidden.body": [
    "This link does not give access to that report.",
    "此链接没有访问该报告的权限。",
  ],
  "error.not_found.title": ["Not found", "未找到"],
  "error.not_found.body": [
    "It may have been removed when its retention time ended, or the address is mistyped.",
    "可能已过保留期被清除，或地址有误。",
  ],
  "error.conflict.title": ["It changed meanwhile", "内容已变化"],
  "error.conflict.body": ["Reload to see how it stands now.", "请重新加载以查看当前状态。"],
  "error.gone.title": ["Expired", "已过期"],
  "error.gone.body": ["This was valid for a limited time only.", "其有效期已过。"],
  "error.too_large.title": ["Too large", "内容过大"],
  "error.too_large.body": [
    "The server refuses bodies of this size.",
    "服务器拒绝接收这么大的内容。",
  ],
  "error.invalid.title": ["The server refused this input", "服务器拒绝了该输入"],
  "error.invalid.body": ["Check the fields and send it again.", "请检查各字段后重新提交。"],
  "error.rate_limited.title": ["Too many requests", "请求过于频繁"],
  "error.rate_limited.body": ["Wait {s} seconds, then try again.", "请等待 {s} 秒后重试。"],
  "error.overloaded.title": ["The server is busy", "服务器繁忙"],
  "error.overloaded.body": [
    "It sheds load on purpose so that nothing is lost. Try again in {s} seconds.",
    "服务器正在主动限流以避免丢失数据，请 {s} 秒后重试。",
  ],
  "error.server.title": ["The server failed", "服务器出错"],
  "error.server.body": [
    "The fault is on the server's side. Trying again may help.",
    "问题出在服务器一侧，重试可能有效。",
  ],
  "error.malformed.title": ["The answer could not be read", "无法解析响应"],
  "error.malformed.body": [
    "Something between here and the server changed it, or page and server are of different versions.",
    "响应在传输途中被改动，或页面与服务器版本不一致。",
  ],
  "error.part.title": ["This part of the page did not load", "页面的这一部分未能加载"],
  "error.part.body": [
    "The network was lost, or the server was updated meanwhile. Reloading helps in both cases.",
    "网络中断，或服务器已更新。重新加载即可。",
  ],
  "error.part.reload": ["Reload", "重新加载"],
  "error.reason": ["Reason: {reason}", "原因代码：{reason}"],

  "severity.low": ["Low severity", "低级别"],
  "severity.medium": ["Medium severity", "中级别"],
  "severity.high": ["High severity", "高级别"],
  "severity.critical": ["Critical", "严重"],

  "family.db": ["Database", "数据库"],
  "family.tls": ["TLS", "TLS"],
  "family.k8s": ["Kubernetes", "Kubernetes"],
  "family.sb": ["Spring Boot", "Spring Boot"],
  "family.net": ["Network", "网络"],
  "family.go": ["Go environment", "Go 环境"],
  "family.platform": ["Platform", "平台"],
  "family.extra": ["Others", "其他"],
});

const FAMILIES = ["db", "tls", "k8s", "sb", "net", "go", "platform", "extra"] as const;
export const KNOWN_FAMILIES: readonly string[] = FAMILIES;

/** A family the pages do not know yet is shown by its own name. */
export function familyName(family: string): string {
  const known = FAMILIES.find((f) => f === family);
  return known === undefined ? family : common(`family.${known}`);
}

const SEVERITIES = ["low", "medium", "high", "critical"] as const;

export function severityName(severity: string): string {
  const known = SEVERITIES.find((s) => s === severity);
  return known === undefined ? severity : common(`severity.${known}`);
}
