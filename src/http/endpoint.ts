/** The path of the protocol's one endpoint ([MS-ASHTTP] 2.2.1.1.1). */
export const endpointPath = "/Microsoft-Server-ActiveSync";

/** Where Autodiscover is asked, as XML ([MS-ASCMD] 2.2.1.1) and as JSON. */
export const autodiscoverPaths = {
  xml: "/autodiscover/autodiscover.xml",
  json: "/autodiscover/autodiscover.json",
} as const;

const endpointSuffix = endpointPath.toLowerCase();
const origin = /^https?:\/\/[^/?#]*/i;

/** A request target cut in two. */
export interface RequestTarget {
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

/** Cuts a request target into path and query; the origin of an absolute one (a proxy's) is dropped. */
export function splitTarget(url: string): RequestTarget {
  const target = url.replace(origin, "");
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Whether a path is the endpoint: in any letter case, below any prefix, with or without a slash at its end. */
export function isEndpoint(path: string): boolean {
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  return bare.toLowerCase().endsWith(endpointSuffix);
}
