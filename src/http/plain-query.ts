import { canonicalDeviceId } from "./device-id.js";
import type { QueryResult } from "./query.js";
import { plainQueryParameters } from "./query-parameters.js";

/**
 * Reads a plain query ([MS-ASHTTP] 2.2.1.1.1.2): names in any case and order, the first of equal names counts. A `+` is a plus sign,
 * as in addresses, and not a blank.
 */
export function readPlainQuery(query: string): QueryResult {
  const parameters = plainParameters(query);
  const command = parameters.get("cmd") ?? "";
  if (command === "") return { kind: "malformed", reason: "Cmd is empty" };
  return {
    kind: "query",
    query: {
      form: "plain",
      command,
      deviceId: canonicalDeviceId(parameters.get("deviceid") ?? ""),
      deviceType: parameters.get("devicetype") || undefined,
      user: parameters.get("user") || undefined,
      version: undefined,
      policyKey: undefined,
      parameters: plainQueryParameters(parameters),
    },
  };
}

/** The parameters of a plain query by their names in lower case, percent-decoded. */
export function plainParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? "" : percentDecode(pair.slice(equals + 1)));
  }
  return parameters;
}

/** Percent-decodes as UTF-8, and as Latin-1 what is no UTF-8: some clients encode a user's name so. */
function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}
