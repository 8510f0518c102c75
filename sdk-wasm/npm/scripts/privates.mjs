// A plugin for builds whose engines know no private names: esbuild keeps those private by a WeakMap for
// each, which is a quarter of the script and slow. Here they become plain properties with short names
// (by `mangleProps`), which nobody can guess and no type declares.
import { readFileSync } from "node:fs";

/** Where a private name is declared or used; nothing else in the sources has this form. */
const PRIVATE = /(?<=[.\s])#(?=[a-z])/gi;
export const MANGLED = /^private_/;

export const privates = {
  name: "privates",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(PRIVATE, "private_"),
      loader: "ts",
    }));
  },
};
