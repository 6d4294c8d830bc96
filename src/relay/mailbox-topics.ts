import type { Clock, ClockTimer } from "../clock.js";
import type { Arrival, MailboxRef } from "../push/mailbox-change-source.js";
import { type Spreading, spreadOver } from "../push/spread-over.js";
import { type MailboxMessage, mailboxMessageText, parseMailboxMessage } from "./mailbox-message.js";
import { MailboxTopic } from "./mailbox-topic.js";
import type { LinkState, Relay } from "./relay.js";
import { topicName } from "./topic-name.js";
import { UntoldChanges } from "./untold-changes.js";

/** Told when a process has missed so much that it cannot say what. */
const missedTopic = "missed";

/** What {@link MailboxTopics} work with. */
export interface MailboxTopicsOptions {
  readonly relay: Relay;
  readonly clock: Clock;
  /** How long a mailbox stays subscribed to after its last watch, in milliseconds: the phone's next Ping comes soon. */
  readonly lingerMs: number;
  readonly spreading: Spreading;
  /** A message of another process that is about more than a change. */
  readonly heard?: (topic: MailboxTopic, from: string, message: MailboxMessage) => void;
  /** A mailbox is not watched in this process any more. */
  readonly closed?: (topic: MailboxTopic) => void;
  /** The state of the link, before the watches are told. */
  readonly link?: (link: LinkState) => void;
}

/**
 * The mailboxes that are watched in this process. Each is one subscription, however many requests are held for it, from its first watch
 * until a while after its last one.
 */
export class MailboxTopics {
  readonly #options: MailboxTopicsOptions;
  readonly #topics = new Map<string, MailboxTopic>();
  readonly #lingering = new Map<MailboxTopic, ClockTimer>();
  readonly #untold: UntoldChanges;
  readonly #stopListening: () => void;
  #stopSpreading: () => void = () => {};
  #missed: Promise<() => void> | undefined;
  #isClosed = false;

  constructor(options: MailboxTopicsOptions) {
    this.#options = options;
    const { relay, clock } = options;
    this.#untold = new UntoldChanges({
      clock,
      tell: (user, folder) => this.send(user, { kind: "changed", folder }),
      tellAll: () => relay.publish(missedTopic, relay.id),
    });
    this.#stopListening = relay.onLink((link) => this.#linkIs(link));
  }

  /** The mailboxes that are watched now, and those that were until a while ago. */
  all(): MailboxTopic[] {
    return [...this.#topics.values()];
  }

  /** The mailbox as it is watched in this process. Add a watch before anything else happens. */
  of(mailbox: MailboxRef): MailboxTopic {
    let topic = this.#topics.get(mailbox.user);
    if (topic === undefined) {
      topic = new MailboxTopic(mailbox, () => this.#linger(topic as MailboxTopic));
      this.#topics.set(mailbox.user, topic);
      topic.subscribed = this.#subscribe(topic);
    }
    const timer = this.#lingering.get(topic);
    if (timer !== undefined) this.#options.clock.clearTimer(timer);
    this.#lingering.delete(topic);
    topic.mailbox = mailbox;
    return topic;
  }

  /**
   * Tells of a change: at once in this process, and to the others. Does not fail: what the others could not be told is told when they can be
   * reached again.
   */
  async changed(user: string, folder: string, arrival?: Arrival): Promise<void> {
    this.#topics.get(user)?.tell(folder, arrival);
    try {
      await this.send(user, { kind: "changed", folder, ...(arrival && { arrival }) });
    } catch {
      if (!this.#isClosed) this.#untold.add(user, folder);
    }
  }

  /** Tells the other processes something of a mailbox. */
  send(user: string, message: MailboxMessage): Promise<void> {
    const { relay } = this.#options;
    return relay.publish(topicName(user), mailboxMessageText(relay.id, message));
  }

  /** Forgets a mailbox that nobody watches, without waiting any longer. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#stopSpreading();
    this.#untold.close();
    void this.#missed?.then((stop) => stop());
    for (const topic of this.#topics.values()) this.#closeTopic(topic);
  }

  async #subscribe(topic: MailboxTopic): Promise<void> {
    const { relay } = this.#options;
    this.#missed ??= relay.subscribe(missedTopic, (from) => from !== relay.id && this.#perhapsAll());
    const [unsubscribe] = await Promise.all([
      relay.subscribe(topicName(topic.user), (text) => this.#heard(topic, text)),
      this.#missed,
    ]);
    if (topic.isClosed) unsubscribe();
    else topic.unsubscribe = unsubscribe;
  }

  #heard(topic: MailboxTopic, text: string): void {
    const sent = parseMailboxMessage(text);
    if (sent === undefined || topic.isClosed || sent.from === this.#options.relay.id) return;
    const { from, message } = sent;
    if (message.kind === "changed") topic.tell(message.folder, message.arrival);
    else this.#options.heard?.(topic, from, message);
  }

  #linger(topic: MailboxTopic): void {
    if (topic.isClosed) return;
    const { clock, lingerMs } = this.#options;
    this.#lingering.set(
      topic,
      clock.setTimer(() => this.#closeTopic(topic), lingerMs),
    );
  }

  #closeTopic(topic: MailboxTopic): void {
    const timer = this.#lingering.get(topic);
    if (timer !== undefined) this.#options.clock.clearTimer(timer);
    this.#lingering.delete(topic);
    this.#topics.delete(topic.user);
    topic.isClosed = true;
    topic.unsubscribe();
    this.#options.closed?.(topic);
  }

  #linkIs(link: LinkState): void {
    this.#options.link?.(link);
    if (link === "lost") return;
    void this.#untold.tellNow();
    this.#perhapsAll();
  }

  #perhapsAll(): void {
    this.#stopSpreading();
    this.#stopSpreading = spreadOver(this.all(), this.#options.spreading, (topics) => {
      for (const topic of topics) topic.perhaps();
    });
  }
}
