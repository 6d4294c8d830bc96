import {
  createDirectPush,
  type DirectPushOptions,
  type Mailbox,
  type MailSubmission,
  MemoryStateStore,
  type OutgoingMail,
} from "../../src/index.js";
import type { FakeClock, MemoryMailbox } from "../../src/testing/index.js";
import type { SimulatedServer } from "./carrier.js";
import { contentOf } from "./form.js";
import type { Ledger } from "./ledger.js";
import { isInvitation } from "./meeting-answers.js";
import { Mortality, mortal } from "./mortal.js";
import { plainComposer } from "./plain-composer.js";
import type { Servers } from "./servers.js";

/** Where an item is. */
export interface ItemPlace {
  readonly user: string;
  readonly folder: string;
  readonly id: string;
}

/** Where a process keeps what outlives it, and hears of changes. */
export type ProcessPlace = Pick<DirectPushOptions, "state" | "source" | "relay">;

/** What is different for a process that is one of several. */
export interface ProcessSurroundings {
  /** What a process is given when it starts. */
  place(mortality: Mortality, mailbox: MemoryMailbox): ProcessPlace;
  /** What tells one process from another in what it writes: each time when something may have been forgotten, another. */
  number(): number;
  /** The process is gone, in the middle of whatever it did. */
  died(): void;
}

/** What happens around the calls of the process into the mailbox. */
export interface Disturbance {
  /** Whether the call fails because the mailbox is down. */
  isDown(): boolean;
  /** Others act at the same time; often on the item that is at hand. */
  interfere(item?: ItemPlace): void;
  /** The process has written to the mailbox. */
  wrote(): void;
  /** The process has worked another answer into an appointment: phones may be told of what they do not see. */
  answeredAgain(user: string, folder: string): void;
  /** The process has changed the folder tree of a user; `removed` is a folder that is gone. */
  wroteTree(user: string, removed: string | undefined): void;
  /** The process of that number has given a mail to the mail server. */
  submitted(mail: OutgoingMail, process: number): void;
}

const writes: readonly PropertyKey[] = ["create", "update", "delete", "move", "saveDraft"];
const treeWrites: readonly PropertyKey[] = ["addFolder", "updateFolder", "removeFolder"];

/** The process that serves the phones: it dies, and another takes its place with nothing but what is stored. */
export class ServerProcess implements Servers {
  readonly isStalled = false;
  readonly emptied = 0;
  readonly #mailbox: MemoryMailbox;
  readonly #clock: FakeClock;
  readonly #ledger: Ledger;
  readonly #disturbance: Disturbance;
  readonly #store = new MemoryStateStore();
  readonly #submission: MailSubmission;
  readonly #surroundings: ProcessSurroundings | undefined;
  readonly #asked = new Set<() => void>();
  #mortality = new Mortality(() => this.#died());
  #server: SimulatedServer;
  /** How many processes there were before. */
  #number = 0;

  /** @param surroundings undefined: the process is alone. */
  constructor(
    mailbox: MemoryMailbox,
    clock: FakeClock,
    ledger: Ledger,
    disturbance: Disturbance,
    surroundings?: ProcessSurroundings,
  ) {
    this.#surroundings = surroundings;
    this.#mailbox = mailbox;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#disturbance = disturbance;
    const { submission } = mailbox;
    this.#submission = { composer: plainComposer, submit: (...call) => submission.submit(...call) };
    this.#server = this.#start();
  }

  get server(): SimulatedServer {
    return this.#server;
  }

  get alive(): boolean {
    return this.#mortality.alive;
  }

  /** The process dies at a call after so many more. */
  dieAfter(calls: number): void {
    this.#mortality.dieAfter(calls);
  }

  /** The process is gone now. */
  die(): void {
    this.#mortality.die();
  }

  get isGone(): boolean {
    return !this.alive;
  }

  async end(isGraceful: boolean, passTime: () => Promise<void>): Promise<void> {
    if (isGraceful) {
      const closed = this.server.close();
      await passTime();
      await closed;
    }
    this.die();
  }

  mailboxFailed(): void {}

  isTrusted(): boolean {
    return true;
  }

  mayTellLate(): boolean {
    return false;
  }

  checkHolds(): void {}

  troubles(): readonly [] {
    return [];
  }

