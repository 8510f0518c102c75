import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

const LOAD_TIMEOUT_MS = 20_000;

/** Loads the reader from our own assets (its default is a public CDN, which the policy forbids). */
export async function prepare(): Promise<(pixels: ImageData) => Promise<string | null>> {
  const loaded = prepareZXingModule({
    overrides: { locateFile: () => wasmUrl },
    fireImmediately: true,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("decoder timed out")), LOAD_TIMEOUT_MS);
  });
  await Promise.race([loaded, late]).finally(() => clearTimeout(timer));
  return async (pixels) => {
    const found = await readBarcodes(pixels, {
      formats: ["QRCode"],
      maxNumberOfSymbols: 1,
      tryHarder: true,
      tryInvert: true,
    });
    return found.find((code) => code.isValid)?.text ?? null;
  };
}
