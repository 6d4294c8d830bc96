import type { Command, CommandContext, CommandRequest } from "../commands/command.js";
import type { Tell } from "../events.js";
import { guardedMailbox } from "../mailbox/guarded-mailbox.js";
import { CutSurvey } from "../push/cut-survey.js";
import { LearningHeartbeatNegotiator } from "../push/heartbeat-learning.js";
import { HeartbeatMonitor } from "../push/heartbeat-monitor.js";
import { BoundedHeartbeatNegotiator, type HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import { PingCoordinator } from "../push/ping-coordinator.js";
import { relayHoldPeers } from "../relay/relay-hold-peers.js";
import { guardedStateStore } from "../state/guarded-state-store.js";
import type { StateStore } from "../state/state-store.js";
import { ConcurrencyCeilings } from "./concurrency.js";
import { observeCoordinator } from "./coordinator-events.js";
import { guardedSource } from "./guarded-source.js";
import { guardedSubmission } from "./guarded-submission.js";
import { storeLearned, tellAdopted, tellCut, tellLearned, tellRestored } from "./learned-heartbeats.js";
import { apartFromProbes } from "./probe-negotiator.js";
import type { ResolvedOptions } from "./resolved-options.js";
import type { ServerParts, Shutdown } from "./server-parts.js";
import { tellCommandEvents } from "./tell-command-events.js";
import { Unanswered } from "./unanswered.js";

/** Decides whether the policy refuses a request, and with which common status. */
export type PolicyGate = (request: CommandRequest, context: CommandContext) => Promise<number | undefined>;

/** How what is held is compared with what other processes hold, after they could not be reached. */
const comparing = { spreadMs: 2_000, random: () => Math.random() };

/** Wires a server's parts. */
export function assembleParts(
  options: ResolvedOptions,
  commands: readonly Command[],
  checkPolicyKey: PolicyGate,
  tell: Tell,
  shutdown: () => Shutdown,
): ServerParts {
  const { clock, callTimeoutMs, mailbox, submission } = options;
  const guard = { clock, timeoutMs: callTimeoutMs };
  const supported = commands.filter((command) => command.supportedBy?.(mailbox, submission) ?? true);
  const state = guardedStateStore(options.state, guard);
  const negotiator = makeNegotiator(options, state, tell);
  return {
    options,
    commands: new Map(supported.map((command) => [command.name.toLowerCase(), command])),
    checkPolicyKey,
    coordinator: new PingCoordinator({
      source: options.source,
      clock,
      callTimeoutMs,
      gatherMs: options.gatherMs,
      closeSpreadMs: options.closeSpreadMs,
      wakeSliceSize: options.wakeSliceSize,
      observer: observeCoordinator(tell, negotiator, new HeartbeatMonitor(options.heartbeatMonitor)),
      ...(options.relay && { peers: relayHoldPeers(options.relay, comparing) }),
    }),
    negotiator,
    ceilings: new ConcurrencyCeilings(options),
    unanswered: new Unanswered(clock),
    mailbox: guardedMailbox(mailbox, guard),
    source: guardedSource(options.source, guard),
    submission: submission && guardedSubmission(submission, guard),
    state,
    commandEvents: tellCommandEvents(tell),
    tell,
    shutdown,
  };
}

function makeNegotiator(options: ResolvedOptions, state: StateStore, tell: Tell): HeartbeatNegotiator {
  const { heartbeatLearning: use, clock } = options;
  const { heartbeatMinSeconds: minSeconds, heartbeatMaxSeconds: maxSeconds } = options.command;
  const bounded = new BoundedHeartbeatNegotiator({ minSeconds, maxSeconds });
  if (use === "off") return bounded;
  const survey = new CutSurvey();
  const negotiator = new LearningHeartbeatNegotiator({
    minSeconds,
    maxSeconds,
    use,
    clock,
    onLearned(learned) {
      if (learned.isNews) {
        tellLearned(learned, tell);
        tellCut(learned, survey, tell);
      }
      void storeLearned(state, learned.device, negotiator.knowledge(learned.device));
    },
    onRestored: (restored) => tellRestored(restored, tell),
    onAdopted: (adopted) => tellAdopted(adopted, tell),
  });
  return apartFromProbes(negotiator, bounded);
}
