import { isIP } from "node:net";

/**
 * Whether a request names this server in its Host header. A page of another site can make a browser send requests here by a name of its own
 * that it lets point here (DNS rebinding), but not with an address or a name of ours in the header.
 *
 * @param names what the server is called besides its addresses and `localhost`, in lower case.
 */
export function isOurHost(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return false;
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(host.toLowerCase());
  if (match === null) return false;
  const [, inBrackets, plain] = match;
  if (inBrackets !== undefined) return isIP(inBrackets) === 6;
  const name = (plain as string).replace(/\.$/, "");
  return isIP(name) === 4 || name === "localhost" || name.endsWith(".localhost") || names.includes(name);
}
