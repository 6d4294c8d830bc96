import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import { autodiscoverPaths, isEndpoint } from "../http/endpoint.js";
import type { AutodiscoverOptions } from "../options.js";
import { check, isObject } from "./check-options.js";

/** The option `autodiscover`, checked. */
export interface ResolvedAutodiscover {
  /** Where Autodiscover itself is asked: what requests that came without TLS are sent to. */
  readonly xmlUrl: string;
  /** The endpoint of an address, or undefined when it is not served; bounded in time. */
  urlOf(address: string, clock: Clock, timeoutMs: number): Promise<string | undefined>;
}

const wanted = "an https URL that ends in /Microsoft-Server-ActiveSync";

/** @throws DirectPushError `ERR_OPTION_INVALID`. */
export function resolveAutodiscover(
  options: AutodiscoverOptions | undefined,
): ResolvedAutodiscover | undefined {
  if (options === undefined) return undefined;
  check(isObject(options), "autodiscover", "an object", options);
  const { url } = options;
  check(typeof url === "string" && isEndpointUrl(url), "autodiscover.url", wanted, url);
  const hook: unknown = options.urlOf;
  check(hook === undefined || typeof hook === "function", "autodiscover.urlOf", "a function", hook);
  const urlOf = options.urlOf?.bind(options);
  return Object.freeze({
    xmlUrl: xmlUrlBeside(url),
    urlOf: async (address: string, clock: Clock, timeoutMs: number): Promise<string | undefined> => {
      if (urlOf === undefined) return url;
      const found = await boundedCall(async () => urlOf(address), timeoutMs, "autodiscover.urlOf", clock);
      if (found === undefined || isEndpointUrl(found)) return found;
      throw new TypeError(`autodiscover.urlOf answered with something else than ${wanted}`);
    },
  });
}

/** Where Autodiscover is asked on the host of an endpoint. */
export function xmlUrlBeside(url: string): string {
  return new URL(autodiscoverPaths.xml, url).href;
}

/** Phones send passwords there: without TLS only to the machine they run on, which is what tests and the demo do. */
function isEndpointUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.search !== "" || url.hash !== "" || !isEndpoint(url.pathname)) return false;
  if (url.username !== "" || url.password !== "" || url.pathname.endsWith("/")) return false;
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback);
}
