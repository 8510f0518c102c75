/** What a scanned or pasted text is, before any of it is trusted. */
export type Scanned =
  | { readonly kind: "ticket"; readonly text: string; readonly foreignUrl: string | null }
  | { readonly kind: "report"; readonly id: string; readonly capability: string }
  | { readonly kind: "bad_link" }
  | { readonly kind: "nothing" };

const TEXT_CHARS_MAX = 8192;

function parseUrl(text: string): URL | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

/** `#<report id>.<capability>`; null where either half is missing. */
export function parseReportFragment(fragment: string): { id: string; capability: string } | null {
  const match = /^#?([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_.-]{8,512})$/.exec(fragment);
  return match?.[1] && match[2] ? { id: match[1], capability: match[2] } : null;
}

/** True for what could be a ticket's fragment: `FS1.…` or digits. */
export function looksLikeTicket(fragment: string): boolean {
  return /^(?:FS\d+\.|\d{20})/.test(fragment.replace(/^#/, ""));
}

/** Sorts out a text. A ticket is only recognised here; the SDK alone decides whether it is good. */
export function classify(raw: string, ownOrigin: string): Scanned {
  const text = raw.trim();
  if (text === "" || text.length > TEXT_CHARS_MAX) return { kind: "nothing" };
  const url = parseUrl(text);
  if (url === null) return { kind: "ticket", text, foreignUrl: null };
  if (url.origin === ownOrigin && url.pathname === "/r") {
    const report = parseReportFragment(url.hash);
    return report === null ? { kind: "bad_link" } : { kind: "report", ...report };
  }
  return { kind: "ticket", text, foreignUrl: url.origin === ownOrigin ? null : url.href };
}

/** What the page's own address asks for. */
export function fromLocation(pathname: string, hash: string): Scanned {
  if (pathname.startsWith("/r")) {
    const report = parseReportFragment(hash);
    return report === null ? { kind: "bad_link" } : { kind: "report", ...report };
  }
  const fragment = hash.replace(/^#/, "");
  if (fragment === "") return { kind: "nothing" };
  return { kind: "ticket", text: fragment, foreignUrl: null };
}
