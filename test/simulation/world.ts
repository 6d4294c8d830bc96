import type { MailboxItem } from "../../src/index.js";
import { type Delivery, FakeClock, MemoryMailbox } from "../../src/testing/index.js";
import type { Fate, SimulatedServer } from "./carrier.js";
import { type Counts, noCounts } from "./counts.js";
import { contentTitled, itemOf } from "./form.js";
import { Ledger } from "./ledger.js";
import { MailSide } from "./mail-side.js";
import { MeetingAttempts } from "./meeting-attempts.js";
import { MeetingAudience } from "./meeting-audience.js";
import { ServerNodes } from "./nodes/server-nodes.js";
import { type Engine, MemoryEngine, SharedEngine } from "./nodes/shared-engine.js";
import { SimulatedPhone } from "./phone.js";
import type { PhoneWorld } from "./phone-world.js";
import { titleOf } from "./plain-composer.js";
import { Random } from "./random.js";
import { SentMails } from "./sent-mails.js";
import { type Disturbance, type ItemPlace, ServerProcess } from "./server-process.js";
import type { Servers } from "./servers.js";
import { must } from "./violation.js";

/** What a {@link World} is made of. */
export interface WorldOptions {
  /** How many processes are the server. Default 1. */
  readonly nodes?: number;
  /** What several processes share. Default: one in memory. */
  readonly engine?: Engine;
  /** Default: one that goes on as soon as all that is in memory has settled. */
  readonly clock?: FakeClock;
  /** How often what they share loses everything, among some 900 events. Default 1. */
  readonly emptyings?: number;
  /** Lets go on what waits for nothing but its turn. Default: a turn of the event loop. */
  turn?(): Promise<void>;
  /** Whether the processes are told of changes, or one of them watches each mailbox for all. Default: by chance. */
  readonly isPublished?: boolean;
}

/** Turns of the event loop within which whatever is not held is answered. */
const maxTurns = 100_000;

/** Tells of each mail that comes in, and keeps mails as items: to parse them would take turns that differ from run to run. */
class NotingMailbox extends MemoryMailbox {
  readonly #clock: FakeClock;
  /** Mails that were submitted, by recipient and title. */
  readonly #sent = new Set<string>();

  constructor(clock: FakeClock) {
    super({ clock, epoch: "simulated", addresses: (user) => [`${user}@example.com`] });
    this.#clock = clock;
  }

  /** Whether the user has a folder at this moment. */
  hasFolder(user: string, id: string): boolean {
    return this.user(user).folders.find(id) !== undefined;
  }

  /** The ids of a user's appointments with an iCalendar UID. */
  appointments(user: string, uid: string): string[] {
    const items = [...(this.user(user).journal("calendar")?.items() ?? [])];
    return items.flatMap(({ id, content }) =>
      content.class === "Calendar" && content.uid === uid ? [id] : [],
    );
  }

  onDelivered: (user: string, folder: string, id: string, title: string) => void = () => {};

