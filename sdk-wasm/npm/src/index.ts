/** Faultscan's SDK: see `docs/sdk.md`. */
export { Diag, decodeTicket } from "./diag.js";
export { DiagError } from "./errors.js";
export type { DiagEvent, EventKind } from "./events.js";
export type {
  DeviceFacts,
  DurableStorage,
  Host,
  HostEvents,
  HostLine,
  HostRequest,
  HostResponse,
  MemoryReading,
  NetworkFacts,
  SeenRequest,
  UdpAddress,
} from "./host/host.js";
export { HostFault } from "./host/host.js";
export type {
  Integration,
  Keeper,
  SignalContext,
  StoredSnapshot,
  UrgentKind,
} from "./integration.js";
export type * from "./types.js";