  /** Starts the next process. */
  startAgain(): void {
    this.#mortality = new Mortality(() => this.#died());
    this.#number++;
    this.#server = this.#start();
  }

  /** Its connections break. */
  #died(): void {
    const asked = [...this.#asked];
    this.#asked.clear();
    if (this.#surroundings === undefined) return;
    for (const broken of asked) broken();
    this.#surroundings.died();
  }

  #start(): SimulatedServer {
    const mortality = this.#mortality;
    const number = this.#numbering();
    const mailbox = this.#mailboxOf(mortality);
    const place = this.#surroundings?.place(mortality, mailbox);
    const options: DirectPushOptions = {
      mailbox,
      source: mailbox,
      submission: mortal(this.#submission, mortality, {
        begins: number,
        before: () => {
          if (this.#disturbance.isDown()) throw new Error("The mail server is down");
        },
        after: (_method, [, mail], _result, begun) =>
          this.#disturbance.submitted(mail as OutgoingMail, begun as number),
      }),
      state: place?.state ?? mortal(this.#store, mortality),
      ...place,
      clock: this.#clock,
      authenticate: async (attempt) =>
        attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
    };
    const server = createDirectPush(options);
    return {
      close: () => server.close(),
      held: () => server.held(),
      serve: (request, respond, broken = () => {}) => {
        this.#asked.add(broken);
        const gone = server.serve(request, (response) => {
          this.#asked.delete(broken);
          // A dead process says nothing, whatever its time-outs would have it say.
          if (mortality.alive) respond(response);
        });
        return () => {
          this.#asked.delete(broken);
          gone();
        };
      },
    };
  }

  #numbering(): () => number {
    const number = this.#number;
    return this.#surroundings === undefined ? () => number : this.#surroundings.number;
  }

  #mailboxOf(mortality: Mortality): MemoryMailbox {
    const number = this.#numbering();
    return mortal(this.#mailbox, mortality, {
      // Taken first: the process may die in the call, or as it hears of its own change.
      begins: number,
      before: (method, args) => {
        if (this.#disturbance.isDown()) throw new Error("The mailbox is down");
        this.#disturbance.interfere(method === "update" || method === "item" ? placeOf(args) : undefined);
      },
      after: (method, args, result, begun) => {
        if (method === "update")
          this.#noteTitle(args as Parameters<Mailbox["update"]>, result, begun as number);
        if (method === "move") this.#noteMove(args as Parameters<Mailbox["move"]>, result);
        if (writes.includes(method)) this.#disturbance.wrote();
        if (treeWrites.includes(method)) this.#noteTree(method, args, result);
        this.#disturbance.interfere(method === "itemVersion" ? placeOf(args) : undefined);
      },
    });
  }

  /** Notes which title took the place of which. */
  #noteTitle(
    [{ user }, folder, id, update]: Parameters<Mailbox["update"]>,
    result: unknown,
    number: number,
  ): void {
    const { kind } = result as Awaited<ReturnType<Mailbox["update"]>>;
    if (kind !== "updated" || update.kind !== "replace") return;
    const { title } = contentOf(update.item);
    // Nobody but who answers an invitation calls an appointment like that.
    const isAnswer = update.item.class === "Calendar" && isInvitation(title);
    this.#ledger.retitled(user, folder, id, title, isAnswer ? undefined : number);
    if (!isAnswer) return;
    this.#ledger.setMeanwhile(title);
    this.#disturbance.answeredAgain(user, folder);
  }

  #noteTree(method: PropertyKey, args: readonly unknown[], result: unknown): void {
    const [{ user }, id] = args as [{ readonly user: string }, unknown];
    const { kind } = result as { readonly kind: string };
    if (kind !== "created" && kind !== "updated" && kind !== "deleted") return;
    this.#disturbance.wroteTree(user, method === "removeFolder" ? String(id) : undefined);
  }

  #noteMove([{ user }, folder, id, toFolder]: Parameters<Mailbox["move"]>, result: unknown): void {
    const moved = result as Awaited<ReturnType<Mailbox["move"]>>;
    if (moved.kind !== "moved") return;
    this.#ledger.moved(user, { folder, id }, { folder: toFolder, id: moved.id });
  }
}

function placeOf(args: readonly unknown[]): ItemPlace {
  const [{ user }, folder, id] = args as Parameters<Mailbox["update"]>;
  return { user, folder, id };
}
