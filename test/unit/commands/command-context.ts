import type {
  Command,
  CommandContext,
  CommandOutcome,
  CommandParameters,
} from "../../../src/commands/command.js";
import type { WipeEvent } from "../../../src/commands/command-events.js";
import type { CommandOptions, PolicyOptions } from "../../../src/commands/command-options.js";
import { noParameters } from "../../../src/http/query-parameters.js";
import { guardedMailbox } from "../../../src/mailbox/guarded-mailbox.js";
import { permissivePolicy } from "../../../src/protocol/policy.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { BoundedHeartbeatNegotiator } from "../../../src/push/heartbeat-negotiator.js";
import type { HoldOutcome } from "../../../src/push/hold.js";
import { PingCoordinator } from "../../../src/push/ping-coordinator.js";
import { guardedSubmission } from "../../../src/server/guarded-submission.js";
import { guardedStateStore } from "../../../src/state/guarded-state-store.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";
import { children, childText, tagName, type WbxmlElement } from "../../../src/wbxml/index.js";

/** What a test says of the server and of who asks; the rest is filled in. */
export interface BenchWishes {
  readonly user?: string;
  readonly deviceId?: string;
  readonly version?: ProtocolVersion;
  readonly policy?: Partial<PolicyOptions>;
  readonly options?: Partial<Omit<CommandOptions, "policy">>;
  /** The message of a request before 14.0. */
  readonly rawBody?: Uint8Array;
  readonly parameters?: Partial<CommandParameters>;
}

/** What the commands reported. */
export interface ToldEvents {
  readonly wipes: Omit<WipeEvent, "device">[];
  readonly heartbeatsRefused: { readonly askedSeconds: number; readonly nearestSeconds: number }[];
  /** What failed for a part of a request. */
  readonly sourceFailures: unknown[];
  /** Faults of the library. */
  readonly faults: unknown[];
}

/** A request that was sent: answered, or held. */
export interface SentCommand {
  /** Undefined while it is held. */
  outcome: Exclude<CommandOutcome, { readonly kind: "hold" }> | undefined;
  /** The client goes away. */
  gone(): void;
}

/** A server without HTTP: commands run with a real coordinator, a memory mailbox and a fake clock. */
export class CommandBench {
  readonly clock: FakeClock = new FakeClock();
  readonly mailbox: MemoryMailbox = new MemoryMailbox({ clock: this.clock });
  readonly state: MemoryStateStore = new MemoryStateStore();
  readonly told: ToldEvents = { wipes: [], heartbeatsRefused: [], sourceFailures: [], faults: [] };
  readonly coordinator: PingCoordinator;
  readonly wishes: BenchWishes;
  readonly #negotiator: CommandContext["negotiator"];
  readonly #guardedState: CommandContext["state"];

