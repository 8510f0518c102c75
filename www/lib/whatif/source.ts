import type { LocalDiagnosis } from "@faultscan/sdk/diagnosis";
import type { CauseName, WhatIf } from "../api.ts";
import type { Client } from "../client.ts";
import { ApiError } from "../errors.ts";
import { type Assumptions, assumptionParams } from "./model.ts";

/** Who knows what would follow: the server, or the engine on the phone. */
export interface WhatIfSource {
  ask(assumed: Assumptions, signal?: AbortSignal): Promise<WhatIf>;
  find(words: string, signal?: AbortSignal): Promise<CauseName[]>;
}

export function reportWhatIf(client: Pick<Client, "whatIf" | "causes">, id: string): WhatIfSource {
  return {
    ask: (assumed, signal) => client.whatIf(id, assumptionParams(assumed), signal),
    find: (words, signal) => client.causes(id, words, signal),
  };
}

function refused(error: unknown): never {
  const { reason, message } = error as { reason?: string; message?: string };
  throw new ApiError("invalid", {
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { detail: message }),
  });
}

/** The engine on the phone, asked about the dialogue that it is in. */
export function localWhatIf(
  local: () => Promise<Pick<LocalDiagnosis, "whatIf" | "findCauses">>,
): WhatIfSource {
  return {
    ask: async (assumed) => {
      const engine = await local();
      try {
        return await engine.whatIf(assumed);
      } catch (error) {
        return refused(error);
      }
    },
    find: async (words) => (await local()).findCauses(words),
  };
}
