/** Parts of the SDK that load after the page is up. See `docs/sdk.md` for what each records. */
import type { Integration } from "./integration.js";
import type { Port, Running } from "./port.js";
import { device } from "./signals/device.js";
import { exits } from "./signals/exits.js";
import { hangs } from "./signals/hangs.js";
import { lifecycle } from "./signals/lifecycle.js";
import { persistence } from "./signals/persistence.js";
import { requestsBy } from "./signals/requests.js";
import { start as begin } from "./signals/start.js";
import { urgentBy } from "./signals/urgent.js";
import { vitals } from "./signals/vitals.js";
import { webChannel } from "./signals/web-channel.js";
import { hookWeb } from "./signals/web-requests.js";

export type { Integration, Keeper, SignalContext, StoredSnapshot, UrgentKind } from "./integration.js";
export { device, exits, hangs, lifecycle, persistence, vitals };
export const requests = (): Integration => requestsBy(hookWeb);
export const urgent = (): Integration => urgentBy(webChannel());

/** All of them; the queue first, so that nothing that the others send can be lost. */
export const defaults = (): readonly Integration[] => [
  persistence(),
  device(),
  urgent(),
  exits(),
  hangs(),
  vitals(),
  requests(),
  lifecycle(),
];

/** @internal */
export const start = (port: Port, given = defaults()): Running => begin(port, given);
