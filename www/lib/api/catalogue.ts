/** What is known of failures. */
import type { Severity } from "./diagnosis.ts";

export interface CatalogueItem {
  code: string;
  family: string;
  severity: Severity;
  title: string;
  title_zh: string;
  scene?: string | null;
  scene_zh?: string | null;
  proof?: Proof;
  /** Why a search found it. */
  found_by?: "name" | "message" | "words" | (string & {});
}

/** How well a code is proven: seen live, quoted, defined by us, or from memory. */
export type Proof = "live" | "quoted" | "defined" | "memory" | (string & {});

export interface CatalogueList {
  version: string;
  items: CatalogueItem[];
}

/** A catalogue entry is data with more fields than any page needs to know; see dashboard/pages/entry. */
export type CatalogueEntry = CatalogueItem & Record<string, unknown>;
