// A phone's camera before a QR code, simulated: a second of video in which the hand trembles, with one
// thing that makes reading hard. Seeded, so that every run sees the same frames.

export const WIDTH_PX = 640;
export const HEIGHT_PX = 480;
export const FRAMES_A_SECOND = 30;
const QUIET_ZONE = 4;
/** Samples a pixel, along each side. */
const SAMPLES = 2;

const GOOD = {
  modulePx: 4.2,
  noise: 7,
  blurPx: 0.7,
  dark: 40,
  light: 210,
  turn: 0.12,
  tilt: 0.08,
  gradient: 0.1,
  glare: 0,
  shakePx: 0,
};

/** What is hard about a scene, from mild (0) to hardly readable (1). */
export const KINDS = {
  plain: () => ({}),
  noisy: (hard) => ({ noise: 18 + 34 * hard }),
  rotated: (hard) => ({ turn: Math.PI, tilt: 0.15 + 0.35 * hard }),
  dim: (hard) => ({ dark: 8, light: 60 - 34 * hard, noise: 6 + 4 * hard, gradient: 0.4 }),
  "low contrast": (hard) => ({ dark: 115, light: 160 - 27 * hard, noise: 6 }),
  small: (hard) => ({ modulePx: 2.7 - 0.9 * hard, blurPx: 0.45 }),
  "out of focus": (hard) => ({ blurPx: 1 + 1.2 * hard }),
  shaken: (hard) => ({ shakePx: 1.5 + 3 * hard }),
  glare: (hard) => ({ glare: 120 + 180 * hard, gradient: 0.5 }),
  "light on dark": (hard) => ({ dark: 210, light: 40, noise: 7 + 15 * hard }),
};

/** The generator "mulberry32". */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nearly normal, with deviation 1. */
const normal = (next) => (next() + next() + next() + next() - 2) * Math.sqrt(3);
/** Even between -1 and 1. */
const either = (next) => 2 * next() - 1;

/** The scene of a code (`{size, dark}`): a function that makes its frames, by their number. */
export function scene(code, kind, seed, hard) {
  const next = random(seed);
  const set = { ...GOOD, ...KINDS[kind](hard) };
  const span = code.size + 2 * QUIET_ZONE;
  const fits = (0.94 * HEIGHT_PX) / (span * (set.turn > 1 ? 1.25 : 1));
  const still = {
    ...set,
    modulePx: Math.min(fits, set.modulePx * (1 + 0.08 * either(next))),
    angle: set.turn * either(next),
    tiltX: set.tilt * either(next),
    tiltY: set.tilt * either(next),
    x: WIDTH_PX / 2 + 20 * either(next),
    y: HEIGHT_PX / 2 + 10 * either(next),
    lightFrom: 2 * Math.PI * next(),
  };
  const extent = code.size * still.modulePx;
  still.glareX = still.x + 0.3 * extent * either(next);
  still.glareY = still.y + 0.3 * extent * either(next);
  still.glarePx = 0.15 * extent;
  still.clutter = Array.from({ length: 30 }, () => ({
    left: next() * WIDTH_PX,
    top: next() * HEIGHT_PX,
    width: 10 + 80 * next(),
    height: 4 + 20 * next(),
    grey: Math.min(set.dark, set.light) + next() * Math.abs(set.light - set.dark),
  }));
  return (number) => {
    const tremble = random(seed * 1009 + number);
    const lens = draw(code, still, tremble);
    return sensor(blurred(lens, still.blurPx * (0.8 + 0.5 * tremble())), still, tremble);
  };
}

