import createDebug from "debug";
import type { MailboxChangeSource, MailboxRef, OnChange } from "../push/mailbox-change-source.js";
import { spreadOver } from "../push/spread-over.js";
import type { MailboxMessage } from "./mailbox-message.js";
import type { MailboxTopic } from "./mailbox-topic.js";
import { MailboxTopics } from "./mailbox-topics.js";
import type { LinkState, Relay } from "./relay.js";
import { RelayedMailbox } from "./relayed-mailbox.js";
import {
  type RelaySourceOptions,
  type ResolvedRelaySourceOptions,
  resolveRelaySourceOptions,
} from "./source-options.js";

const debug = createDebug("direct-push:relay");

/** A change source that watches each mailbox in one process of many. */
export interface RelayedSource extends MailboxChangeSource {
  /** Ends all watches and hands the mailboxes over to the other processes. Close the server first. Never rejects. */
  close(): Promise<void>;
}

/**
 * Makes many processes share the watches of a change source that is dear to watch (a connection to an IMAP server, say): the first process that
 * holds a request for a mailbox watches it and tells the others. When it ends, or is gone, another takes over and all compare.
 * While the others cannot be reached each process watches for itself.
 *
 * @param source the same in every process.
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option that is wrong.
 */
export function relayedSource(
  source: MailboxChangeSource,
  relay: Relay,
  options: RelaySourceOptions = {},
): RelayedSource {
  return new SharedSource(source, relay, resolveRelaySourceOptions(options));
}

class SharedSource implements RelayedSource {
  readonly #source: MailboxChangeSource;
  readonly #relay: Relay;
  readonly #options: ResolvedRelaySourceOptions;
  readonly #topics: MailboxTopics;
  readonly #mailboxes = new Map<MailboxTopic, RelayedMailbox>();
  /** Mailboxes that are being let go: they are not taken again before that is over. */
  readonly #releasing = new Map<string, Promise<void>>();
  readonly #stopListening: () => void;
  readonly #stopTakingOver = new Set<() => void>();
  #stopReacting: () => void = () => {};

  constructor(source: MailboxChangeSource, relay: Relay, options: ResolvedRelaySourceOptions) {
    this.#source = source;
    this.#relay = relay;
    this.#options = options;
    this.#topics = new MailboxTopics({
      relay,
      ...options,
      heard: (topic, from, message) => this.#heard(topic, from, message),
      closed: (topic) => this.#closed(topic),
      link: (link) => this.#linkIs(link),
    });
    this.#stopListening = relay.onGone((id) => this.#gone(id));
  }

  marker(mailbox: MailboxRef, folder: string): Promise<string> {
    return this.#source.marker(mailbox, folder);
  }

  async watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void> {
    const topic = this.#topics.of(mailbox);
    const stop = topic.add(folders, onChange);
    try {
      await topic.subscribed;
      await this.#releasing.get(mailbox.user);
      await this.#mailboxOf(topic).cover(folders);
      return stop;
    } catch (error) {
      stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#stopReacting();
    for (const stop of this.#stopTakingOver) stop();
    this.#topics.close();
    await Promise.all(this.#releasing.values());
  }

  #mailboxOf(topic: MailboxTopic): RelayedMailbox {
    let mailbox = this.#mailboxes.get(topic);
    if (mailbox === undefined) {
      mailbox = new RelayedMailbox({
        topic,
        source: this.#source,
        relay: this.#relay,
        clock: this.#options.clock,
        changed: (folder, told) => this.#changed(topic, folder, told),
        send: (message) => this.#send(topic, message),
      });
      if (!topic.isClosed) this.#mailboxes.set(topic, mailbox);
    }
    return mailbox;
  }

  #changed(topic: MailboxTopic, folder: string, told: Parameters<OnChange>[1]): void {
    // What this process's own source may have missed is its own affair: the others hear of what it then finds.
    if (told === "perhaps") topic.tell(folder, told);
    else void this.#topics.changed(topic.user, folder, told);
  }

  #send(topic: MailboxTopic, message: MailboxMessage): void {
    this.#topics.send(topic.user, message).catch((error: unknown) => {
      // All of it is said again when the others can be reached.
      debug("%s: %s was not told: %O", topic.user, message.kind, error);
    });
  }

  #heard(topic: MailboxTopic, from: string, message: MailboxMessage): void {
    const mailbox = this.#mailboxOf(topic);
    if (message.kind === "free") this.#takeOver([mailbox]);
    else if (message.kind === "watching") mailbox.watchedBy(from, message.folders);
    else if (message.kind === "wanted") void mailbox.wanted(message.folders);
  }

  #gone(id: string): void {
    this.#takeOver([...this.#mailboxes.values()].filter(({ owner }) => owner === id));
  }

  #takeOver(mailboxes: readonly RelayedMailbox[]): void {
    const stop = spreadOver(mailboxes, this.#options.spreading, (slice) => {
      for (const mailbox of slice) void mailbox.settle();
    });
    this.#stopTakingOver.add(stop);
    this.#options.clock.setTimer(
      () => this.#stopTakingOver.delete(stop),
      this.#options.spreading.spreadMs * 2,
    );
  }

  #linkIs(link: LinkState): void {
    this.#stopReacting();
    for (const mailbox of this.#mailboxes.values()) mailbox.forgetOwner();
    this.#stopReacting = spreadOver([...this.#mailboxes.values()], this.#options.spreading, (slice) => {
      for (const mailbox of slice) void (link === "lost" ? mailbox.watchAlone() : mailbox.settle());
    });
  }

  #closed(topic: MailboxTopic): void {
    const mailbox = this.#mailboxes.get(topic);
    this.#mailboxes.delete(topic);
    if (mailbox === undefined) return;
    const released = mailbox.close().finally(() => {
      if (this.#releasing.get(topic.user) === released) this.#releasing.delete(topic.user);
    });
    this.#releasing.set(topic.user, released);
  }
}
