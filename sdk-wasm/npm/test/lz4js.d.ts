declare module "lz4js" {
  export function decompressBlock(
    from: Uint8Array,
    into: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): number;
}
