import { define } from "./define.ts";

export const miniapp = define({
  title: ["Faultscan – scan a failure", "Faultscan – 扫描故障"],
  "scan.title": ["Point at the code beside what failed", "对准故障旁的二维码"],
  "scan.body": [
    "It was shown by diag, the dashboard or your CI. You read the root cause seconds later.",
    "二维码由 diag、仪表盘或 CI 显示，扫码数秒后即可看到根因。",
  ],
  "scan.start": ["Start the camera", "打开摄像头"],
  "scan.file": ["Choose image", "选择图片"],
  "scan.paste": ["Paste the text", "粘贴文本"],
  "scan.paste_label": ["Ticket text or link", "凭证文本或链接"],
  "scan.paste_hint": [
    "Starts with FS1. or https://, or is one long row of digits.",
    "以 FS1. 或 https:// 开头，或为一长串数字。",
  ],
  "scan.open": ["Open", "打开"],
  "scan.asking": ["Allow the camera in the question above", "请在上方的提示中允许使用摄像头"],
  "scan.looking": ["Looking for a code", "正在寻找二维码"],
  "scan.loading_decoder": ["Loading the decoder", "正在加载解码器"],
  "scan.hint_slow": [
    "Nothing yet. Hold it steady, fill the frame, turn up the brightness of the screen.",
    "还没识别到。请保持稳定、让二维码占满取景框，并调高屏幕亮度。",
  ],
  "scan.stop": ["Stop the camera", "关闭摄像头"],
  "scan.torch": ["Torch", "手电筒"],
  "scan.switch": ["Other camera", "切换摄像头"],
  "scan.video": ["Camera picture", "摄像头画面"],
  "scan.no_code_in_image": ["No QR code found in that image.", "图片中没有找到二维码。"],
  "scan.image_unreadable": [
    "That file is not a picture this browser can read.",
    "浏览器无法读取该图片文件。",
  ],
  "scan.reading_image": ["Reading the image", "正在读取图片"],

  "camera.denied.title": ["The camera is blocked for this site", "此网站的摄像头已被禁用"],
  "camera.denied.body": [
    "Allow it in the browser's site settings (the icon left of the address), then try again. Or use an image or the text: both work without a camera.",
    "请在浏览器的网站设置（地址栏左侧图标）中允许后重试；也可以使用图片或文本，两者都不需要摄像头。",
  ],
  "camera.none.title": ["No camera found", "没有找到摄像头"],
  "camera.none.body": [
    "Take a screenshot of the code and choose it here, or paste the text under it.",
    "可以对二维码截图后在此选择，或粘贴其下方的文本。",
  ],
  "camera.insecure.title": ["The camera needs https", "摄像头需要 https"],
  "camera.insecure.body": [
    "Browsers give the camera only to secure pages. Scan with the phone's own camera app: it opens this page with the ticket in it. An image or the text works here too.",
    "浏览器只在安全页面中提供摄像头。可以用手机自带的相机扫码，它会带着凭证打开本页；也可以在此使用图片或文本。",
  ],
  "camera.busy.title": ["The camera is in use", "摄像头被占用"],
  "camera.busy.body": [
    "Another app holds it. Close that one and try again.",
    "其他应用正在使用摄像头，请关闭后重试。",
  ],
  "camera.failed.title": ["The camera did not start", "摄像头启动失败"],
  "camera.failed.body": ["Try again, or use an image or the text.", "请重试，或使用图片、文本。"],
  "camera.decoder.title": ["The decoder could not be loaded", "解码器加载失败"],
  "camera.decoder.body": [
    "This browser has no QR reader of its own and ours could not be fetched. Paste the text, or try again when the network is back.",
    "浏览器没有内置二维码识别，而我们的解码器无法下载。请粘贴文本，或在网络恢复后重试。",
  ],

  "opening.title": ["Checking the ticket", "正在校验凭证"],
  "opening.body": ["Signature first, then its time.", "先验签名，再验有效期。"],

  "refused.not_a_ticket.title": ["This is not a Faultscan code", "这不是 Faultscan 二维码"],
  "refused.not_a_ticket.body": [
    "It was read, but holds something else or only a part of a ticket. Scan the whole code, or copy the whole text.",
    "内容已读取，但不是凭证或不完整。请扫描完整的二维码，或复制完整的文本。",
  ],
  "refused.forged.title": ["The signature does not match", "签名不匹配"],
  "refused.forged.body": [
    "The ticket was changed after it was signed, or forged. Nothing was captured or sent. Make a new one where the failure is.",
    "凭证在签名后被改动，或系伪造。没有捕获或发送任何数据。请在故障处重新生成。",
  ],
  "refused.expired.title": ["This ticket has expired", "凭证已过期"],
  "refused.expired.body": [
    "Tickets are short-lived on purpose. Run the failing command with diag qr again, or make a new one on the dashboard, and scan that.",
    "凭证有意设计为短时有效。请再次用 diag qr 运行失败的命令，或在仪表盘新建凭证后扫描。",
  ],
  "refused.expired.since": ["It was valid until {when}.", "有效期至 {when}。"],
  "refused.not_yet_valid.title": ["This ticket is dated in the future", "凭证的时间在未来"],
  "refused.not_yet_valid.body": [
    "The clock of this phone or of the failing machine is wrong. Set it by the network and scan again.",
    "手机或故障机器的时钟不准，请同步时间后重新扫描。",
  ],
  "refused.unknown_issuer.title": ["Unknown issuer", "未知的签发者"],
  "refused.unknown_issuer.body": [
    "The ticket is signed by a key that this server does not know, or no longer trusts. Was it made for another server?",
    "签发密钥不被此服务器认识或已不再信任。它是为另一台服务器生成的吗？",
  ],
  "refused.foreign.title": ["This ticket belongs to {host}", "此凭证属于 {host}"],
  "refused.foreign.body": [
    "It was made by another Faultscan server. You can open it there.",
    "它由另一台 Faultscan 服务器生成，可以在那里打开。",
  ],
  "refused.foreign.open": ["Open at {host}", "在 {host} 打开"],
  "refused.used.title": ["Already used by another phone", "已被另一部手机使用"],
  "refused.used.body": [
    "A ticket is bound to the first phone that sends with it. Make a new one for this phone.",
    "凭证会绑定到首个使用它上传的手机，请为本机新建一个。",
  ],
  "refused.unsupported.title": ["This ticket is of a newer version", "凭证版本较新"],
  "refused.unsupported.body": [
    "Reload the page to get the newest scanner. If that does not help, the server needs an update.",
    "请刷新页面获取最新的扫描器；若仍无效，需要升级服务器。",
  ],
  "refused.wasm.title": ["This browser can't run the SDK", "此浏览器无法运行 SDK"],
  "refused.wasm.body": [
    "WebAssembly is missing or switched off. Open the link in an up-to-date browser.",
    "WebAssembly 不可用或被禁用，请用较新的浏览器打开链接。",
  ],
  "refused.offline.title": ["No network", "没有网络"],
  "refused.offline.body": [
    "The ticket could not be checked or sent. It is tried again as soon as the network is back.",
    "无法校验或发送，网络恢复后会自动重试。",
  ],
  "refused.timeout.title": ["The server did not answer in time", "服务器未及时响应"],
  "refused.timeout.body": ["Nothing was lost. Try again.", "数据没有丢失，请重试。"],
  "refused.busy.title": ["The server is busy", "服务器繁忙"],
  "refused.busy.body": [
    "It sheds load on purpose so that nothing is lost. Try again in a moment.",
    "服务器正在主动限流以避免丢失数据，请稍后重试。",
  ],
  "refused.server.title": ["The server failed", "服务器出错"],
  "refused.server.body": [
    "The fault is on the server's side. Trying again may help.",
    "问题出在服务器一侧，重试可能有效。",
  ],
  "refused.page.title": ["This page failed", "本页面出错"],
  "refused.page.body": [
    "The fault is in this page, not in your ticket. Reload it and scan again; the reason below helps whoever mends it.",
    "问题出在本页面，与凭证无关。请刷新后重新扫描；下方的原因有助于排查。",
  ],
  "refused.rejected.title": ["The server refused the snapshot", "服务器拒绝了快照"],
  "refused.rejected.body": [
    "The reason below names it. A new ticket usually helps.",
    "具体原因见下方，通常新建凭证即可解决。",
  ],
  "refused.scan_again": ["Scan again", "重新扫描"],

  "ready.title": ["Ticket accepted", "凭证有效"],
  "ready.valid_for": ["valid for {t}", "剩余 {t}"],
  "ready.evidence": ["Evidence from the failing machine", "来自故障机器的证据"],
  "meters.title": ["Live", "实时"],
  "meters.fps": ["Frames/s", "帧率"],
  "meters.rtt": ["Round trip", "往返时延"],
  "meters.memory": ["Memory", "内存"],
  "meters.logs": ["Log lines", "日志行"],
  "meters.unavailable": ["not offered here", "此处不提供"],
  "meters.waiting": ["measuring", "测量中"],
  "meters.lost": ["{lost}/{sent} lost", "丢失 {lost}/{sent}"],
  "meters.window": ["last 30 s", "最近 30 秒"],
  "meters.source": ["by {source}", "来源 {source}"],

  "demo.title": ["Nothing failing right now?", "现在没有故障？"],
  "demo.body": [
    "Let one of these fail. The text is what the real software prints, written to this page's own error log; the SDK picks it up like any other.",
    "让下面任意一个失败。文本与真实软件的输出一致，写入本页面的错误日志，SDK 会像对待其他日志一样捕获它。",
  ],
  "demo.emitted": [
    "{name}: {n} line written to the log|{name}: {n} lines written to the log",
    "{name}：已写入 {n} 行日志",
  ],
  "demo.go_proxy": ["Go module proxy timeout", "Go 模块代理超时"],
  "demo.db_refused": ["Database refused", "数据库拒绝连接"],
  "demo.tls_unknown": ["TLS unknown authority", "TLS 未知颁发机构"],
  "demo.pod_unschedulable": ["Pod unschedulable", "Pod 无法调度"],

  "capture.button": ["Capture", "捕获"],
  "capture.body": [
    "Packs the last 30 seconds, removes secrets, signs and sends them.",
    "打包最近 30 秒的数据，去除敏感信息，签名并发送。",
  ],
  "capture.title": ["Capturing", "正在捕获"],
  "capture.stage.sampling": ["Sampling", "采样"],
  "capture.stage.packing": ["Packing", "打包"],
  "capture.stage.signing": ["Signing", "签名"],
  "capture.stage.uploading": ["Uploading", "上传"],
  "capture.stage.done": ["Diagnosed", "完成诊断"],
  "capture.slow": [
    "The upload is slow. It goes on; you may also give up and capture again.",
    "上传较慢，仍在进行；也可以放弃后重新捕获。",
  ],
  "capture.queued.diagnosed": [
    "There is no network. The phone has made the diagnosis below by itself; your answers count, and snapshot and answers are sent when the network is back.",
    "当前没有网络。下方是手机自行完成的诊断，你的回答即时生效；网络恢复后会发送快照和回答。",
  ],
  "result.unsent": [
    "Your answers are kept on this phone and are sent when the network is back.",
    "你的回答已保存在手机上，网络恢复后会自动发送。",
  ],
  "capture.queued.title": ["Kept on this phone", "已保存在本机"],
  "capture.queued.body": [
    "There is no network. The snapshot is signed and kept; it is sent when the network is back.",
    "当前没有网络。快照已签名并保存，网络恢复后自动发送。",
  ],
  "capture.send_now": ["Send now", "立即发送"],

  "result.open": ["Open the full report", "打开完整报告"],
  "result.share": ["Share the link", "分享链接"],
  "result.shared": ["Link copied", "链接已复制"],
  "result.again": ["Capture again", "再次捕获"],
  "result.new": ["Scan another", "扫描其他"],
  "result.duplicate": [
    "This was sent before; here is the same answer.",
    "此前已发送过，显示同一结果。",
  ],
  "result.skew": ["This phone's clock is off by {t}.", "本机时钟偏差 {t}。"],

  "report.bad_link.title": ["This link is incomplete", "链接不完整"],
  "report.bad_link.body": [
    "A report link ends in an id, a dot and a key. Copy it whole.",
    "报告链接以编号、点号和密钥结尾，请完整复制。",
  ],
  "report.what": ["the report", "报告"],
});
