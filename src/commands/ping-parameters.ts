import type { PingCache, PingCacheFolder } from "../state/device-record.js";
import type { PingRequest } from "./ping-request.js";

/** What a Ping is about once the one before has filled in what it leaves out. */
export type PingParameters =
  /** Neither the request nor the cache has them: Status 3. */
  | { readonly kind: "missing" }
  | {
      readonly kind: "complete";
      readonly heartbeatSeconds: number;
      readonly folders: readonly PingCacheFolder[];
      /** Whether the request itself listed the folders. */
      readonly foldersListed: boolean;
    };

/** Completes a request from the cache ([MS-ASCMD] 3.1.5.8). A list replaces the cached one as a whole. */
export function completeParameters(
  request: Exclude<PingRequest, { readonly kind: "malformed" }>,
  cache: PingCache | undefined,
): PingParameters {
  const sent = request.kind === "parameters" ? request : undefined;
  const heartbeatSeconds = sent?.heartbeatSeconds ?? cache?.heartbeatSeconds;
  const folders = sent?.folders ?? cache?.folders;
  if (heartbeatSeconds === undefined || folders === undefined) return { kind: "missing" };
  return { kind: "complete", heartbeatSeconds, folders, foldersListed: sent?.folders !== undefined };
}
