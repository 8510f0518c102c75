/** Parts of the SDK that load after the page is up. See `docs/sdk.md` for what each records. */
import type { Integration } from "./integration.js";
import { exits } from "./signals/exits.js";
import { hangs } from "./signals/hangs.js";
import { lifecycle } from "./signals/lifecycle.js";
import { persistence } from "./signals/persistence.js";
import { requests } from "./signals/requests.js";
import { urgent } from "./signals/urgent.js";
import { vitals } from "./signals/vitals.js";

export type { Integration, Keeper, SignalContext, StoredSnapshot, UrgentKind } from "./integration.js";
export { exits, hangs, lifecycle, persistence, requests, urgent, vitals };

/** All of them; the queue first, so that nothing that the others send can be lost. */
export const defaults = (): readonly Integration[] => [
  persistence(),
  urgent(),
  exits(),
  hangs(),
  vitals(),
  requests(),
  lifecycle(),
];
