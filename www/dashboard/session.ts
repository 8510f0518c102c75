import { signal } from "@preact/signals";
import type { Me } from "../lib/api.ts";
import { Client } from "../lib/client.ts";
import { type ApiError, asApiError } from "../lib/errors.ts";
import { go, paths, route } from "./router.ts";

export type SessionState =
  | { readonly at: "checking" }
  | { readonly at: "in"; readonly me: Me }
  | { readonly at: "out" }
  /** The one-time token was refused. */
  | { readonly at: "bad_token" }
  | { readonly at: "failed"; readonly error: ApiError };

export const client = new Client();
export const session = signal<SessionState>({ at: "checking" });

// A session may end while pages are open (another sign-out, a restart): they lead back to the log-in.
client.onUnauthorized = () => {
  if (session.peek().at === "in") session.value = { at: "out" };
};

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `#token=…`, a whole login link, or the bare token. */
export function tokenOf(text: string): string | null {
  const trimmed = text.trim();
  const inLink = /(?:^|[#?&])token=([^&\s]+)/.exec(trimmed)?.[1];
  if (inLink !== undefined) return decoded(inLink);
  return /^[A-Za-z0-9_.~-]{8,256}$/.test(trimmed) ? trimmed : null;
}

export async function checkSession(): Promise<void> {
  session.value = { at: "checking" };
  try {
    const me = await client.me();
    session.value = me.authenticated ? { at: "in", me } : { at: "out" };
  } catch (error) {
    const failure = asApiError(error);
    session.value =
      failure.kind === "unauthorized" ? { at: "out" } : { at: "failed", error: failure };
  }
}

export async function signIn(token: string): Promise<void> {
  session.value = { at: "checking" };
  try {
    await client.login(token);
  } catch (error) {
    const failure = asApiError(error);
    const refused = ["unauthorized", "forbidden", "invalid", "gone"].includes(failure.kind);
    session.value = refused ? { at: "bad_token" } : { at: "failed", error: failure };
    return;
  }
  await checkSession();
  if (session.peek().at === "in" && route.peek().page === "login") go(paths.reports);
}

export async function signOut(): Promise<void> {
  await client.logout().catch(() => undefined);
  session.value = { at: "out" };
}

/** The token leaves the address as it is read, so that it stays in no history. */
function takeToken(): string | null {
  const token = route.peek().page === "login" ? tokenOf(location.hash) : null;
  if (token !== null) history.replaceState(null, "", "/login");
  return token;
}

export async function startSession(): Promise<void> {
  // A link that is opened where the log-in is shown changes only what is behind `#`: no page loads.
  addEventListener("hashchange", () => {
    const token = takeToken();
    if (token !== null) void signIn(token);
  });
  const token = takeToken();
  return token === null ? checkSession() : signIn(token);
}
