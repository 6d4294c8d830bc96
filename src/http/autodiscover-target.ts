import { autodiscoverPaths } from "./endpoint.js";

/** Which form of Autodiscover a path asks for. */
export type AutodiscoverTarget =
  | { readonly kind: "xml" }
  /** `pathAddress` is the e-mail address where the path has it, percent-encoded as it was sent. */
  | { readonly kind: "json"; readonly pathAddress: string | undefined };

/** The JSON form with the address in the path. */
const addressed = /^(.*)\/v1\.0\/([^/]+)$/i;

/** What a path asks of Autodiscover, in any letter case, below any prefix, with or without a slash at its end; undefined for another path. */
export function autodiscoverTarget(path: string): AutodiscoverTarget | undefined {
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  if (endsWith(bare, autodiscoverPaths.xml)) return { kind: "xml" };
  if (endsWith(bare, autodiscoverPaths.json)) return { kind: "json", pathAddress: undefined };
  const [, before, pathAddress] = addressed.exec(bare) ?? [];
  const isAddressed = before !== undefined && endsWith(before, autodiscoverPaths.json);
  return isAddressed ? { kind: "json", pathAddress } : undefined;
}

function endsWith(path: string, suffix: string): boolean {
  return path.length >= suffix.length && path.slice(-suffix.length).toLowerCase() === suffix;
}
