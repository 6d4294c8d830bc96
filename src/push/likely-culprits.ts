import { ageTolerance } from "./repeated-age.js";

/** What comes with such a limit, in seconds. */
const knownLimits: readonly (readonly [seconds: number, culprit: string])[] = [
  [30, "Google Cloud load balancer (backend service timeout)"],
  [30, "Amazon CloudFront (origin response timeout)"],
  [60, "nginx (proxy_read_timeout)"],
  [60, "ingress-nginx (proxy-read-timeout)"],
  [60, "AWS application load balancer (idle timeout)"],
  [100, "Cloudflare (proxy read timeout)"],
  [240, "Azure load balancer (idle timeout)"],
  [300, "a client on fetch or undici (headersTimeout)"],
  [350, "AWS network load balancer (idle timeout)"],
];

/** What has this limit unless it was told another, the likeliest first; empty when nothing known has. */
export function likelyCulprits(seconds: number): readonly string[] {
  return knownLimits
    .filter(([limit]) => Math.abs(limit - seconds) <= ageTolerance(limit))
    .map(([, culprit]) => culprit);
}
