import { define } from "./define.ts";

export const review = define({
  switch: ["Show me what will be sent first", "发送前先让我查看内容"],
  title: ["This is what will be sent", "以下内容将被发送"],
  body: [
    "Known secrets are blanked out already. Untick what should stay on this phone.",
    "已知的敏感信息已被遮盖。取消勾选的内容会留在本机。",
  ],
  lines: ["{n} log line|{n} log lines", "{n} 行日志"],
  no_lines: ["No log lines were recorded.", "没有记录到日志。"],
  all: ["All", "全选"],
  none: ["None", "全不选"],
  blanked: ["{n} secret blanked out|{n} secrets blanked out", "已遮盖 {n} 处敏感信息"],
  page: ["Address of the page", "页面地址"],
  events: ["{n} event|{n} events", "{n} 个事件"],
  facts: ["Phone and network", "设备与网络"],
  measured: [
    "Frame rate, round trips and memory of the last half minute go too.",
    "最近半分钟的帧率、往返时延和内存数据也会一并发送。",
  ],
  send: ["Send {n} line|Send {n} lines", "发送 {n} 行"],
  send_bare: ["Send without log lines", "不含日志发送"],
  keep: ["Send nothing", "不发送"],
});