/** What the lens throws onto the sensor: grey values, row by row. */
function draw(code, still, tremble) {
  const { modulePx, tiltX, tiltY, dark, light, clutter } = still;
  const angle = still.angle + 0.004 * normal(tremble);
  const [x0, y0] = [still.x + 1.5 * normal(tremble), still.y + 1.5 * normal(tremble)];
  const moved = [still.shakePx * normal(tremble), still.shakePx * normal(tremble)];
  const moments = still.shakePx > 0 ? [-0.5, -0.25, 0, 0.25, 0.5] : [0];
  const [cos, sin] = [Math.cos(angle) / modulePx, Math.sin(angle) / modulePx];
  const half = code.size / 2;
  const ground = (2 * dark + light) / 3;
  const seen = (x, y) => {
    const near = 1 / (1 - (x * tiltX + y * tiltY) / WIDTH_PX);
    const column = (x * cos + y * sin) * near + half;
    const row = (y * cos - x * sin) * near + half;
    const inside = (margin) =>
      Math.min(column, row) >= -margin && Math.max(column, row) < code.size + margin;
    if (inside(0)) {
      return code.dark[Math.floor(row) * code.size + Math.floor(column)] === "1" ? dark : light;
    }
    return inside(QUIET_ZONE) ? light : null;
  };
  const background = (x, y) => {
    const on = clutter.find(
      (box) => x > box.left && y > box.top && x < box.left + box.width && y < box.top + box.height,
    );
    return on?.grey ?? ground;
  };
  const grey = new Float32Array(WIDTH_PX * HEIGHT_PX);
  for (let y = 0; y < HEIGHT_PX; y++) {
    for (let x = 0; x < WIDTH_PX; x++) {
      let sum = 0;
      for (const moment of moments) {
        for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
          const sampleX = x + ((sample % SAMPLES) + 0.5) / SAMPLES - x0 + moment * moved[0];
          const sampleY = y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES - y0 + moment * moved[1];
          sum += seen(sampleX, sampleY) ?? background(x, y);
        }
      }
      grey[y * WIDTH_PX + x] = sum / (moments.length * SAMPLES * SAMPLES);
    }
  }
  return grey;
}

/** A Gaussian blur of that deviation. */
function blurred(grey, deviationPx) {
  const reach = Math.max(1, Math.ceil(2.5 * deviationPx));
  const weights = [];
  for (let at = -reach; at <= reach; at++) weights.push(Math.exp((-at * at) / (2 * deviationPx ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (from, length, step, start) => {
    for (let at = 0; at < length; at++) {
      let sum = 0;
      for (let tap = -reach; tap <= reach; tap++) {
        const clamped = Math.min(length - 1, Math.max(0, at + tap));
        sum += from[start + clamped * step] * weights[tap + reach];
      }
      line[at] = sum / total;
    }
    for (let at = 0; at < length; at++) from[start + at * step] = line[at];
  };
  const line = new Float32Array(Math.max(WIDTH_PX, HEIGHT_PX));
  for (let y = 0; y < HEIGHT_PX; y++) along(grey, WIDTH_PX, 1, y * WIDTH_PX);
  for (let x = 0; x < WIDTH_PX; x++) along(grey, HEIGHT_PX, WIDTH_PX, x);
  return grey;
}

/** What the sensor makes of it: uneven light, a reflection, noise, and values from 0 to 255. */
function sensor(grey, still, tremble) {
  const data = new Uint8ClampedArray(4 * grey.length).fill(255);
  const [fromX, fromY] = [Math.cos(still.lightFrom), Math.sin(still.lightFrom)];
  for (let at = 0; at < grey.length; at++) {
    const [x, y] = [at % WIDTH_PX, Math.floor(at / WIDTH_PX)];
    const across = ((x - WIDTH_PX / 2) * fromX + (y - HEIGHT_PX / 2) * fromY) / (WIDTH_PX / 2);
    let value = grey[at] * (1 + still.gradient * across);
    if (still.glare > 0) {
      const distance = ((x - still.glareX) ** 2 + (y - still.glareY) ** 2) / still.glarePx ** 2;
      value += still.glare * Math.exp(-distance);
    }
    value += still.noise * normal(tremble);
    data.fill(value, 4 * at, 4 * at + 3);
  }
  return { data, width: WIDTH_PX, height: HEIGHT_PX, colorSpace: "srgb" };
}
