import { define } from "./define.ts";

/** Words of the forward questions. */
export const whatif = define({
  title: ["What if …", "假设推演"],
  body: [
    "Assume that causes have failed or work, and see what would follow, beside what is believed now. Nothing of it is kept with the report.",
    "假设某些原因已发生或正常，查看会引发什么，并与目前的判断对照。推演内容不会保存到报告。",
  ],
  failed: ["Failed", "已发生"],
  working: ["Works", "正常"],
  now: ["now {p}", "目前 {p}"],
  find: ["Find another cause", "查找其他原因"],
  "find.hint": ["disk, certificate, redis…", "磁盘、证书、redis……"],
  found: ["{n} cause found|{n} causes found", "找到 {n} 个原因"],
  "column.now": ["Now", "目前"],
  "column.then": ["Then", "假设后"],
  codes: ["Codes that follow", "相关错误码"],
  tops: ["Top events", "顶事件"],
  causes: ["Other causes", "其他原因"],
  summary: ["{up} more likely, {down} less likely", "{up} 项可能性上升，{down} 项下降"],
  asking: ["Weighing", "正在推演"],
  impossible: [
    "These assumptions contradict each other or what was seen.",
    "这些假设互相矛盾，或与已有证据矛盾。",
  ],
  unknown: [
    "The catalogue here does not have one of these causes.",
    "此处的知识库没有其中某个原因。",
  ],
  link: ["Copy link", "复制链接"],
  clear: ["Clear", "清除"],
});
