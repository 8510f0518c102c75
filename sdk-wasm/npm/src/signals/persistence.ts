/**
 * Keeps snapshots that wait in the host's storage, so that they outlive the app. Storage that is
 * full, refused or absent leaves the queue in memory.
 */
import { toBase64, fromBase64 } from "../base64.js";
import type { Integration, StoredSnapshot } from "../integration.js";

const PREFIX = "faultscan:q:";
const nameOf = ({ ticketId, sequence }: StoredSnapshot): string => `${PREFIX}${ticketId}.${sequence}`;

/** Snapshots that a session of this page has in its queue already. */
const held = new Set<string>();

export const persistence = (): Integration => ({
  name: "persistence",
  start(context) {
    const { durable } = context.host;
    context.found("persistentQueue", !!durable);
    if (!durable) return;
    // A host promises that this throws nothing; a queue must not depend on it.
    const put = (name: string, value: string | null): boolean => {
      try {
        return durable.store(name, value);
      } catch {
        return false;
      }
    };
    const mine = new Set<string>();
    const hold = (name: string): void => {
      held.add(name);
      mine.add(name);
    };
    const drop = (name: string): void => {
      held.delete(name);
      mine.delete(name);
    };
    context.keep({
      store(snapshot) {
        const name = nameOf(snapshot);
        hold(name);
        const { capturedAt, bytes } = snapshot;
        return put(name, `${capturedAt} ${context.endpoint} ${toBase64(bytes)}`);
      },
      forget(snapshot) {
        drop(nameOf(snapshot));
        put(nameOf(snapshot), null);
      },
      clear() {
        for (const name of durable.keys()) if (name.startsWith(PREFIX)) put(name, null);
        for (const name of [...mine]) drop(name);
      },
    });
    const stored: StoredSnapshot[] = [];
    for (const name of durable.keys()) {
      if (!name.startsWith(PREFIX) || held.has(name)) continue;
      const snapshot = read(name, durable.load(name) ?? "", context.endpoint);
      if (snapshot === "broken") put(name, null);
      else if (snapshot) stored.push(snapshot);
    }
    stored.sort((a, b) => a.capturedAt - b.capturedAt);
    for (const snapshot of stored) hold(nameOf(snapshot));
    context.restore(stored);
    return () => {
      for (const name of [...mine]) drop(name);
    };
  },
});

/** `null`: for another server. */
function read(name: string, value: string, endpoint: string): StoredSnapshot | "broken" | null {
  const [, ticketId, sequence] = /^faultscan:q:([0-9a-f]{32})\.(\d{1,10})$/.exec(name) ?? [];
  const [capturedAt, to, text = ""] = value.split(" ");
  const bytes = fromBase64(text);
  if (!ticketId || !(Number(capturedAt) > 0) || !to || !bytes?.length) return "broken";
  if (to !== endpoint) return null;
  return { ticketId, sequence: Number(sequence), capturedAt: Number(capturedAt), bytes };
}
