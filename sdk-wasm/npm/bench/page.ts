/** Runs in the browser: the SDK beside the same work in JavaScript, turn by turn. */
import { encode } from "@msgpack/msgpack";
import * as ed25519 from "@noble/ed25519";
import { compressBlock, compressBound } from "lz4js";
import { Diag, type Host } from "../src/index.js";
import { browserHost } from "../src/host/browser.js";
import { scrubbed } from "./scrub.js";

const LINES = 200;
const ROUNDS = 200;
const LOGS = 200_000;
const FRAMES = 100_000;

/** Lines of a failing service: every one different, as real ones are. */
function line(index: number): string {
  const id = (index * 2654435761) >>> 0;
  const shapes = [
    `2026-03-01T10:${index % 60}:07.${id % 1000}Z ERROR pool: dial tcp 10.4.${index % 256}.17:5432: connect: connection refused (attempt ${index})`,
    `level=warn ts=${1790000000 + index} caller=retry.go:${index % 400} msg="retrying upstream" host=orders-${id % 7}.svc.cluster.local backoff=${id % 5000}ms request_id=${id.toString(16)}${id.toString(16)}`,
    `go: github.com/acme/widgets/v2@v2.${index}.0: Get "https://proxy.golang.org/github.com/acme/widgets/v2/@v/v2.${index}.0.mod": dial tcp: lookup proxy.golang.org: i/o timeout`,
    `E0301 10:${index % 60}:12.${id % 1000000} 1 reflector.go:138] k8s.io/client-go/informers/factory.go:134: Failed to watch *v1.Pod: failed to list *v1.Pod: Unauthorized`,
  ];
  return shapes[index % shapes.length]!;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

declare global {
  interface Window {
    run(ticket: string, publicKey: string, seedHex: string): Promise<Record<string, number>>;
  }
}

window.run = async (qrContext, publicKey, seedHex) => {
  let frame: (tickMs: number) => void = () => undefined;
  const host: Host = {
    ...browserHost(),
    frames: (callback) => {
      frame = callback;
      return () => undefined;
    },
  };
  let bytes = 0;
  const diag = await Diag.init({
    qrContext,
    issuerKeys: [{ publicKey }],
    wasm: "/dist/faultscan_sdk_bg.wasm",
    captureConsole: false,
    host,
    snapshotPolicy: { rttIntervalS: 0, logWindowS: 3600 },
    onSnapshotReady: (payload) => {
      bytes = payload.bytes.length;
    },
  });
  const texts = Array.from({ length: LINES }, (_, index) => line(index));

  const logStart = performance.now();
  for (let i = 0; i < LOGS; i++) diag.log("info", texts[i % LINES]!);
  const logUs = ((performance.now() - logStart) / LOGS) * 1000;

  const frameStart = performance.now();
  for (let i = 0; i < FRAMES; i++) frame(i * 16.7);
  const frameUs = ((performance.now() - frameStart) / FRAMES) * 1000;

  const seed = Uint8Array.from(seedHex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const packMs: number[] = [];
  const sdk = async (): Promise<number> => {
    const at: Record<string, number> = {};
    await diag.capture({
      onProgress: (stage) => {
        at[stage] = performance.now();
      },
    });
    packMs.push(at["signing"]! - at["packing"]!);
    return at["uploading"]! - at["packing"]!;
  };
  let jsBytes = 0;
  const table = new Uint32Array(1 << 16);
  const js = async (prepare: (text: string) => string): Promise<number> => {
    const start = performance.now();
    const rows = texts.map((text, at) => ({
      at_ms: at - LINES,
      level: "info",
      source: "app",
      message: prepare(text),
    }));
    const body = encode({ captured_at_ms: Date.now(), logs: rows });
    const block = new Uint8Array(compressBound(body.length));
    table.fill(0);
    const length = compressBlock(body, block, 0, body.length, table);
    const packed = length > 0 ? block.subarray(0, length) : body;
    const signature = await ed25519.signAsync(packed, seed);
    jsBytes = packed.length + signature.length;
    return performance.now() - start;
  };
  const sdkMs: number[] = [];
  const jsMs: number[] = [];
  const jsScrubbingMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [ours, theirs, likewise] = [await sdk(), await js((text) => text), await js(scrubbed)];
    // The first rounds warm all up.
    if (round < 20) continue;
    sdkMs.push(ours);
    jsMs.push(theirs);
    jsScrubbingMs.push(likewise);
  }
  diag.dispose();
  const plain = new Blob([JSON.stringify(texts.map((message, at) => ({ at, level: "info", message })))]);
  const stream = plain.stream().pipeThrough(new CompressionStream("gzip"));
  const gzip = (await new Response(stream).arrayBuffer()).byteLength;
  return {
    log_us: logUs,
    frame_us: frameUs,
    capture_ms: median(sdkMs),
    capture_pack_ms: median(packMs),
    javascript_capture_ms: median(jsScrubbingMs),
    javascript_capture_without_scrubbing_ms: median(jsMs),
    snapshot_bytes: bytes,
    javascript_bytes: jsBytes,
    gzip_of_json_bytes: gzip,
  };
};
