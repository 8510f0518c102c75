import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type CameraTrouble,
  cameraCount,
  cameraTrouble,
  type Facing,
  openCamera,
  stopStream,
  torchTrack,
} from "../lib/qr/camera.ts";
import { type Decoder, loadDecoder } from "../lib/qr/decoder.ts";

export type ScannerState =
  | { at: "off" }
  | { at: "asking" }
  | { at: "loading_decoder"; slow: boolean }
  | { at: "looking"; slow: boolean }
  | { at: "trouble"; trouble: CameraTrouble | "decoder" };

/** Leaves the page time to draw between two frames. */
const FRAME_PAUSE_MS = 40;
const SLOW_MS = 9000;

interface Running {
  stream: MediaStream | null;
  stopped: boolean;
}

export interface Scanner {
  state: ScannerState;
  canSwitch: boolean;
  /** Null where the camera has no light. */
  toggleTorch: (() => void) | null;
  start: (facing?: Facing) => void;
  switchCamera: () => void;
  stop: () => void;
}

async function lookUntilFound(
  video: HTMLVideoElement,
  decoder: Decoder,
  run: Running,
): Promise<string | null> {
  while (!run.stopped) {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
      const text = await decoder.read(video).catch(() => null);
      if (text !== null && text !== "") return run.stopped ? null : text;
    }
    await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE_MS));
  }
  return null;
}

/** The camera as a hook: off, asking, looking, or in trouble; released whenever the page leaves it. */
export function useScanner(
  video: RefObject<HTMLVideoElement | null>,
  onText: (text: string) => void,
): Scanner {
  const [state, setState] = useState<ScannerState>({ at: "off" });
  const [cameras, setCameras] = useState(1);
  const [torch, setTorch] = useState<{ on: boolean; track: ReturnType<typeof torchTrack> }>({
    on: false,
    track: null,
  });
  const running = useRef<Running | null>(null);
  const facing = useRef<Facing>("environment");
  const found = useRef(onText);
  found.current = onText;

  const release = () => {
    if (running.current !== null) {
      running.current.stopped = true;
      stopStream(running.current.stream);
    }
    running.current = null;
  };
  const stop = () => {
    release();
    setState({ at: "off" });
  };

  const start = async (wanted: Facing) => {
    release();
    facing.current = wanted;
    const run: Running = { stream: null, stopped: false };
    running.current = run;
    setState({ at: "asking" });
    // The decoder loads while the person reads the permission question.
    const decoding = loadDecoder().catch(() => null);
    try {
      run.stream = await openCamera(wanted);
    } catch (error) {
      if (!run.stopped)
        setState({ at: "trouble", trouble: cameraTrouble(error, globalThis.isSecureContext) });
      return;
    }
    const element = video.current;
    if (run.stopped || element === null) return stopStream(run.stream);
    element.srcObject = run.stream;
    setState({ at: "loading_decoder", slow: false });
    await element.play().catch(() => undefined);
    setTorch({ on: false, track: torchTrack(run.stream) });
    void cameraCount().then(setCameras);
    const decoder = await decoding;
    if (run.stopped) return;
    if (decoder === null) {
      release();
      return setState({ at: "trouble", trouble: "decoder" });
    }
    setState({ at: "looking", slow: false });
    const slow = setTimeout(
      () => setState((s) => (s.at === "looking" ? { ...s, slow: true } : s)),
      SLOW_MS,
    );
    const text = await lookUntilFound(element, decoder, run);
    clearTimeout(slow);
    if (text === null) return;
    navigator.vibrate?.(30);
    stop();
    found.current(text);
  };

  useEffect(() => release, []);

  const { track } = torch;
  return {
    state,
    canSwitch: cameras > 1,
    toggleTorch:
      track === null
        ? null
        : () => {
            const on = !torch.on;
            void track
              .applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
              .then(() => setTorch({ on, track }))
              .catch(() => setTorch({ on: false, track: null }));
          },
    start: (wanted = facing.current) => void start(wanted),
    switchCamera: () => void start(facing.current === "environment" ? "user" : "environment"),
    stop,
  };
}
