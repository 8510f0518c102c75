declare module "lz4js" {
  export function compressBound(length: number): number;
  export function compressBlock(
    from: Uint8Array,
    into: Uint8Array,
    at: number,
    length: number,
    table: Uint32Array,
  ): number;
}
