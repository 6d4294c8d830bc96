import type { HoldFailure } from "./hold-outcome.js";

/** Something that is known to end held requests, and what to set. */
export interface Culprit {
  readonly what: string;
  readonly setting: string;
}

interface NamedCulprit extends Culprit {
  /** What it writes into the headers of an answer of its own. */
  readonly calledLike: RegExp;
}

const nginx: Culprit = {
  what: "nginx (default 60 s)",
  setting: "proxy_read_timeout 3600s; in the location of /Microsoft-Server-ActiveSync",
};
const ingress: Culprit = {
  what: "Kubernetes ingress-nginx (default 60 s)",
  setting: 'the annotation nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"',
};
const awsAlb: Culprit = {
  what: "AWS application load balancer (default 60 s)",
  setting: "the attribute idle_timeout.timeout_seconds=3600",
};
const cloudflare: Culprit = {
  what: "Cloudflare (about 100 s)",
  setting: 'the DNS record to "DNS only", or heartbeat.maxSeconds: 90 on the server',
};
const cloudFront: Culprit = {
  what: "AWS CloudFront (default 30 s, at most 60 s)",
  setting: "another way for this path: CloudFront cannot hold requests",
};
const google: Culprit = {
  what: "Google Cloud load balancer (default 30 s)",
  setting: "timeoutSec: 3600 of the backend service",
};
const applicationGateway: Culprit = {
  what: "Azure Application Gateway",
  setting: "the request time-out of the back-end settings above the heartbeat",
};
const frontDoor: Culprit = {
  what: "Azure Front Door",
  setting: "the origin response time-out, or heartbeat.maxSeconds below it",
};
const envoy: Culprit = {
  what: "Envoy (route default 15 s, stream idle default 5 min)",
  setting: "timeout: 0s and idle_timeout: 0s of the route",
};
const apache: Culprit = {
  what: "Apache httpd (default 60 s)",
  setting: "ProxyTimeout 3600, or timeout=3600 of the ProxyPass",
};
const iis: Culprit = {
  what: "IIS Application Request Routing",
  setting: "the proxy time-out of the server proxy settings",
};
const haproxy: Culprit = {
  what: "HAProxy (no default: what its configuration says)",
  setting: "timeout server 3600s",
};
const azureBalancer: Culprit = {
  what: "Azure Load Balancer (default 4 min)",
  setting: "its idle time-out to 30 min, and heartbeat.maxSeconds: 1740 on the server",
};
const node: Culprit = {
  what: "server.timeout of a Node server or proxy",
  setting: "server.timeout = 0, and no socket.setTimeout for held requests",
};

const named: readonly NamedCulprit[] = [
  { ...awsAlb, calledLike: /awselb/i },
  { ...cloudflare, calledLike: /cloudflare/i },
  { ...cloudFront, calledLike: /cloudfront/i },
  { ...applicationGateway, calledLike: /application-gateway/i },
  { ...frontDoor, calledLike: /front ?door|x-azure-ref/i },
  { ...google, calledLike: /google|gfe|gws/i },
  { ...envoy, calledLike: /envoy/i },
  { ...apache, calledLike: /apache/i },
  { ...iis, calledLike: /iis|httpapi/i },
  { ...nginx, calledLike: /nginx|openresty|tengine/i },
];

/** By the seconds after which they let go, in the open and in silence. */
const timed: readonly (Culprit & { readonly seconds: number; readonly seen: "open" | "silence" | "both" })[] =
  [
    { seconds: 15, seen: "open", ...envoy },
    { seconds: 30, seen: "open", ...google },
    { seconds: 30, seen: "open", ...cloudFront },
    { seconds: 60, seen: "open", ...nginx },
    { seconds: 60, seen: "open", ...ingress },
    { seconds: 60, seen: "open", ...awsAlb },
    { seconds: 60, seen: "open", ...apache },
    {
      seconds: 65,
      seen: "open",
      what: "Oracle Cloud load balancer",
      setting: "idle time-out of the listener: 3600 s",
    },
    { seconds: 100, seen: "open", ...cloudflare },
    {
      seconds: 120,
      seen: "open",
      what: "Node before version 13 (server.timeout 2 min)",
      setting: node.setting,
    },
    {
      seconds: 230,
      seen: "open",
      what: "Azure App Service (230 s, fixed)",
      setting: "heartbeat.maxSeconds: 220 on the server",
    },
    { seconds: 240, seen: "both", ...azureBalancer },
    { seconds: 300, seen: "open", ...envoy },
    {
      seconds: 350,
      seen: "both",
      what: "AWS network load balancer or NAT gateway (350 s)",
      setting: "tcp.idle_timeout.seconds of the balancer, or heartbeat.maxSeconds: 340 on the server",
    },
    {
      seconds: 600,
      seen: "silence",
      what: "Google Cloud's VPC firewall (10 min)",
      setting: "heartbeat.maxSeconds: 580 on the server, or TCP keep-alive on the server's sockets",
    },
  ];

const silent: Culprit = {
  what: "a NAT or a firewall that forgets idle connections, the one of your own network included",
  setting:
    "its time-out for idle (established) TCP connections to 30 min or more. Where it is not yours: the phone finds the limit by itself, or lower heartbeat.maxSeconds",
};
const boxInOrder: Culprit = {
  what: "a load balancer or firewall with an idle time-out",
  setting: "its idle time-out above heartbeat.maxSeconds, 3600 s say",
};

/**
 * What has most likely ended a request, most likely first.
 *
 * @param fromSeconds the longest interval that was carried
 * @param toSeconds the age at which requests failed; exact where their end was seen
 */
export function likelyCulprits(
  failure: HoldFailure,
  fromSeconds: number,
  toSeconds: number,
): readonly Culprit[] {
  if (failure.kind === "gateway") {
    const called = named.filter(({ calledLike }) => calledLike.test(failure.proxy ?? ""));
    if (called.length > 0) return called.map(withoutKey);
    if (failure.status === 524) return [cloudflare];
    const byAge = timedAt(toSeconds, "open");
    return failure.proxy === undefined ? [haproxy, ...byAge] : [...byAge, haproxy];
  }
  if (failure.kind === "cut") return [...timedAt(toSeconds, "open"), node, boxInOrder];
  const within = timed.filter(
    ({ seconds, seen }) => seen !== "open" && seconds > fromSeconds && seconds <= toSeconds,
  );
  return [...within.map(withoutKey), silent];
}

function timedAt(ageSeconds: number, seen: "open"): readonly Culprit[] {
  return timed
    .filter((one) => one.seen === seen || one.seen === "both")
    .filter(({ seconds }) => Math.abs(ageSeconds - seconds) <= Math.max(1, seconds / 40))
    .map(withoutKey);
}

function withoutKey({ what, setting }: Culprit): Culprit {
  return { what, setting };
}
