import { useEffect, useRef, useState } from "preact/hooks";
import { miniapp } from "../../lib/i18n/miniapp.ts";
import { cameraAlreadyAllowed } from "../../lib/qr/camera.ts";
import { loadDecoder } from "../../lib/qr/decoder.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Notice } from "../../lib/ui/notice.tsx";
import { type ScannerState, useScanner } from "../scanner.ts";

type FileState = "idle" | "reading" | "no_code" | "unreadable" | "decoder";

function useImageFile(
  onText: (text: string) => void,
): [FileState, (file: File | undefined) => void] {
  const [state, setState] = useState<FileState>("idle");
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    setState("reading");
    const decoder = await loadDecoder().catch(() => null);
    if (decoder === null) return setState("decoder");
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (bitmap === null) return setState("unreadable");
    const text = await decoder.read(bitmap).catch(() => null);
    bitmap.close();
    setState(text === null ? "no_code" : "idle");
    if (text !== null) onText(text);
  };
  return [state, (file) => void read(file)];
}

const FILE_MESSAGE = {
  reading: "scan.reading_image",
  no_code: "scan.no_code_in_image",
  unreadable: "scan.image_unreadable",
} as const;

function PasteForm({ onText }: { onText: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      class="paste"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onText(text);
      }}
    >
      <label class="field">
        <span>{miniapp("scan.paste_label")}</span>
        <textarea
          rows={3}
          value={text}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(e) => setText(e.currentTarget.value)}
        />
        <span class="small-note">{miniapp("scan.paste_hint")}</span>
      </label>
      <button type="submit" class="button primary" disabled={text.trim() === ""}>
        {miniapp("scan.open")}
      </button>
    </form>
  );
}

function Finder({ active }: { active: boolean }) {
  return (
    <svg class={active ? "finder active" : "finder"} viewBox="0 0 100 100" aria-hidden="true">
      <path d="M4 26V4h22M74 4h22v22M96 74v22H74M26 96H4V74" />
      <path class="finder-eye" d="M12 12h14v14H12zM74 12h14v14H74zM12 74h14v14H12z" />
      <path class="finder-sweep" d="M4 50H46L52 56H96" />
    </svg>
  );
}

function lookingText(state: ScannerState): string {
  if (state.at === "loading_decoder") return miniapp("scan.loading_decoder");
  return state.at === "looking" && state.slow ? miniapp("scan.hint_slow") : miniapp("scan.looking");
}

export function ScanScreen({ onText }: { onText: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const scanner = useScanner(video, onText);
  const [pasting, setPasting] = useState(false);
  const [fileState, readFile] = useImageFile(onText);
  const { state } = scanner;
  const running = state.at === "looking" || state.at === "loading_decoder";

  useEffect(() => {
    void cameraAlreadyAllowed().then((allowed) => (allowed ? scanner.start() : undefined));
  }, []);

  return (
    <div class="scan">
      <div class="scan-head">
        <h1 tabIndex={-1}>{miniapp("scan.title")}</h1>
        <p class="lead">{miniapp("scan.body")}</p>
      </div>
      <div class={running ? "viewport running" : "viewport"} hidden={state.at === "trouble"}>
        <video ref={video} muted playsInline aria-label={miniapp("scan.video")} hidden={!running} />
        <Finder active={running} />
        {state.at === "off" ? (
          <button type="button" class="button primary start" onClick={() => scanner.start()}>
            <Icon name="camera" />
            {miniapp("scan.start")}
          </button>
        ) : null}
        {state.at === "asking" ? <p class="viewport-note">{miniapp("scan.asking")}</p> : null}
        {running ? (
          <div class="viewport-foot">
            <p role="status">{lookingText(state)}</p>
            <div class="viewport-tools">
              {scanner.canSwitch ? (
                <button
                  type="button"
                  class="button small icon-only"
                  aria-label={miniapp("scan.switch")}
                  onClick={scanner.switchCamera}
                >
                  <Icon name="swap" />
                </button>
              ) : null}
              {scanner.toggleTorch === null ? null : (
                <button
                  type="button"
                  class="button small icon-only"
                  aria-label={miniapp("scan.torch")}
                  onClick={scanner.toggleTorch}
                >
                  <Icon name="torch" />
                </button>
              )}
              <button
                type="button"
                class="button small icon-only"
                aria-label={miniapp("scan.stop")}
                onClick={scanner.stop}
              >
                <Icon name="close" />
              </button>
            </div>
          </div>
        ) : null}
      </div>
      {state.at === "trouble" ? (
        <Notice
          tone="warn"
          title={miniapp(`camera.${state.trouble}.title`)}
          body={miniapp(`camera.${state.trouble}.body`)}
          alert
        >
          {state.trouble === "insecure" ? null : (
            <button type="button" class="button" onClick={() => scanner.start()}>
              {miniapp("scan.start")}
            </button>
          )}
        </Notice>
      ) : null}
      <div class="scan-others">
        <label class="button">
          <Icon name="image" />
          {miniapp("scan.file")}
          <input
            type="file"
            accept="image/*"
            class="offscreen"
            onChange={(e) => {
              readFile(e.currentTarget.files?.[0]);
              e.currentTarget.value = "";
            }}
          />
        </label>
        <button
          type="button"
          class="button"
          aria-expanded={pasting}
          onClick={() => setPasting(!pasting)}
        >
          <Icon name="text" />
          {miniapp("scan.paste")}
        </button>
      </div>
      {fileState === "idle" ? null : (
        <p class={fileState === "reading" ? "small-note" : "inline-error"} role="status">
          {fileState === "decoder"
            ? miniapp("camera.decoder.body")
            : miniapp(FILE_MESSAGE[fileState])}
        </p>
      )}
      {pasting ? <PasteForm onText={onText} /> : null}
    </div>
  );
}
