/** Reads one QR code out of a picture; null where there is none. */
export interface Decoder {
  readonly name: "native" | "own";
  read(source: HTMLVideoElement | ImageBitmap): Promise<string | null>;
}

interface NativeDetector {
  detect(source: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]>;
}

interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

/** Larger pictures are scaled down: a 12-megapixel photo would stall the phone. */
const FRAME_SIDE_MAX_PX = 1024;
const PHOTO_SIDE_MAX_PX = 1600;
const LOAD_TIMEOUT_MS = 20_000;

async function nativeDecoder(): Promise<Decoder | null> {
  const detectorClass = (globalThis as { BarcodeDetector?: NativeDetectorClass }).BarcodeDetector;
  if (detectorClass === undefined) return null;
  try {
    if (!(await detectorClass.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new detectorClass({ formats: ["qr_code"] });
    return {
      name: "native",
      async read(source) {
        const found = await detector.detect(source);
        return found[0]?.rawValue || null;
      },
    };
  } catch {
    return null;
  }
}

function sizeOf(source: HTMLVideoElement | ImageBitmap): { width: number; height: number } {
  return source instanceof HTMLVideoElement
    ? { width: source.videoWidth, height: source.videoHeight }
    : { width: source.width, height: source.height };
}

/** The pixels of a picture, its longest side at most `sideMax`; null before a video has any. */
export function pixelsOf(
  source: HTMLVideoElement | ImageBitmap,
  sideMax: number,
): ImageData | null {
  const { width, height } = sizeOf(source);
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, sideMax / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Ours, fetched on first use; a network that hangs is given up. */
async function ownDecoder(): Promise<Decoder> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error("the QR reader did not load in time")),
      LOAD_TIMEOUT_MS,
    );
  });
  const loaded = import("@faultscan/sdk/qr").then(({ loadQrReader }) => loadQrReader());
  const reader = await Promise.race([loaded, late]).finally(() => clearTimeout(timer));
  return {
    name: "own",
    async read(source) {
      const isVideo = source instanceof HTMLVideoElement;
      const pixels = pixelsOf(source, isVideo ? FRAME_SIDE_MAX_PX : PHOTO_SIDE_MAX_PX);
      if (pixels === null) return null;
      return isVideo ? reader.frame(pixels) : reader.still(pixels);
    },
  };
}

let loading: Promise<Decoder> | null = null;

/** The browser's own reader where it has one, else ours. A failure may be tried again. */
export function loadDecoder(): Promise<Decoder> {
  loading ??= nativeDecoder()
    .then((native) => native ?? ownDecoder())
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}
