/** Faultscan's SDK: see `docs/sdk.md`. */
export { Diag, decodeTicket } from "./diag.js";
export { DiagError } from "./errors.js";
export type {
  DeviceFacts,
  Host,
  HostLine,
  HostRequest,
  HostResponse,
  MemoryReading,
  NetworkFacts,
} from "./host/host.js";
export { HostFault } from "./host/host.js";
export type * from "./types.js";
