import { FakeClock, MemoryMailbox } from "../../src/testing/index.js";
import { Ping } from "../../src/wbxml/code-pages/ping.js";
import { childText } from "../../src/wbxml/index.js";
import type { Fate, Heard } from "./carrier.js";
import { checkQuiet, checkTree, unheardChange } from "./check.js";
import { Ledger } from "./ledger.js";
import { MailSide } from "./mail-side.js";
import { type HeldRequest, type PhoneWorld, SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import { Random } from "./random.js";
import { ServerProcess } from "./server-process.js";
import { must } from "./violation.js";

const noCounts = {
  steps: 0,
  syncs: 0,
  lostRequests: 0,
  lostAnswers: 0,
  stragglers: 0,
  restarts: 0,
  crashes: 0,
  outages: 0,
  clockJumps: 0,
  meddled: 0,
  meddledMeanwhile: 0,
  treeChanges: 0,
  edits: 0,
  pings: 0,
  hangingSyncs: 0,
  woken: 0,
  treeWakes: 0,
  expired: 0,
  falseWakes: 0,
  nights: 0,
  quietChecks: 0,
  cursorsExpired: 0,
  startedOver: 0,
};

/** Several phones, their mailboxes, a bad line, a process that dies and a clock that jumps, all from one seed. */
export class Simulation {
  /** What happened. */
  readonly counts: Record<keyof typeof noCounts, number> = { ...noCounts };
  readonly #random: Random;
  readonly #clock = new FakeClock();
  readonly #mailbox = new MemoryMailbox({ clock: this.#clock, epoch: "simulated" });
  readonly #ledger = new Ledger();
  readonly #mailSide: MailSide;
  readonly #phones: readonly SimulatedPhone[];
  readonly #process: ServerProcess;
  /** No more changes and a good line. */
  #isQuiet = false;
  /** Calls into the mailbox that are yet to fail. */
  #outageCalls = 0;
  /** The step in which the last call failed. */
  #outageStep = Number.NEGATIVE_INFINITY;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#mailSide = new MailSide(this.#mailbox, this.#random, this.#ledger, () => this.#clock.now());
    this.#process = new ServerProcess(this.#mailbox, this.#clock, this.#ledger, {
      isDown: () => this.#isDown(),
      interfere: () => this.#interfere(),
      wrote: () => {
        this.#mailSide.changes++;
      },
    });
    const world: PhoneWorld = {
      random: this.#random,
      ledger: this.#ledger,
      now: () => this.#clock.now(),
      monotonicNow: () => this.#clock.monotonicNow(),
      server: () => this.#process.server,
      changes: () => this.#mailSide.changes,
      treeChanges: (user) => this.#mailSide.treeChanges(user),
      isOutage: () => this.#wasDown,
    };
    this.#phones = [
      new SimulatedPhone("alice", "PHONEA", "16.1", world),
      new SimulatedPhone("alice", "PHONEB", "14.1", world),
      new SimulatedPhone("alice", "PHONEC", "12.1", world),
      new SimulatedPhone("bob", "PHONED", "16.1", world),
    ];
  }

  /** Runs that many random steps, then lets everything come to rest, and checks. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.counts.steps++;
      await this.#step();
      if (step % 500 === 499) await this.#comeToRest();
    }
    await this.#comeToRest();
  }

  /** Ends the last process. */
  close(): void {
    this.#process.die();
  }

  async #step(): Promise<void> {
    const phone = this.#random.pick(this.#phones);
    must(phone !== undefined, () => "there are no phones");
    const acts: readonly (readonly [weight: number, act: () => void | Promise<void>])[] = [
      [290, () => this.#meddle(phone.user)],
      [190, () => this.#edit(phone)],
      [220, () => this.#sync(phone)],
      [60, () => this.#hold(phone, "ping")],
      [40, () => this.#hold(phone, "sync")],
      [110, () => this.#wait()],
      [15, () => phone.chooseFilter()],
      [10, () => this.#restart()],
      [15, () => this.#process.dieAfter(this.#random.between(0, 12))],
      [5, () => this.#jump()],
      [5, () => this.#expireCursors(phone)],
      [8, () => this.#changeTree(phone.user)],
      [12, () => this.#exchange(phone.folderSync(this.#fate()))],
      [10, () => this.#straggle(phone)],
      [6, () => this.#breakMailbox()],
      [4, () => this.#startOver(phone)],
      [4, () => this.#night()],
    ];
    const all = acts.flatMap(([weight, act]) => Array<typeof act>(weight).fill(act));
    await this.#random.pick(all)?.();
    await this.#bury();
    await this.#hearHeld();
  }

  #fate(): Fate {
    if (this.#random.chance(0.12)) {
      this.counts.lostRequests++;
      return "request-lost";
    }
    if (this.#random.chance(0.15)) {
      this.counts.lostAnswers++;
      return "answer-lost";
    }
    return "delivered";
  }

  async #meddle(user: string): Promise<void> {
    this.counts.meddled++;
    const folders = await this.#mailSide.folders(user);
    const folder = this.#random.pick(folders);
    if (folder !== undefined) this.#mailSide.meddle(user, folder, folders);
  }

  /** Somebody does something while the server is at work. */
  #interfere(): void {
    if (this.#isQuiet || !this.#random.chance(0.02)) return;
    this.counts.meddledMeanwhile++;
    const user = this.#random.chance(0.7) ? "alice" : "bob";
    const folders = this.#mailSide.foldersFound(user);
    const folder = this.#random.pick(folders);
    if (folder !== undefined) this.#mailSide.meddle(user, folder, folders);
  }

  #edit(phone: SimulatedPhone): void {
    this.counts.edits++;
    phone.edit(
      () => this.#mailSide.title(),
      () => this.#mailSide.date(),
    );
  }

  /** One Sync of some folders; the phone gives up what it waits for, as phones do. */
  async #sync(phone: SimulatedPhone): Promise<void> {
    const fate = this.#fate();
    if (!phone.hasFolders && !(await this.#exchange(phone.folderSync(fate)))) return;
    phone.giveUp(this.#random.chance(0.5));
    const folders = [...phone.folders.values()].filter(() => this.#random.chance(0.5));
    if (folders.length === 0) return;
    this.counts.syncs++;
    await this.#exchange(phone.sync(folders, fate));
  }

  /** Waits for an exchange, or for the process to die in it. */
  async #exchange(exchange: Promise<unknown>): Promise<boolean> {
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
    while (done === undefined && this.#process.alive) await turn();
    if (failed !== undefined) throw failed;
    return done === true;
  }

  async #straggle(phone: SimulatedPhone): Promise<void> {
    this.counts.stragglers++;
    await this.#exchange(phone.straggler());
  }

  async #hold(phone: SimulatedPhone, kind: "ping" | "sync"): Promise<void> {
    const heartbeat = this.#random.pick([60, 120, 480, 900]) ?? 60;
    if (kind === "ping") phone.holdPing(heartbeat);
    else phone.holdSync(heartbeat);
    if (phone.held !== undefined) this.counts[kind === "ping" ? "pings" : "hangingSyncs"]++;
    await this.#clock.advance(0);
  }

  async #wait(): Promise<void> {
    const seconds = this.#random.pick([0.02, 3, 20, 130, 600]) ?? 3;
    await this.#pass(seconds);
  }

  /** Time passes, and what phones hear makes them sync. */
  async #pass(seconds: number): Promise<void> {
    await this.#clock.advance(seconds * 1_000);
    if (seconds < 3 || !this.#process.alive) return;
    // What a phone hears makes it sync, and what it then sends up is news for the others.
    while (await this.#hearHeld()) await this.#clock.advance(3_000);
    if (!this.#process.alive) return;
    for (const phone of this.#phones) await this.#checkHeld(phone);
  }

  /** Nobody does anything, and the phones wait for one another's last changes and then for nothing. */
  async #night(): Promise<void> {
    this.counts.nights++;
    this.#isQuiet = true;
    for (let hour = 0; hour < 8; hour++) {
      for (const phone of this.#phones) {
        if (phone.held === undefined) await this.#hold(phone, this.#random.chance(0.6) ? "ping" : "sync");
      }
      await this.#pass(300);
    }
    this.#isQuiet = false;
  }

  /** A phone that still waits, seconds after the last change, has everything. */
  async #checkHeld(phone: SimulatedPhone): Promise<void> {
    const { held } = phone;
    if (held === undefined) return;
    const heldSeconds = (this.#clock.monotonicNow() - held.sentAtMs) / 1_000;
    must(heldSeconds <= held.heartbeatSeconds + 2, () => `${phone.deviceId}: held for ${heldSeconds} s`);
    await this.#checkHeard(phone, held, "waits");
  }

  async #checkHeard(phone: SimulatedPhone, held: HeldRequest, state: string): Promise<void> {
    for (const folder of held.folders) {
      // A Sync that is held was answered by nothing: the phone has all that the server believes it has.
      const isUncertain = folder.unanswered && held.sync === undefined;
      if (folder.queue.length > 0 || isUncertain) continue;
      const truth = await this.#mailSide.items(phone.user, folder.id);
      const ask = held.sync?.asks.find((one) => one.folder === folder);
      const { filter, timesMs } = ask
        ? { filter: ask.filter, timesMs: [held.sync?.sentMs ?? 0] }
        : folder.synced;
      const window = { filter, timesMs: [...timesMs, this.#clock.now()] };
      const unheard = unheardChange(folder, truth, phone.version, window);
      must(unheard === undefined, () => `${phone.deviceId} ${state} and was not told: ${unheard}`);
    }
    if (!phone.treeUnanswered) checkTree(phone, await this.#mailSide.folders(phone.user), state);
  }

  /** @returns whether a phone heard anything. */
  async #hearHeld(): Promise<boolean> {
    const all: [SimulatedPhone, HeldRequest, Heard][] = [];
    for (const phone of this.#phones) {
      const heard = phone.held?.exchange.result;
      if (phone.held === undefined || heard === undefined) continue;
      all.push([phone, phone.held, heard]);
      phone.held = undefined;
    }
    for (const [phone, held, heard] of all) {
      if (heard.kind === "lost") continue;
      if (held.sync === undefined) await this.#hearPing(phone, held, heard);
      else await this.#hearSync(phone, held, held.sync, heard);
    }
    return all.length > 0;
  }

  async #hearPing(
    phone: SimulatedPhone,
    held: HeldRequest,
    heard: Extract<Heard, { kind: "answered" }>,
  ): Promise<void> {
    const status = heard.status === 200 ? childText(heard.document, Ping.Status) : `HTTP ${heard.status}`;
    // Before its time, 1 says that the server shuts down or that another request of the phone took the place of this one.
    if (status === "1") await this.#expired(phone, held);
    else if (status === "2") await this.#woken(phone, held.folders);
    else if (status === "7") await this.#treeChanged(phone);
    else {
      const isDown = status === "8" || status === "HTTP 503";
      must(isDown && this.#wasDown, () => `${phone.deviceId}: Ping got Status ${status}`);
    }
  }

  async #hearSync(
    phone: SimulatedPhone,
    held: HeldRequest,
    request: NonNullable<HeldRequest["sync"]>,
    heard: Extract<Heard, { kind: "answered" }>,
  ): Promise<void> {
    const isEmpty = heard.status === 200 && heard.document === undefined;
    if (isEmpty) await this.#expired(phone, held);
    await this.#exchange(phone.hearSync(request, heard));
    if (isEmpty) return;
    this.counts.woken++;
    if (held.folders.every((folder) => folder.lastBrought === 0)) this.counts.falseWakes++;
  }

  async #treeChanged(phone: SimulatedPhone): Promise<void> {
    this.counts.treeWakes++;
    const { treeSeen } = phone;
    const isNews = phone.treeUnanswered || this.#mailSide.treeChanges(phone.user) > treeSeen;
    must(isNews, () => `${phone.deviceId}: Ping got Status 7 for a tree that it has`);
    await this.#exchange(phone.folderSync(this.#fate()));
  }

  async #expired(phone: SimulatedPhone, held: HeldRequest): Promise<void> {
    const seconds = (this.#clock.monotonicNow() - held.sentAtMs) / 1_000;
    if (seconds < held.heartbeatSeconds - 1) return;
    this.counts.expired++;
    // What happened between the answer and now is not what it was about.
    if (held.answeredAt !== this.#mailSide.changes) return;
    await this.#checkHeard(phone, held, "heard that nothing changed");
  }

  async #woken(phone: SimulatedPhone, folders: readonly PhoneFolder[]): Promise<void> {
    this.counts.woken++;
    if (!this.#isQuiet && this.#random.chance(0.2)) return;
    const heard = await this.#exchange(phone.sync(folders, this.#isQuiet ? "delivered" : this.#fate()));
    if (heard && folders.every((folder) => folder.lastBrought === 0)) this.counts.falseWakes++;
  }

  async #restart(): Promise<void> {
    this.counts.restarts++;
    if (this.#random.chance(0.5)) {
      const closed = this.#process.server.close();
      await this.#clock.advance(30_000);
      await closed;
    }
    this.#process.die();
    await this.#bury();
  }

  /** Starts a new process when the last one has died; whatever it held is lost. */
  async #bury(): Promise<void> {
    if (this.#process.alive) return;
    this.counts.crashes++;
    for (const phone of this.#phones) phone.giveUp(false);
    this.#process.startAgain();
    await turn();
  }

  #jump(): void {
    this.counts.clockJumps++;
    this.#clock.jump(this.#random.between(-4 * 24, 4 * 24) * 3_600_000);
  }

  #breakMailbox(): void {
    this.counts.outages++;
    this.#outageCalls = this.#random.between(1, 30);
  }

  /** Whether a call fails. */
  #isDown(): boolean {
    if (this.#outageCalls === 0) return false;
    this.#outageCalls--;
    this.#outageStep = this.counts.steps;
    return true;
  }

  /** Whether what is heard now may be due to a call that failed. */
  get #wasDown(): boolean {
    return this.counts.steps - this.#outageStep <= 2;
  }

  #startOver(phone: SimulatedPhone): void {
    this.counts.startedOver++;
    phone.startOver();
  }

  async #changeTree(user: string): Promise<void> {
    this.counts.treeChanges++;
    this.#mailSide.changeTree(user, await this.#mailSide.folders(user));
  }

  async #expireCursors(phone: SimulatedPhone): Promise<void> {
    const folder = this.#random.pick(await this.#mailSide.folders(phone.user));
    if (folder === undefined) return;
    this.counts.cursorsExpired++;
    this.#mailbox.expireCursors(phone.user, folder.id);
  }

  /** No more changes, a good line: every phone syncs until there is no more, and then holds what the mailbox holds. */
  async #comeToRest(): Promise<void> {
    this.#process.die();
    await this.#bury();
    this.#isQuiet = true;
    this.#outageCalls = 0;
    for (let round = 0; round < 3; round++) for (const phone of this.#phones) await this.#catchUp(phone);
    for (const phone of this.#phones) {
      checkTree(phone, await this.#mailSide.folders(phone.user), "is at rest");
      for (const folder of phone.folders.values()) {
        const truth = await this.#mailSide.items(phone.user, folder.id);
        checkQuiet(phone, folder, truth, this.#clock.now());
      }
    }
    for (const user of ["alice", "bob"]) await this.#mailSide.audit(user);
    this.#isQuiet = false;
    this.counts.quietChecks++;
  }

  async #catchUp(phone: SimulatedPhone): Promise<void> {
    await phone.folderSync("delivered");
    const folders = [...phone.folders.values()];
    for (let round = 0; round === 0 || folders.some((folder) => folder.moreAvailable); round++) {
      must(round < 500, () => `${phone.deviceId}: MoreAvailable for ever`);
      for (const folder of folders) await phone.sync([folder], "delivered", true);
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
