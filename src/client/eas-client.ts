import { EventEmitter } from "eventemitter3";
import { DirectPushError } from "../errors.js";
import { protocolVersions } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { clientClock } from "./client-clock.js";
import type { ClientEvents, FolderChanges } from "./client-events.js";
import { type ClientFolder, isUsualFolder } from "./client-folder.js";
import type { EasClientOptions } from "./client-options.js";
import { learningStrategy } from "./heartbeat/learning-strategy.js";
import { OperationQueue } from "./operation-queue.js";
import { IntervalChooser } from "./push/interval-chooser.js";
import { PingRound } from "./push/ping-round.js";
import { type PushEnd, PushLoop, type PushLoopParts } from "./push/push-loop.js";
import { SyncRound } from "./push/sync-round.js";
import { AccountMemory } from "./session/account-memory.js";
import type { ClientFailure } from "./session/client-failure.js";
import { checkedState, type EasClientState, initialState } from "./session/client-state.js";
import { type CommandAnswer, EasSession } from "./session/eas-session.js";
import { syncHierarchy } from "./session/sync-hierarchy.js";
import { type FolderOutdated, type FolderSynced, FolderSyncer } from "./sync/folder-syncer.js";
import type { SyncCommand } from "./sync/sync-command.js";
import type { EasTransport } from "./transport/eas-transport.js";
import { endpointUrl } from "./transport/endpoint-url.js";
import { HttpTransport } from "./transport/http-transport.js";

/** What a request may be given. */
export interface OperationOptions {
  /** Ends it; the result is `aborted`. */
  readonly signal?: AbortSignal;
}

/**
 * A device of one account: what a phone does, without the phone. {@link run} does all of it; the other methods do one thing each, and may be
 * called while it runs: what it waits for is then given up and asked for again.
 */
export class EasClient {
  /** What happens; see {@link ClientEvents}. */
  readonly events: EventEmitter<ClientEvents> = new EventEmitter();
  readonly #options: EasClientOptions;
  readonly #transport: EasTransport;
  readonly #memory: AccountMemory;
  readonly #session: EasSession;
  readonly #syncer: FolderSyncer;
  readonly #queue = new OperationQueue();
  #loop: PushLoop | undefined;
  #isClosed = false;

  /** @throws DirectPushError `ERR_OPTION_INVALID` for a URL or a state that is none. */
  constructor(options: EasClientOptions) {
    this.#options = options;
    const { device, clock = clientClock } = options;
    const configured = initialState(endpointUrl(options.url).href);
    const given = options.state === undefined ? configured : checkedState(options.state);
    // Another server: what was learnt from the old one is void.
    const state = given.configuredUrl === configured.configuredUrl ? given : configured;
    this.#memory = new AccountMemory(state, () => this.events.emit("stateChanged"));
    this.#transport = options.transport ?? new HttpTransport({ ...options, clock, url: state.url });
    this.#session = new EasSession({
      transport: this.#transport,
      memory: this.#memory,
      events: this.events,
      clock,
      versions: options.versions ?? protocolVersions,
      description: { ...device, model: device.model ?? device.type },
      userAgent: device.userAgent ?? `${device.type}/1.0`,
      acceptPolicy: options.acceptPolicy ?? (() => "applied"),
    });
    this.#syncer = new FolderSyncer({
      session: this.#session,
      memory: this.#memory,
      events: this.events,
      optionsOf: options.syncOptions ?? (() => ({})),
      apply: options.apply ?? (() => undefined),
    });
  }

  /** What the device remembers at present; to be stored as JSON and given to the next one as `state`. Never changes in place. */
  get state(): EasClientState {
    return this.#memory.state;
  }

  /** The folders that FolderSync told of; none before the first. */
  get folders(): readonly ClientFolder[] {
    return this.#memory.state.folders;
  }

  /** Brings the list of folders up to date, and finds the version and accepts the policy before that where needed. */
  folderSync(
    options: OperationOptions = {},
  ): Promise<({ readonly kind: "synced" } & FolderChanges) | ClientFailure> {
    const parts = { session: this.#session, memory: this.#memory, events: this.events };
    return this.#queue.run(() => syncHierarchy(parts, options.signal));
  }

  /**
   * Syncs one folder until there is no more, and sends the device's own changes. After a failure the same call may be made again: a server
   * that has taken the changes already recognises them by the SyncKey ([MS-ASCMD] 3.1.5.9).
   *
   * @param folder its id. One that FolderSync did not tell of is `hierarchy-outdated`.
   */
  sync(
    folder: string,
    options: OperationOptions & { readonly commands?: readonly SyncCommand[] } = {},
  ): Promise<FolderSynced | FolderOutdated | ClientFailure> {
    return this.#queue.run(async () => {
      const known = this.#memory.folder(folder);
      if (known === undefined) return { kind: "hierarchy-outdated" };
      return await this.#syncer.sync(known, options.commands ?? [], options.signal);
    });
  }

  /** Sends any other command, with version, policy key and Provision taken care of. Statuses from 100 on are failures. */
  command(
    name: string,
    document: WbxmlElement | undefined,
    options: OperationOptions = {},
  ): Promise<CommandAnswer | ClientFailure> {
    return this.#queue.run(() => this.#session.command(name, document, options));
  }

  /**
   * Sets the account up where that is still to be done, then waits for changes and syncs them, until it is stopped or the server refuses.
   * Connections that fail, servers that are busy and answers that get lost end nothing. Rejects with what `apply`, `acceptPolicy` or a listener threw.
   *
   * @throws DirectPushError `ERR_OPTION_INVALID` when it runs already.
   */
  async run(options: OperationOptions = {}): Promise<PushEnd> {
    if (this.#loop !== undefined) throw new DirectPushError("ERR_OPTION_INVALID", "the client runs already");
    const { signal } = options;
    if (this.#isClosed || signal?.aborted === true) return { kind: "stopped" };
    const loop = new PushLoop(this.#loopParts());
    const stop = (): void => loop.stop();
    signal?.addEventListener("abort", stop);
    this.#loop = loop;
    try {
      return await loop.run();
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#loop = undefined;
    }
  }

  /**
   * To be called when the network came back or is another one: a wait before the next try ends, the old connections are closed, and what
   * {@link run} was about is sent anew.
   */
  reconnect(): void {
    this.#loop?.wake();
    this.#transport.disconnect();
  }

  /** Ends everything: what is under way is `aborted`, {@link run} ends as `stopped`, no timer and no connection is left. */
  close(): void {
    this.#isClosed = true;
    this.#loop?.stop();
    this.#transport.close();
  }

  #loopParts(): PushLoopParts {
    const options = this.#options;
    const { clock = clientClock, syncOptions: optionsOf = () => ({}) } = options;
    const [session, memory, syncer] = [this.#session, this.#memory, this.#syncer];
    return {
      session,
      memory,
      syncer,
      clock,
      events: this.events,
      queue: this.#queue,
      chooser: new IntervalChooser({
        strategy: options.heartbeat ?? learningStrategy(),
        memory,
        clock,
        network: options.network,
      }),
      ping: new PingRound(session, memory, options.pingFolders === "when-changed"),
      hangingSync:
        options.waitWith === "sync" ? new SyncRound({ session, memory, syncer, optionsOf }) : undefined,
      isWanted: options.folders ?? isUsualFolder,
      backOff: options.backOff ?? {},
      random: options.random ?? Math.random,
    };
  }
}
