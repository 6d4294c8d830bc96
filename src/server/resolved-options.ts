import { type Clock, systemClock, wholeMilliseconds } from "../clock.js";
import type { CommandOptions } from "../commands/command-options.js";
import { clientNetwork, trustedProxies } from "../http/client-network.js";
import type { MailSubmission } from "../mailbox/mail-submission.js";
import type { DirectPushOptions, HeartbeatLearning, RequestHead } from "../options.js";
import { permissivePolicy } from "../protocol/policy.js";
import { assertPolicyDocument } from "../protocol/policy-settings.js";
import { protocolVersions } from "../protocol/version.js";
import type { HeartbeatMonitorOptions } from "../push/heartbeat-monitor.js";
import type { Relay } from "../relay/relay.js";
import { MemoryStateStore } from "../state/memory-state-store.js";
import type { StateStore } from "../state/state-store.js";
import { type ResolvedAutodiscover, resolveAutodiscover } from "./autodiscover-options.js";
import { assertParts, type Bounds, boolean, check, isObject, wholeNumbers } from "./check-options.js";
import { heartbeatBounds, heartbeatLearning, heartbeatMonitor } from "./heartbeat-options.js";
import { logHttp } from "./logs.js";

/** The options with every default filled in; checked and frozen. */
export interface ResolvedOptions
  extends Required<
    Omit<
      DirectPushOptions,
      | "heartbeat"
      | "policy"
      | "limits"
      | "wakePolicy"
      | "trustedProxies"
      | "autodiscover"
      | "submission"
      | "relay"
    >
  > {
  readonly submission: MailSubmission | undefined;
  readonly relay: Relay | undefined;
  readonly state: StateStore;
  readonly clock: Clock;
  /** Undefined: Autodiscover is not answered. */
  readonly autodiscover: ResolvedAutodiscover | undefined;
  readonly heartbeatLearning: HeartbeatLearning;
  readonly heartbeatMonitor: HeartbeatMonitorOptions;
  readonly maxBodyBytes: number;
  readonly maxMessageBytes: number;
  readonly maxConcurrentPerDevice: number;
  readonly maxConcurrentPerUser: number;
  /** The part that commands read. */
  readonly command: CommandOptions;
}

const highest = 2 ** 31 - 1;

/** What is left out, and the bounds of every number: name, default, least, most. */
const numbers = {
  gatherMs: [50, 0, 10_000],
  closeSpreadMs: [1_000, 0, 60_000],
  wakeSliceSize: [200, 1, highest],
  callTimeoutMs: [15_000, 1, 600_000],
  retryAfterSeconds: [30, 1, 86_400],
} as const satisfies Record<string, Bounds>;

const limitNumbers = {
  maxBodyBytes: [20 * 1024 * 1024, 1, highest],
  maxMessageBytes: [50 * 1024 * 1024, 1, highest],
  maxConcurrentPerDevice: [20, 1, highest],
  maxConcurrentPerUser: [200, 1, highest],
  maxPingFolders: [1_000, 1, highest],
  maxSyncCollections: [1_000, 1, highest],
  maxSyncCommands: [200, 1, highest],
  syncTimeBudgetMs: [10_000, 1, highest],
} as const satisfies Record<string, Bounds>;

/**
 * Checks options and fills in the defaults.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option, what it must be and what it is.
 */
export function resolveOptions(options: DirectPushOptions): ResolvedOptions {
  assertParts(options);
  const { maxBodyBytes, maxMessageBytes, maxConcurrentPerDevice, maxConcurrentPerUser, ...commandLimits } =
    wholeNumbers("limits.", options.limits, limitNumbers);
  const { state = new MemoryStateStore(), realm = "Direct Push" } = options;
  const clock = options.clock === undefined ? systemClock : wholeMilliseconds(options.clock);
  check(typeof realm === "string" && /^[ -~]+$/.test(realm), "realm", "printable ASCII", realm);
  const command = commandOptions(options, commandLimits);
  return Object.freeze({
    mailbox: options.mailbox,
    source: options.source,
    submission: options.submission,
    state,
    relay: options.relay,
    clock,
    realm,
    autodiscover: resolveAutodiscover(options.autodiscover),
    strictGetChanges: command.strictGetChanges,
    emptySyncResponse: command.emptySyncResponse,
    ...hooks(options),
    ...wholeNumbers("", options, numbers),
    heartbeatLearning: heartbeatLearning(options),
    heartbeatMonitor: heartbeatMonitor(options),
    maxBodyBytes,
    maxMessageBytes,
    maxConcurrentPerDevice,
    maxConcurrentPerUser,
    command,
  });
}

function hooks(
  options: DirectPushOptions,
): Pick<ResolvedOptions, "authenticate" | "authorizeDevice" | "versions" | "network"> {
  const network = networkBehind(options);
  return {
    authenticate: options.authenticate.bind(options),
    authorizeDevice: options.authorizeDevice?.bind(options) ?? (async () => ({ kind: "allow" as const })),
    versions: options.versions?.bind(options) ?? (() => protocolVersions),
    network: options.network?.bind(options) ?? network,
  };
}

function networkBehind(options: DirectPushOptions): ResolvedOptions["network"] {
  const proxies = trustedProxies(options.trustedProxies ?? []);
  return ({ remoteAddress, headers }: RequestHead) => clientNetwork(remoteAddress, headers, proxies);
}

function commandOptions(
  options: DirectPushOptions,
  limits: Pick<
    CommandOptions,
    "maxPingFolders" | "maxSyncCollections" | "maxSyncCommands" | "syncTimeBudgetMs"
  >,
): CommandOptions {
  const { wakePolicy = "any-change", strictGetChanges = false } = options;
  const isKnown = wakePolicy === "any-change" || wakePolicy === "additions";
  check(isKnown, "wakePolicy", '"any-change" or "additions"', wakePolicy);
  boolean("strictGetChanges", strictGetChanges);
  return Object.freeze({
    ...limits,
    ...heartbeatBounds(options),
    wakePolicy,
    strictGetChanges,
    emptySyncResponse: emptySyncResponse(options),
    policy: policyOptions(options),
  });
}

function emptySyncResponse(options: DirectPushOptions): CommandOptions["emptySyncResponse"] {
  const hook = options.emptySyncResponse?.bind(options);
  if (hook === undefined) return () => true;
  return (userAgent) => {
    try {
      return hook(userAgent);
    } catch (error) {
      logHttp("emptySyncResponse hook failed: %O", error);
      return true;
    }
  };
}

function policyOptions(options: DirectPushOptions): CommandOptions["policy"] {
  const {
    enforce = false,
    allowPartial = true,
    allowUnprovisionable = false,
    document = permissivePolicy,
  } = options.policy ?? {};
  boolean("policy.enforce", enforce);
  boolean("policy.allowPartial", allowPartial);
  boolean("policy.allowUnprovisionable", allowUnprovisionable);
  check(isObject(document), "policy.document", "a PolicyDocument", document);
  assertPolicyDocument(document);
  return Object.freeze({
    enforce,
    allowPartial,
    allowUnprovisionable,
    document: Object.freeze({ ...document }),
  });
}
