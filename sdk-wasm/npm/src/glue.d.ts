/** Made by the build; `core.ts` states what it expects of it. */
declare module "*/faultscan_sdk_bg.js";
