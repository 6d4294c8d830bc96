import { readBase64Query } from "./base64-query.js";
import { readPlainQuery } from "./plain-query.js";
import type { QueryParameters } from "./query-parameters.js";

/** What the query of a request says, whichever of the two forms it has ([MS-ASHTTP] 2.2.1.1.1). */
export interface EasQuery {
  readonly form: "plain" | "base64";
  /** As sent in the plain form, from the table of codes in the other one. */
  readonly command: string;
  /** Canonical; undefined when it is missing or no device id. */
  readonly deviceId: string | undefined;
  /** Undefined when it is missing or empty. */
  readonly deviceType: string | undefined;
  /** User as sent; it may differ from the authenticated one in case and domain, and decides nothing. */
  readonly user: string | undefined;
  /** Of the base64 form alone, such as `14.1`. */
  readonly version: string | undefined;
  /** Of the base64 form alone: an unsigned 32-bit number. */
  readonly policyKey: number | undefined;
  /** What only some commands have. */
  readonly parameters: QueryParameters;
}

/** The outcome of {@link readQuery}. */
export type QueryResult =
  | { readonly kind: "query"; readonly query: EasQuery }
  /** No query of a POST; `reason` is for the log. */
  | { readonly kind: "malformed"; readonly reason: string }
  /** The base64 form with a code that no command has. */
  | { readonly kind: "unknown-command"; readonly code: number };

const plainMark = /(?:^|&)cmd=/i;

/** Reads the query of a POST in either form. The plain one is told by its `Cmd=`; the base64 one has no `&`. */
export function readQuery(query: string): QueryResult {
  if (query === "") return { kind: "malformed", reason: "the query is missing" };
  if (plainMark.test(query)) return readPlainQuery(query);
  if (query.includes("&") || /=[^=]/.test(query)) return { kind: "malformed", reason: "Cmd is missing" };
  return readBase64Query(query);
}
