/** Something that is known to end held requests unless it was told another time. */
export interface KnownLimit {
  readonly what: string;
  /** What to change. */
  readonly setting: string;
  /** After how many seconds; empty where it has no default. */
  readonly limits: readonly TimedLimit[];
  /** What it writes into the headers of an answer of its own; absent where it writes nothing. */
  readonly calledLike?: RegExp;
}

/** A default. */
export interface TimedLimit {
  readonly seconds: number;
  /** Whether the end of the connection is seen, or the connection is forgotten in silence. */
  readonly seen: "open" | "silence" | "both";
  /** Met by what holds the client's side only: a probe that has no such limit does not meet it. */
  readonly isClients?: true;
}

const open = (...seconds: readonly number[]): readonly TimedLimit[] =>
  seconds.map((one) => ({ seconds: one, seen: "open" }));

/** Any HAProxy has the limit that its configuration says. */
export const haproxy: KnownLimit = {
  what: "HAProxy (no default: what its configuration says)",
  setting: "timeout server 3600s",
  limits: [],
};

/** Cloudflare alone answers with HTTP 524. */
export const cloudflare: KnownLimit = {
  what: "Cloudflare (about 100 s)",
  setting: 'the DNS record to "DNS only", or heartbeat.maxSeconds: 90 on the server',
  limits: open(100),
  calledLike: /cloudflare/i,
};

/** A Node server or proxy of today has no such limit, unless somebody set it. */
export const nodeTimeout: KnownLimit = {
  what: "server.timeout of a Node server or proxy",
  setting: "server.timeout = 0, and no socket.setTimeout for held requests",
  limits: [],
};

/**
 * What ends held requests, the likelier of those with equal limits first. docs/deploying.md tells how to raise each. The one table: what the server
 * tells of cuts and what the probe says come from here.
 */
export const knownLimits: readonly KnownLimit[] = [
  {
    what: "Google Cloud load balancer (default 30 s)",
    setting: "timeoutSec: 3600 of the backend service",
    limits: open(30),
    calledLike: /google|gfe|gws/i,
  },
  {
    what: "Amazon CloudFront (default 30 s, at most 60 s)",
    setting: "another way for this path: CloudFront cannot hold requests",
    limits: open(30),
    calledLike: /cloudfront/i,
  },
  {
    what: "nginx (default 60 s)",
    setting: "proxy_read_timeout 3600s; in the location of /Microsoft-Server-ActiveSync",
    limits: open(60),
    calledLike: /nginx|openresty|tengine/i,
  },
  {
    what: "Kubernetes ingress-nginx (default 60 s)",
    setting: 'the annotation nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"',
    limits: open(60),
  },
  {
    what: "AWS application load balancer (default 60 s)",
    setting: "the attribute idle_timeout.timeout_seconds=3600",
    limits: open(60),
    calledLike: /awselb/i,
  },
  {
    what: "Apache httpd (default 60 s)",
    setting: "ProxyTimeout 3600, or timeout=3600 of the ProxyPass",
    limits: open(60),
    calledLike: /apache/i,
  },
  {
    what: "Oracle Cloud load balancer (65 s)",
    setting: "idle time-out of the listener: 3600 s",
    limits: open(65),
  },
  cloudflare,
  {
    what: "Node before version 13 (server.timeout 2 min)",
    setting: nodeTimeout.setting,
    limits: open(120),
  },
  {
    what: "Azure App Service (230 s, fixed)",
    setting: "heartbeat.maxSeconds: 220 on the server",
    limits: open(230),
  },
  {
    what: "Azure Load Balancer (default 4 min)",
    setting: "its idle time-out to 30 min, and heartbeat.maxSeconds: 1740 on the server",
    limits: [{ seconds: 240, seen: "both" }],
  },
  {
    what: "Envoy (route default 15 s, stream idle default 5 min)",
    setting: "timeout: 0s and idle_timeout: 0s of the route",
    limits: open(15, 300),
    calledLike: /envoy/i,
  },
  {
    what: "a client on fetch or undici (headersTimeout 300 s)",
    setting: "headersTimeout: 0 of the client's dispatcher",
    limits: [{ seconds: 300, seen: "open", isClients: true }],
  },
  {
    what: "AWS network load balancer or NAT gateway (350 s)",
    setting: "tcp.idle_timeout.seconds of the balancer, or heartbeat.maxSeconds: 340 on the server",
    limits: [{ seconds: 350, seen: "both" }],
  },
  {
    what: "Google Cloud's VPC firewall (10 min)",
    setting: "heartbeat.maxSeconds: 580 on the server, or TCP keep-alive on the server's sockets",
    limits: [{ seconds: 600, seen: "silence" }],
  },
  {
    what: "Azure Application Gateway",
    setting: "the request time-out of the back-end settings above the heartbeat",
    limits: [],
    calledLike: /application-gateway/i,
  },
  {
    what: "Azure Front Door",
    setting: "the origin response time-out, or heartbeat.maxSeconds below it",
    limits: [],
    calledLike: /front ?door|x-azure-ref/i,
  },
  {
    what: "IIS Application Request Routing",
    setting: "the proxy time-out of the server proxy settings",
    limits: [],
    calledLike: /iis|httpapi/i,
  },
];