  override deliver(user: string, raw: Uint8Array | string, { folder = "inbox" }: Delivery = {}): string {
    const title = titleOf(raw);
    const { read, mark } = contentTitled(title);
    const item = itemOf("Email", { title, read, mark }, this.#clock.now());
    const id = this.addItem(user, folder, item);
    this.onDelivered(user, folder, id, title);
    return id;
  }

  /** Whether a mail of that title may come a second time, and is not put into the mailbox then. */
  isAnew: (title: string) => boolean = () => false;

  protected override async deliverAndFollow(user: string, raw: Uint8Array): Promise<void> {
    const title = titleOf(raw);
    const copy = `${user} ${title}`;
    const isSecond = this.#sent.has(copy);
    this.#sent.add(copy);
    if (!isSecond || !this.isAnew(title)) this.deliver(user, raw);
  }

  protected override storedContent(item: MailboxItem): MailboxItem {
    return item;
  }
}

/** Everything that there is: phones, their mailboxes, the line between them, the process, the clock, and chance. */
export class World implements PhoneWorld {
  readonly counts: Counts = { ...noCounts };
  readonly random: Random;
  readonly clock: FakeClock;
  readonly mailbox: NotingMailbox;
  readonly sentMails = new SentMails(() => this.#failures);
  readonly meetingAttempts = new MeetingAttempts();
  readonly audience = new MeetingAudience(this.sentMails);
  readonly ledger = new Ledger();
  readonly mailSide: MailSide;
  readonly process: Servers;
  readonly phones: readonly SimulatedPhone[];
  /** No more changes and a good line. */
  isQuiet = false;
  /** When others last acted while the server was at work, on the monotonic clock. */
  disturbedAtMs = Number.NEGATIVE_INFINITY;
  /** The item that others were at last while the server was at it. */
  lastDisturbed: ItemPlace | undefined;
  readonly #turn: () => Promise<void>;
  readonly #meetingsFolders: ReadonlyMap<string, string>;
  /** Calls into the mailbox that are yet to fail. */
  #outageCalls = 0;
  /** The step in which the last call failed. */
  #outageStep = Number.NEGATIVE_INFINITY;
  /** Calls to what the processes share that failed. */
  #failures = 0;

  constructor(seed: number, options: WorldOptions = {}) {
    const { nodes = 1, clock = new FakeClock() } = options;
    this.clock = clock;
    this.#turn = options.turn?.bind(options) ?? turn;
    this.mailbox = new NotingMailbox(clock);
    this.random = new Random(seed);
    const calendar = { name: "Meetings", kind: "user-calendar" } as const;
    this.#meetingsFolders = new Map(
      ["alice", "bob"].map((user) => [user, this.mailbox.createFolder(user, calendar).id]),
    );
    this.mailSide = new MailSide(this.mailbox, this.random, this.ledger, () => this.clock.now());
    const disturbance: Disturbance = {
      isDown: () => this.#isDown(),
      interfere: (item) => {
        this.mailSide.isMeanwhile = true;
        this.#interfere(item);
        this.mailSide.isMeanwhile = false;
      },
      wrote: () => {
        this.mailSide.changes++;
      },
      answeredAgain: (user, folder) => {
        for (const phone of this.phones) {
          const known = phone.user === user ? phone.folders.get(folder) : undefined;
          if (known !== undefined) known.wasAnsweredAgain = true;
        }
      },
      wroteTree: (user, removed) => this.mailSide.treeWritten(user, removed),
      submitted: (mail, process) => {
        this.sentMails.given(mail, process);
        this.audience.hears(mail);
        // What follows when a mail is out fails: the repeat must not send it again.
        if (!this.isQuiet && this.random.chance(0.15)) this.breakMailbox();
      },
    };
    this.process =
      nodes === 1
        ? new ServerProcess(this.mailbox, this.clock, this.ledger, disturbance)
        : this.#nodes(nodes, options, disturbance);
    this.mailbox.isAnew = (title) => this.sentMails.isAnew(title) || this.sentMails.mayBeTwice(title);
    this.mailbox.onDelivered = (user, folder, id, title) => {
      this.mailSide.delivered(user, folder, id, title);
    };
    this.phones = [
      new SimulatedPhone("alice", "PHONEA", "16.1", this),
      new SimulatedPhone("alice", "PHONEB", "14.1", this),
      new SimulatedPhone("alice", "PHONEC", "12.1", this),
      new SimulatedPhone("bob", "PHONED", "16.1", this),
    ];
  }

  now(): number {
    return this.clock.now();
  }

  monotonicNow(): number {
    return this.clock.monotonicNow();
  }

  server(): SimulatedServer {
    return this.process.server;
  }

  changes(): number {
    return this.mailSide.changes;
  }

  mailboxHas(user: string, folder: string, id: string): boolean {
    return this.mailbox.snapshot(user, folder).has(id);
  }

  hasFolder(user: string, folder: string): boolean {
    return this.mailbox.hasFolder(user, folder);
  }