  constructor(wishes: BenchWishes = {}) {
    this.wishes = wishes;
    const { mailbox, clock } = this;
    this.#guardedState = guardedStateStore(this.state, { timeoutMs: 10_000, clock });
    this.coordinator = new PingCoordinator({
      source: mailbox,
      clock,
      callTimeoutMs: 10_000,
      closeSpreadMs: 0,
    });
    this.#negotiator = new BoundedHeartbeatNegotiator({
      minSeconds: wishes.options?.heartbeatMinSeconds ?? 60,
      maxSeconds: wishes.options?.heartbeatMaxSeconds ?? 3540,
    });
  }

  get user(): string {
    return this.wishes.user ?? "alice@example.com";
  }

  get deviceId(): string {
    return this.wishes.deviceId ?? "device1";
  }

  /** What a command gets; `wishes` differ from the bench's for this one request. */
  context(wishes: BenchWishes = {}, sequence: number = this.coordinator.sequence()): CommandContext {
    const {
      user = this.user,
      deviceId = this.deviceId,
      version = "16.1",
      policy,
      options,
    } = { ...this.wishes, ...wishes };
    const { told } = this;
    return {
      device: { user, id: deviceId, type: "TestPhone", userAgent: "Bench/1.0", version },
      mailboxRef: { user },
      mailbox: guardedMailbox(this.mailbox, { timeoutMs: 10_000, clock: this.clock }),
      source: this.mailbox,
      submission: guardedSubmission(this.mailbox.submission, { timeoutMs: 10_000, clock: this.clock }),
      state: this.#guardedState,
      negotiator: this.#negotiator,
      clock: this.clock,
      options: commandOptions(policy, options),
      events: {
        syncServed: () => undefined,
        itemSkipped: () => undefined,
        wipe: ({ scope, state }) => told.wipes.push({ scope, state }),
        sourceFailed: (error) => told.sourceFailures.push(error),
        requestFailed: ({ error }) => told.faults.push(error),
        heartbeatRefused: ({ askedSeconds, nearestSeconds }) =>
          told.heartbeatsRefused.push({ askedSeconds, nearestSeconds }),
      },
      supersedeHeld: (command) => this.coordinator.supersede(user, deviceId, sequence, command),
    };
  }

  /** Sends a request and lets its gathering window pass; it is then answered or held. */
  async send(
    command: Command,
    document: WbxmlElement | undefined,
    wishes: BenchWishes & { readonly policyKey?: number | undefined } = {},
  ): Promise<SentCommand> {
    const sent = this.begin(command, document, wishes);
    await this.clock.advance(100);
    return sent;
  }

  /** Sends a request and gives it no time. */
  begin(
    command: Command,
    document: WbxmlElement | undefined,
    wishes: BenchWishes & { readonly policyKey?: number | undefined } = {},
  ): SentCommand {
    const sequence = this.coordinator.sequence();
    const sent: SentCommand = { outcome: undefined, gone: () => undefined };
    const receivedAtMs = this.clock.monotonicNow();
    const request = {
      document,
      rawBody: wishes.rawBody,
      parameters: { ...noParameters, ...wishes.parameters },
      policyKey: wishes.policyKey,
      receivedAtMs,
      sequence,
      network: undefined,
    };
    void this.#follow(sent, command.run(request, this.context(wishes, sequence)));
    return sent;
  }

  async #follow(sent: SentCommand, running: Promise<CommandOutcome>): Promise<void> {
    let outcome = await running;
    while (outcome.kind === "hold") {
      const { hold } = outcome;
      const ended = await new Promise<HoldOutcome>((resolve) => {
        sent.gone = this.coordinator.hold(hold, resolve);
      });
      outcome = await outcome.resume(ended);
    }
    sent.outcome = outcome;
  }
}

/** The options that a server has by default, but for what a test wishes. */
function commandOptions(
  policy: Partial<PolicyOptions> = {},
  options: Partial<Omit<CommandOptions, "policy">> = {},
): CommandOptions {
  return {
    wakePolicy: "any-change",
    maxPingFolders: 200,
    maxSyncCollections: 200,
    maxSyncCommands: 512,
    heartbeatMinSeconds: 60,
    heartbeatMaxSeconds: 3540,
    strictGetChanges: false,
    emptySyncResponse: () => true,
    syncTimeBudgetMs: 20_000,
    ...options,
    policy: {
      enforce: false,
      allowPartial: true,
      allowUnprovisionable: false,
      document: permissivePolicy,
      ...policy,
    },
  };
}

/** The document of an answer; throws when there is none. */
export function documentOf(sent: SentCommand): WbxmlElement {
  if (sent.outcome?.kind === "document") return sent.outcome.document;
  throw new Error(`No document: ${JSON.stringify(sent.outcome)}`);
}

/** A document as plain data, for comparisons: element names without their page, in order. */
export function plain(element: WbxmlElement): unknown {
  const name = tagName(element.tag).replace(/^.*:/, "");
  const { content } = element;
  if (content === null || typeof content === "string") return [name, content ?? ""];
  if (content instanceof Uint8Array) return [name, [...content]];
  return [name, ...content.map(plain)];
}

/** The text of a descendant, by the tags on the way to it. */
export function textAt(root: WbxmlElement, ...path: readonly [number, ...number[]]): string | undefined {
  const [next, ...rest] = path;
  const [second, ...others] = rest;
  if (second === undefined) return childText(root, next);
  const [inner] = children(root, next);
  return inner === undefined ? undefined : textAt(inner, second, ...others);
}
