/** Reads one QR code out of a picture; null where there is none. */
export interface Decoder {
  readonly name: "native" | "zxing";
  read(source: HTMLVideoElement | ImageBitmap): Promise<string | null>;
}

interface NativeDetector {
  detect(source: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]>;
}

interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

const SIDE_MAX_PX = 1024;

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

/** What zxing needs: pixels, bounded so that a 12-megapixel photo does not stall the phone. */
export function pixelsOf(
  source: HTMLVideoElement | ImageBitmap,
  sideMax = SIDE_MAX_PX,
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

async function zxingDecoder(): Promise<Decoder> {
  const { prepare } = await import("./zxing.ts");
  const readPixels = await prepare();
  return {
    name: "zxing",
    async read(source) {
      const pixels = pixelsOf(source);
      return pixels === null ? null : readPixels(pixels);
    },
  };
}

let loading: Promise<Decoder> | null = null;

/** The browser's own reader where it has one, else ours, fetched on first use. A failure may be tried again. */
export function loadDecoder(): Promise<Decoder> {
  loading ??= nativeDecoder()
    .then((native) => native ?? zxingDecoder())
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}
