import { BlockList, isIP } from "node:net";
import { DirectPushError } from "../errors.js";
import type { RequestHeaders } from "./headers.js";

/** Tells which peers are proxies of one's own. */
export type TrustedProxies = Pick<BlockList, "check">;

/**
 * Reads a list of addresses and networks in CIDR notation (`10.0.0.0/8`, `fd00::/8`, `192.0.2.7`).
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the entry that is neither.
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits, ...rest] = typeof entry === "string" ? entry.split("/") : [];
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || rest.length > 0 || !(length <= most)) {
      const wanted = "an address or a network such as 10.0.0.0/8";
      throw new DirectPushError(
        "ERR_OPTION_INVALID",
        `trustedProxies must name ${wanted} each, got ${JSON.stringify(entry)}`,
      );
    }
    list.addSubnet(address, length, familyName(address));
  }
  return list;
}

/**
 * The network that a request comes from: the first 24 bits of an IPv4 address, 48 of an IPv6 address, which are the smallest parts that
 * are routed by themselves and so belong to one operator.
 *
 * @returns undefined where the address is not known.
 */
export function clientNetwork(
  remoteAddress: string | undefined,
  headers: RequestHeaders,
  proxies: TrustedProxies,
): string | undefined {
  const address = clientAddress(remoteAddress, headers, proxies);
  return address === undefined ? undefined : prefix(address);
}

/**
 * The address that a request comes from. Behind a trusted proxy it is that of `X-Forwarded-For` which the proxies added: the last that is no
 * proxy's.
 *
 * @returns undefined where it is not known.
 */
export function clientAddress(
  remoteAddress: string | undefined,
  headers: RequestHeaders,
  proxies: TrustedProxies,
): string | undefined {
  const hops = [...forwardedFor(headers), remoteAddress ?? ""].map(plainAddress);
  const last = hops.findLastIndex((hop) => isIP(hop) === 0 || !proxies.check(hop, familyName(hop)));
  const hop = hops[last === -1 ? 0 : last] ?? "";
  // Something unreadable that a proxy wrote: what the proxy itself is, is all that is known.
  const address = isIP(hop) === 0 ? (hops[last + 1] ?? "") : hop;
  return isIP(address) === 0 ? undefined : address;
}

function forwardedFor(headers: RequestHeaders): readonly string[] {
  const value = headers["x-forwarded-for"];
  if (value === undefined) return [];
  return (typeof value === "string" ? value : value.join(",")).split(",");
}

/** Without port, brackets, zone and the IPv6 form of an IPv4 address. */
function plainAddress(text: string): string {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1];
  const bare = bracketed ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  const unzoned = bare.split("%", 1)[0] ?? "";
  return /^::ffff:([\d.]+)$/i.exec(unzoned)?.[1] ?? unzoned;
}

function prefix(address: string): string {
  if (isIP(address) === 4) return `${address.split(".", 3).join(".")}.0/24`;
  const [head = "", tail] = address.toLowerCase().split("::", 2);
  const given = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // The last group of some is an IPv4 address, which stands for two.
  const count = given.length + after.length + (address.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - count;
  const groups = [...given, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, 3);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/48`;
}

function familyName(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