  appointments(user: string, uid: string): readonly string[] {
    return this.mailbox.appointments(user, uid);
  }

  meetingsFolder(user: string): string {
    return this.#meetingsFolders.get(user) ?? "";
  }

  disturbances(): number {
    return this.counts.meddledMeanwhile;
  }

  treeChanges(user: string): number {
    return this.mailSide.treeChanges(user);
  }

  emptied(): number {
    return this.process.emptied;
  }

  /** Whether what is heard now may be due to a call that failed. */
  isOutage(): boolean {
    return this.process.isStalled || this.counts.steps - this.#outageStep <= 2;
  }

  /** What becomes of the next exchange. */
  fate(): Fate {
    if (this.random.chance(0.12)) {
      this.counts.lostRequests++;
      return "request-lost";
    }
    if (this.random.chance(0.15)) {
      this.counts.lostAnswers++;
      return "answer-lost";
    }
    return "delivered";
  }

  /** Waits for an exchange, or for the process to die in it. */
  async exchange(exchange: Promise<unknown>): Promise<boolean> {
    let done: unknown;
    let failed: unknown;
    exchange.then(
      (heard) => {
        done = heard ?? true;
      },
      (error: unknown) => {
        failed = error;
        done = false;
      },
    );
    for (let turns = 0; done === undefined && !this.process.isGone; turns++) {
      must(turns < maxTurns, () => "a request is not answered");
      if (this.process.isStalled) await this.clock.advance(500);
      await this.#turn();
    }
    if (failed !== undefined) throw failed;
    return done === true;
  }

  /** Starts a new process when the last one has died; whatever it held is lost. */
  async bury(): Promise<void> {
    if (this.process.alive) return;
    this.counts.crashes++;
    for (const phone of this.phones) {
      if (this.process.isGone || phone.held?.exchange.result?.kind === "lost") phone.serverDied();
    }
    this.process.startAgain();
    await this.#turn();
  }

  /** The mailbox fails for a while. */
  breakMailbox(): void {
    this.counts.outages++;
    this.#outageCalls = this.random.between(1, 30);
  }

  /** Whether a call fails. */
  #isDown(): boolean {
    if (this.#outageCalls === 0) return false;
    this.#outageCalls--;
    this.#outageStep = this.counts.steps;
    this.process.mailboxFailed();
    return true;
  }

  #nodes(count: number, options: WorldOptions, disturbance: Disturbance): Servers {
    const { mailbox, clock, ledger, random } = this;
    const isPublished = random.chance(0.5);
    const site = {
      mailbox,
      clock,
      ledger,
      disturbance,
      random,
      engine: new SharedEngine(clock, options.engine ?? new MemoryEngine(clock, random)),
      isPublished: options.isPublished ?? isPublished,
      emptyings: options.emptyings ?? 1,
      counts: this.counts,
      failed: () => {
        this.#failures++;
        this.#outageStep = this.counts.steps;
      },
    };
    return new ServerNodes(count, site, {
      doubtful: () => {
        for (const phone of this.phones ?? []) phone.doubt();
      },
      forgotten: () => this.sentMails.forgotten(),
    });
  }

  /** The mailbox works again. */
  mendMailbox(): void {
    this.#outageCalls = 0;
  }

  /** Somebody does something while the server is at work. */
  #interfere(item: ItemPlace | undefined): void {
    if (this.isQuiet || !this.random.chance(item === undefined ? 0.02 : 0.05)) return;
    this.counts.meddledMeanwhile++;
    this.disturbedAtMs = this.monotonicNow();
    if (item !== undefined) {
      this.lastDisturbed = item;
      if (this.random.chance(0.3)) this.mailSide.remove(item);
      else this.mailSide.alter(item);
      return;
    }
    const user = this.random.chance(0.7) ? "alice" : "bob";
    const folders = this.mailSide.foldersFound(user);
    const folder = this.random.pick(folders);
    if (folder !== undefined) this.mailSide.meddle(user, folder, folders);
  }
}

/** Lets everything go on that waits for nothing but its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
