/** Replaced by the build with the package's version. */
declare const __FAULTSCAN_VERSION__: string | undefined;

export const VERSION: string =
  typeof __FAULTSCAN_VERSION__ === "string" ? __FAULTSCAN_VERSION__ : "0.0.0";
