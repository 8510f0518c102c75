const PATHS = {
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  text: "M5 6h14M5 11h14M5 16h9",
  copy: "M9 9h10v11H9zM6 15H5V4h10v2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  left: "M15 6l-6 6 6 6",
  out: "M9 5H5v14h14v-4M13 5h6v6M19 5l-8 8",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  auto: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16",
  swap: "M4 9h13l-3-3M20 15H7l3 3",
  torch: "M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2",
  alert: "M12 4l9 16H3zM12 10v5M12 17.5v.01",
  share: "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7",
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative; the words beside it carry the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A scanner's finder square, broken along a fault and shifted. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-a" d="M3 3h15.5l-2.2 5H8v8H3z M3 16h5v5.5h3.2L9 26.5H3z" />
      <path class="mark-b" d="M29 29H13.5l2.2-5H24v-8h5z M29 16h-5v-5.5h-3.200L23 5.5h6z" />
    </svg>
  );
}
