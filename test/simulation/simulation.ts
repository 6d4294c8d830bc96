import { createDirectPush, MemoryStateStore } from "../../src/index.js";
import { FakeClock, MemoryMailbox } from "../../src/testing/index.js";
import { Ping } from "../../src/wbxml/code-pages/ping.js";
import { childText } from "../../src/wbxml/index.js";
import type { Fate, SimulatedServer } from "./carrier.js";
import { checkQuiet, unheardChange } from "./check.js";
import { MailSide } from "./mail-side.js";
import { Mortality, mortal } from "./mortal.js";
import { SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import { Random } from "./random.js";
import { must } from "./violation.js";

/** What happened in a run. */
export interface SimulationCounts {
  steps: number;
  syncs: number;
  lostRequests: number;
  lostAnswers: number;
  restarts: number;
  crashes: number;
  clockJumps: number;
  meddled: number;
  edits: number;
  pings: number;
  woken: number;
  expired: number;
  falseWakes: number;
  quietChecks: number;
  cursorsExpired: number;
}

const folderClasses = ["Email", "Calendar", "Contacts", "Tasks"] as const;

/** Several phones, their mailboxes, a bad line, a process that dies and a clock that jumps, all from one seed. */
export class Simulation {
  readonly counts: SimulationCounts = {
    steps: 0,
    syncs: 0,
    lostRequests: 0,
    lostAnswers: 0,
    restarts: 0,
    crashes: 0,
    clockJumps: 0,
    meddled: 0,
    edits: 0,
    pings: 0,
    woken: 0,
    expired: 0,
    falseWakes: 0,
    quietChecks: 0,
    cursorsExpired: 0,
  };
  readonly #random: Random;
  readonly #clock = new FakeClock();
  readonly #mailbox = new MemoryMailbox({ clock: this.#clock, epoch: "simulated" });
  readonly #store = new MemoryStateStore();
  readonly #mailSide: MailSide;
  readonly #phones: readonly SimulatedPhone[];
  #mortality = new Mortality();
  #server: SimulatedServer;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#mailSide = new MailSide(this.#mailbox, this.#random, () => this.#clock.now());
    this.#phones = [
      new SimulatedPhone("alice", "PHONEA", "16.1", this.#random),
      new SimulatedPhone("alice", "PHONEB", "14.1", this.#random),
      new SimulatedPhone("alice", "PHONEC", "12.1", this.#random),
      new SimulatedPhone("bob", "PHONED", "16.1", this.#random),
    ];
    this.#server = this.#start();
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
  async close(): Promise<void> {
    this.#mortality.die();
  }

  async #step(): Promise<void> {
    const phone = this.#random.pick(this.#phones);
    must(phone !== undefined, () => "there are no phones");
    const dice = this.#random.next();
    if (dice < 0.3) await this.#meddle(phone);
    else if (dice < 0.5) this.#edit(phone);
    else if (dice < 0.72) await this.#sync(phone, this.#fate());
    else if (dice < 0.8) await this.#ping(phone);
    else if (dice < 0.94) await this.#wait();
    else if (dice < 0.955) phone.chooseFilter();
    else if (dice < 0.965) await this.#restart();
    else if (dice < 0.98) this.#mortality.dieAfter(this.#random.between(0, 12));
    else if (dice < 0.985) this.#jump();
    else if (dice < 0.99) await this.#expireCursors(phone);
    else await this.#exchange(phone.folderSync(this.#server, this.#fate()));
    await this.#bury();
    await this.#hearPings();
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

  async #meddle(phone: SimulatedPhone): Promise<void> {
    this.counts.meddled++;
    const folders = (await this.#mailbox.folders({ user: phone.user })).filter((one) =>
      ["inbox", "calendar", "contacts", "tasks", "user-mail"].includes(one.kind),
    );
    const folder = this.#random.pick(folders);
    if (folder === undefined) return;
    const itemClass = { calendar: "Calendar", contacts: "Contacts", tasks: "Tasks" } as const;
    const of = itemClass[folder.kind as keyof typeof itemClass] ?? "Email";
    await this.#mailSide.meddle(phone.user, folder.id, of);
  }

  #edit(phone: SimulatedPhone): void {
    this.counts.edits++;
    phone.edit(
      () => this.#mailSide.title(),
      () => this.#mailSide.date(),
    );
  }

  /** One Sync of some folders; the phone gives up its Ping for it, as phones do. */
  async #sync(phone: SimulatedPhone, fate: Fate): Promise<void> {
    if (!phone.hasFolders && !(await this.#exchange(phone.folderSync(this.#server, fate)))) return;
    phone.dropPing(this.#random.chance(0.5));
    const folders = [...phone.folders.values()].filter(() => this.#random.chance(0.5));
    if (folders.length === 0) return;
    this.counts.syncs++;
    await this.#exchange(phone.sync(this.#server, folders, fate, () => this.#clock.now()));
  }

  /** Waits for an exchange, or for the process to die in it. */
  async #exchange(exchange: Promise<boolean>): Promise<boolean> {
    let done: boolean | undefined;
    let failed: unknown;
    exchange.then(
      (heard) => {
        done = heard;
      },
      (error: unknown) => {
        failed = error;
        done = false;
      },
    );
    while (done === undefined && this.#mortality.alive) await turn();
    if (failed !== undefined) throw failed;
    return done ?? false;
  }

  async #ping(phone: SimulatedPhone): Promise<void> {
    this.counts.pings++;
    const heartbeat = this.#random.pick([60, 120, 480, 900]) ?? 60;
    phone.sendPing(this.#server, heartbeat, this.#clock.monotonicNow(), "delivered");
    await this.#clock.advance(0);
  }

  async #wait(): Promise<void> {
    const seconds = this.#random.pick([0.02, 3, 20, 130, 600]) ?? 3;
    await this.#clock.advance(seconds * 1000);
    if (seconds < 3 || !this.#mortality.alive) return;
    // What a phone hears makes it sync, and what it then sends up is news for the others.
    while (await this.#hearPings()) await this.#clock.advance(3_000);
    if (!this.#mortality.alive) return;
    for (const phone of this.#phones) await this.#checkHeld(phone);
  }

  /** A phone that still waits, seconds after the last change, has everything. */
  async #checkHeld(phone: SimulatedPhone): Promise<void> {
    const { ping } = phone;
    if (ping === undefined) return;
    const heldSeconds = (this.#clock.monotonicNow() - ping.sentAtMs) / 1000;
    must(heldSeconds <= ping.heartbeatSeconds + 2, () => `${phone.deviceId}: held for ${heldSeconds} s`);
    for (const folder of ping.folders) await this.#checkHeard(phone, folder, "waits");
  }

  async #checkHeard(phone: SimulatedPhone, folder: PhoneFolder, state: string): Promise<void> {
    if (folder.queue.length > 0 || folder.unanswered) return;
    const truth = await this.#mailSide.items(phone.user, folder.id);
    const unheard = unheardChange(folder, truth, this.#clock.now());
    must(unheard === undefined, () => `${phone.deviceId} ${state} and was not told: ${unheard}`);
  }

  /** @returns whether a phone heard anything. */
  async #hearPings(): Promise<boolean> {
    const woken: [SimulatedPhone, readonly PhoneFolder[]][] = [];
    let heardAny = false;
    for (const phone of this.#phones) {
      const { ping } = phone;
      const heard = ping?.exchange.result;
      if (ping === undefined || heard === undefined) continue;
      phone.ping = undefined;
      heardAny = true;
      if (heard.kind === "lost") continue;
      must(heard.status === 200, () => `${phone.deviceId}: Ping got HTTP ${heard.status}`);
      const status = childText(heard.document, Ping.Status);
      if (status === "1") await this.#expired(phone, ping.folders);
      else if (status === "2") woken.push([phone, ping.folders]);
      else must(status === "7", () => `${phone.deviceId}: Ping got Status ${status}`);
    }
    for (const [phone, folders] of woken) await this.#woken(phone, folders);
    return heardAny;
  }

  async #expired(phone: SimulatedPhone, folders: readonly PhoneFolder[]): Promise<void> {
    this.counts.expired++;
    for (const folder of folders) await this.#checkHeard(phone, folder, "heard that nothing changed");
  }

  async #woken(phone: SimulatedPhone, folders: readonly PhoneFolder[]): Promise<void> {
    this.counts.woken++;
    if (this.#random.chance(0.2)) return;
    const heard = await this.#exchange(
      phone.sync(this.#server, folders, this.#fate(), () => this.#clock.now()),
    );
    if (heard && folders.every((folder) => folder.lastBrought === 0)) this.counts.falseWakes++;
  }

  async #restart(): Promise<void> {
    this.counts.restarts++;
    if (this.#random.chance(0.5)) {
      const closed = this.#server.close();
      await this.#clock.advance(30_000);
      await closed;
    }
    this.#mortality.die();
    await this.#bury();
  }

  /** Starts a new process when the last one has died; whatever it held is lost. */
  async #bury(): Promise<void> {
    if (this.#mortality.alive) return;
    this.counts.crashes++;
    for (const phone of this.#phones) phone.dropPing(false);
    this.#mortality = new Mortality();
    this.#server = this.#start();
    await turn();
  }

  #start(): SimulatedServer {
    const mortality = this.#mortality;
    const mailbox = mortal(this.#mailbox, mortality);
    const server = createDirectPush({
      mailbox,
      source: mailbox,
      state: mortal(this.#store, mortality),
      clock: this.#clock,
      authenticate: async (attempt) =>
        attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
    });
    return {
      close: () => server.close(),
      serve: (request, respond) =>
        server.serve(request, (response) => {
          // A dead process says nothing, whatever its time-outs would have it say.
          if (mortality.alive) respond(response);
        }),
    };
  }

  #jump(): void {
    this.counts.clockJumps++;
    this.#clock.jump(this.#random.between(-4 * 24, 4 * 24) * 3_600_000);
  }

  async #expireCursors(phone: SimulatedPhone): Promise<void> {
    const folder = this.#random.pick([...phone.folders.values()]);
    if (folder === undefined) return;
    this.counts.cursorsExpired++;
    this.#mailbox.expireCursors(phone.user, folder.id);
  }

  /** No more changes, a good line: every phone syncs until there is no more, and then holds what the mailbox holds. */
  async #comeToRest(): Promise<void> {
    await this.#bury();
    this.#mortality.dieAfter(Number.POSITIVE_INFINITY);
    this.#mortality.die();
    await this.#bury();
    for (let round = 0; round < 3; round++) for (const phone of this.#phones) await this.#catchUp(phone);
    for (const phone of this.#phones) {
      for (const folder of phone.folders.values()) {
        const truth = await this.#mailSide.items(phone.user, folder.id);
        checkQuiet(phone.deviceId, folder, truth, this.#clock.now());
      }
    }
    this.counts.quietChecks++;
  }

  async #catchUp(phone: SimulatedPhone): Promise<void> {
    if (!phone.hasFolders) await phone.folderSync(this.#server, "delivered");
    const folders = [...phone.folders.values()];
    for (let round = 0; round === 0 || folders.some((folder) => folder.moreAvailable); round++) {
      must(round < 500, () => `${phone.deviceId}: MoreAvailable for ever`);
      for (const folder of folders) {
        await phone.sync(this.#server, [folder], "delivered", () => this.#clock.now());
      }
    }
  }

  static readonly classes = folderClasses;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
