/** Takes the place of `signals.ts`: what there is to see in a mini-program. */
import type { Integration } from "../integration.js";
import type { Port, Running } from "../port.js";
import { exits } from "../signals/exits.js";
import { hangs } from "../signals/hangs.js";
import { persistence } from "../signals/persistence.js";
import { requestsBy } from "../signals/requests.js";
import { start as begin } from "../signals/start.js";
import { urgentBy } from "../signals/urgent.js";

export { exits, hangs, persistence };
/** By the host's own `request`. */
export const requests = (): Integration => requestsBy(() => null);
/** By UDP, or the host's own `request`. */
export const urgent = (): Integration => urgentBy(() => null);

export const defaults = (): readonly Integration[] => [
  persistence(),
  urgent(),
  exits(),
  hangs(),
  requests(),
];

/** @internal */
export const start = (port: Port, given = defaults()): Running => begin(port, given);
