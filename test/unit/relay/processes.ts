import type { MailboxChangeSource } from "../../../src/push/mailbox-change-source.js";
import type { Relay } from "../../../src/relay/relay.js";
import type { RelaySourceOptions } from "../../../src/relay/source-options.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { type MemoryRelay, MemoryRelayHub } from "../../../src/testing/memory-relay.js";
import { MockChangeSource } from "../../../src/testing/mock-change-source.js";

/** One process: its relay, the mail server as it sees it, and its change source. */
export interface SourceProcess<S extends MailboxChangeSource> {
  readonly relay: MemoryRelay;
  readonly mail: MockChangeSource;
  readonly source: S;
}

/** What a watch heard. */
export interface HeardWatch {
  readonly heard: string[];
  readonly stop: () => void;
}

/** Several processes with a change source each, over one relay and one clock. */
export class SourceBench<S extends MailboxChangeSource> {
  readonly clock: FakeClock = new FakeClock();
  readonly hub: MemoryRelayHub = new MemoryRelayHub({ clock: this.clock, goneAfterMs: 10_000 });
  readonly processes: readonly SourceProcess<S>[];

  constructor(count: number, make: (mail: MockChangeSource, relay: Relay, options: RelaySourceOptions) => S) {
    this.processes = Array.from({ length: count }, () => {
      const relay = this.hub.connect();
      const mail = new MockChangeSource(this.clock);
      return { relay, mail, source: make(mail, relay, { clock: this.clock, random: () => 0.5 }) };
    });
  }

  /** The process of that number. */
  at(index: number): SourceProcess<S> {
    const process = this.processes[index];
    if (process === undefined) throw new Error(`there is no process ${index}`);
    return process;
  }

  /** Watches in a process. What is heard is the folder's name, with what was told of it. */
  async watch(index: number, folders: readonly string[], user = "alice"): Promise<HeardWatch> {
    const heard: string[] = [];
    const stop = await this.at(index).source.watch({ user }, folders, (folder, told) => {
      const what = told === undefined ? "" : told === "perhaps" ? "?" : ` ${told.marker}`;
      heard.push(`${folder}${what}`);
    });
    await this.clock.settle();
    return { heard, stop };
  }

  /** A folder changes: every process that watches the mail server hears of it. */
  async change(folder: string, user = "alice"): Promise<void> {
    for (const { mail } of this.processes) mail.change(user, folder);
    await this.clock.settle();
  }

  /** Watches that are open at the mail server, for each process. */
  get watching(): number[] {
    return this.processes.map(({ mail }) => mail.watchesOpen);
  }
}
