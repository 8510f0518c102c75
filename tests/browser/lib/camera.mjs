import { writeFileSync } from "node:fs";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 12;

/**
 * Draws a PNG as a camera would see it: on a grey table, not filling the picture, a little tilted and
 * moving between frames. The browser itself decodes the PNG, so this needs no image library.
 */
async function frames(page, png) {
  return page.evaluate(
    async ({ base64, width, height, count }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      const side = 400;
      const all = [];
      for (let n = 0; n < count; n++) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.fillStyle = "#8a8a8a";
        context.fillRect(0, 0, width, height);
        const sway = Math.sin((n / count) * 2 * Math.PI);
        context.translate(width / 2 + 6 * sway, height / 2 - 4 * sway);
        context.rotate(0.03 + 0.02 * sway);
        context.drawImage(image, -side / 2, -side / 2, side, side);
        const { data } = context.getImageData(0, 0, width, height);
        let grey = "";
        for (let i = 0; i < data.length; i += 4) {
          const noise = ((i * 2654435761 + n * 40503) >>> 16) % 13;
          const value = (data[i] * 77 + data[i + 1] * 150 + data[i + 2] * 29) >> 8;
          grey += String.fromCharCode(Math.max(16, Math.min(235, value + noise - 6)));
        }
        all.push(btoa(grey));
      }
      return all;
    },
    { base64: png.toString("base64"), width: WIDTH, height: HEIGHT, count: FRAMES },
  );
}

/** Writes a film of the PNG that Chromium plays as its camera, over and over. */
export async function film(browser, png, path) {
  const page = await browser.newPage();
  try {
    const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
    const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`)];
    for (const frame of await frames(page, png)) {
      parts.push(Buffer.from("FRAME\n"), Buffer.from(frame, "base64"), colourless);
    }
    writeFileSync(path, Buffer.concat(parts));
  } finally {
    await page.close();
  }
}
