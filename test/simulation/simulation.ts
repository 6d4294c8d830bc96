import { checkQuiet, checkTree } from "./check.js";
import type { Counts } from "./counts.js";
import { HeldRequests } from "./held-requests.js";
import type { SimulatedPhone } from "./phone.js";
import { Random } from "./random.js";
import { must } from "./violation.js";
import { World, type WorldOptions } from "./world.js";

const drawn = Math.random;

/** Several phones, their mailboxes, a bad line, a process that dies and a clock that jumps, all from one seed. */
export class Simulation {
  /** What happened. */
  readonly counts: Counts;
  readonly #world: World;
  readonly #held: HeldRequests;

  constructor(seed: number, options: WorldOptions = {}) {
    this.#world = new World(seed, options);
    this.#held = new HeldRequests(this.#world);
    if (options.nodes !== undefined && options.nodes > 1) this.#seedJitter(seed);
    this.counts = this.#world.counts;
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

  /** Several processes draw at random when each of them compares what it holds: that comes from the seed as well. */
  #seedJitter(seed: number): void {
    const jitter = new Random(seed + 1);
    Math.random = () => jitter.next();
  }

  /** Ends the last process. */
  close(): void {
    Math.random = drawn;
    this.#world.process.die();
  }

  async #step(): Promise<void> {
    const phone = this.#world.random.pick(this.#world.phones);
    must(phone !== undefined, () => "there are no phones");
    const acts: readonly (readonly [weight: number, act: () => void | Promise<void>])[] = [
      [260, () => this.#meddle(phone.user)],
      [25, () => this.#send(phone)],
      [15, () => this.#move(phone)],
      [8, () => this.#writeTree(phone)],
      [30, () => this.#meet(phone)],
      [40, () => this.#organize(phone)],
      [190, () => this.#edit(phone)],
      [220, () => this.#sync(phone)],
      [60, () => this.#held.hold(phone, "ping")],
      [40, () => this.#held.hold(phone, "sync")],
      [110, () => this.#wait()],
      [15, () => phone.chooseFilter()],
      [10, () => this.#restart()],
      [15, () => this.#world.process.dieAfter(this.#world.random.between(0, 12))],
      [5, () => this.#jump()],
      [5, () => this.#expireCursors(phone)],
      [8, () => this.#changeTree(phone.user)],
      [12, () => this.#world.exchange(phone.folderSync(this.#world.fate()))],
      [10, () => this.#straggle(phone)],
      [6, () => this.#world.breakMailbox()],
      [4, () => this.#startOver(phone)],
      [6, () => this.#roughStart(phone)],
      [8, () => this.#cross(phone)],
      [4, () => this.#changeWindow(phone)],
      [4, () => this.#night()],
      ...this.#world.process.troubles(),
    ];
    const all = acts.flatMap(([weight, act]) => Array<typeof act>(weight).fill(act));
    await this.#world.random.pick(all)?.();
    await this.#world.bury();
    await this.#held.hear();
    this.#checkFaults();
  }

  /** What went wrong inside of the process. */
  #checkFaults(): void {
    const fault = this.#world.ledger.fault ?? this.#world.sentMails.fault;
    must(fault === undefined, () => fault ?? "");
  }

  async #meddle(user: string): Promise<void> {
    this.counts.meddled++;
    const last = this.#world.lastDisturbed;
    if (last !== undefined && this.#world.random.chance(0.1)) {
      this.#world.mailSide.alter(last);
      return;
    }
    const folders = await this.#world.mailSide.folders(user);
    const folder = this.#world.random.pick(folders);
    if (folder !== undefined) this.#world.mailSide.meddle(user, folder, folders);
  }

  #edit(phone: SimulatedPhone): void {
    this.counts.edits++;
    phone.edit(
      () => this.#world.mailSide.title(),
      () => this.#world.mailSide.date(),
    );
  }

  /** One Sync of some folders; the phone gives up what it waits for, as phones do. */
  async #sync(phone: SimulatedPhone): Promise<void> {
    const fate = this.#world.fate();
    if (!phone.tree.isKnown && !(await this.#world.exchange(phone.folderSync(fate)))) return;
    phone.giveUp(this.#world.random.chance(0.5));
    const folders = [...phone.folders.values()].filter(() => this.#world.random.chance(0.5));
    if (folders.length === 0) return;
    this.counts.syncs++;
    await this.#world.exchange(phone.sync(folders, fate));
  }

  /** The user writes a mail, and the phone tries to send what there is. */
  async #send(phone: SimulatedPhone): Promise<void> {
    const to = this.#world.random.chance(0.5) ? "alice@example.com" : "bob@example.com";
    if (this.#world.random.chance(0.7)) {
      const title = this.#world.mailSide.title();
      if (phone.version === "16.1" && this.#world.random.chance(0.5)) {
        this.counts.draftsWritten++;
        phone.outbox.writeDraft(title, to);
      } else if (phone.version !== "12.1") {
        this.counts.mailsWritten++;
        phone.outbox.write(title, to);
      }
    }
    await this.#world.exchange(phone.sendMail(this.#world.fate()));
  }

  /** Somebody invites, and the phone tries to send what its user answers. */
  async #meet(phone: SimulatedPhone): Promise<void> {
    if (this.#world.random.chance(0.5)) {
      this.counts.invitations++;
      this.#world.mailSide.invite(phone.user);
    }
    phone.meetings.choose([...phone.folders.values()], this.#world.mailSide.title());
    if (!phone.meetings.isEmpty) this.counts.meetingsAnswered++;
    await this.#world.exchange(phone.meetings.send(this.#world.fate()));
  }

  /** The user of a phone that lets the server tell of meetings makes something of one, and the phone tries to send it. */
  async #organize(phone: SimulatedPhone): Promise<void> {
    if (phone.version !== "16.1") return;
    const fate = this.#world.fate();
    if (!phone.tree.isKnown && !(await this.#world.exchange(phone.folderSync(fate)))) return;
    if (this.#world.random.chance(0.8)) {
      this.counts.meetingsOrganized++;
      phone.organized.edit(this.#world.mailSide.title());
    }
    await this.#world.exchange(phone.sendMeetings(fate));
  }

  async #move(phone: SimulatedPhone): Promise<void> {
    this.counts.itemsMoved++;
    await this.#world.exchange(phone.moveSomething(this.#world.fate()));
  }

  async #writeTree(phone: SimulatedPhone): Promise<void> {
    this.counts.foldersWritten++;
    await this.#world.exchange(phone.changeTree(this.#world.mailSide.title(), this.#world.fate()));
  }

  async #straggle(phone: SimulatedPhone): Promise<void> {
    this.counts.stragglers++;
    await this.#world.exchange(phone.straggler());
  }

  async #wait(): Promise<void> {
    const seconds = this.#world.random.pick([0.02, 3, 20, 130, 600]) ?? 3;
    await this.#held.pass(seconds);
  }

  /** Nobody does anything, and the phones wait for one another's last changes and then for nothing. */
  async #night(): Promise<void> {
    this.counts.nights++;
    this.#world.isQuiet = true;
    for (let hour = 0; hour < 8; hour++) {
      for (const phone of this.#world.phones) {
        if (phone.held === undefined)
          await this.#held.hold(phone, this.#world.random.chance(0.6) ? "ping" : "sync");
      }
      await this.#held.pass(300);
    }
    this.#world.isQuiet = false;
  }

  async #restart(): Promise<void> {
    this.counts.restarts++;
    await this.#world.process.end(this.#world.random.chance(0.5), () => this.#world.clock.advance(30_000));
    await this.#world.bury();
  }

  #jump(): void {
    this.counts.clockJumps++;
    this.#world.clock.jump(this.#world.random.between(-4 * 24, 4 * 24) * 3_600_000);
  }

  #startOver(phone: SimulatedPhone): void {
    this.counts.startedOver++;
    phone.startOver();
  }

  /** A folder is set up anew, filled from both sides before it was listed, and the answer is lost. */
  async #roughStart(phone: SimulatedPhone): Promise<void> {
    this.counts.startedOver++;
    const folder = phone.startOver();
    if (folder === undefined || !(await this.#world.exchange(phone.sync([folder], "delivered", true))))
      return;
    if (!folder.started) return;
    if (folder.itemClass !== "Email") {
      for (let adds = 0; adds < 3; adds++)
        phone.addTo(folder, this.#world.mailSide.title(), this.#world.mailSide.date());
    }
    // With or without a look at what the server has.
    if (this.#world.random.chance(0.5)) await this.#world.exchange(phone.syncUp(folder));
    else await this.#world.exchange(phone.sync([folder], "answer-lost", true));
    const folders = await this.#world.mailSide.folders(phone.user);
    const there = folders.find(({ id }) => id === folder.id);
    for (let meddled = 0; meddled < 4 && there !== undefined; meddled++) {
      if (meddled === 0 && this.#world.random.chance(0.5))
        this.#world.mailSide.removeLast(phone.user, there.id);
      else this.#world.mailSide.meddle(phone.user, there, folders);
    }
    await this.#world.exchange(phone.sync([folder], "delivered", true));
  }

  /** Somebody else changes what a phone has changed, and the phone says so again because it has heard nothing. */
  async #cross(phone: SimulatedPhone): Promise<void> {
    this.#edit(phone);
    for (const folder of phone.folders.values()) {
      const change = folder.queue.at(-1);
      if (change?.kind !== "change" || folder.itemClass === "Email") continue;
      await this.#world.exchange(phone.sync([folder], "answer-lost", true));
      this.#world.mailSide.alter({ user: phone.user, folder: folder.id, id: change.serverId });
      await this.#world.exchange(phone.sync([folder], "delivered", true));
    }
  }

  /** A phone that has everything says that it wants more of a folder, and waits to be told of it. */
  async #changeWindow(phone: SimulatedPhone): Promise<void> {
    const folders = [...phone.folders.values()];
    if (folders.length === 0) return;
    await this.#world.exchange(phone.sync(folders, "delivered", true));
    const folder = phone.chooseFilter();
    if (folder?.started === true) await this.#world.exchange(phone.syncUp(folder));
    await this.#held.hold(phone, "ping");
    await this.#held.pass(3);
  }

  async #changeTree(user: string): Promise<void> {
    this.counts.treeChanges++;
    this.#world.mailSide.changeTree(user, await this.#world.mailSide.folders(user));
  }

  async #expireCursors(phone: SimulatedPhone): Promise<void> {
    const folder = this.#world.random.pick(await this.#world.mailSide.folders(phone.user));
    if (folder === undefined) return;
    this.counts.cursorsExpired++;
    this.#world.mailbox.expireCursors(phone.user, folder.id);
    for (const { user, folders } of this.#world.phones) {
      const known = user === phone.user ? folders.get(folder.id) : undefined;
      if (known !== undefined) known.cursorLost = true;
    }
  }

  /** No more changes, a good line: every phone syncs until there is no more, and then holds what the mailbox holds. */
  async #comeToRest(): Promise<void> {
    this.#world.process.die();
    await this.#world.bury();
    this.#world.isQuiet = true;
    this.#world.mendMailbox();
    for (let round = 0; round < 3; round++)
      for (const phone of this.#world.phones) await this.#catchUp(phone);
    for (const phone of this.#world.phones) {
      checkTree(phone, await this.#world.mailSide.folders(phone.user), "is at rest");
      for (const folder of phone.folders.values()) {
        const truth = await this.#world.mailSide.items(phone.user, folder.id);
        checkQuiet(phone, folder, truth, this.#world.clock.now());
      }
    }
    for (const user of ["alice", "bob"]) {
      await this.#world.mailSide.audit(user);
      const copies = await this.#world.mailSide.items(user, "sent");
      this.#world.sentMails.audit(
        user,
        copies.map(({ content }) => content.title),
      );
      const drafts = await this.#world.mailSide.items(user, "drafts");
      const left = drafts.find(({ content }) => !this.#world.sentMails.mayBeTwice(content.title));
      must(left === undefined, () => `${user}: "${left?.content.title}" was sent, and is among the drafts`);
    }
    for (const user of ["alice", "bob"]) await this.#auditMeetings(user);
    this.#checkFaults();
    this.#world.isQuiet = false;
    this.counts.quietChecks++;
  }

  /** Whoever is invited knows what the organizer has. */
  async #auditMeetings(user: string): Promise<void> {
    const folder = this.#world.meetingsFolder(user);
    const stored = await this.#world.mailSide.meetings(user, folder);
    this.#world.audience.audit(user, stored, (id) => this.#world.ledger.isRemoved(user, folder, id));
  }

  async #catchUp(phone: SimulatedPhone): Promise<void> {
    await phone.folderSync("delivered");
    for (let round = 0; !phone.outbox.isEmpty; round++) {
      must(round < 500, () => `${phone.deviceId}: a mail is never sent`);
      if (!(await phone.sendMail("delivered"))) await this.#world.clock.advance(130_000);
    }
    for (let round = 0; !phone.meetings.isEmpty; round++) {
      must(round < 500, () => `${phone.deviceId}: a meeting is never answered`);
      if (!(await phone.meetings.send("delivered"))) await this.#world.clock.advance(130_000);
    }
    for (let round = 0; !phone.organized.isEmpty; round++) {
      must(round < 500, () => `${phone.deviceId}: what becomes of a meeting is never taken`);
      if (!(await phone.sendMeetings("delivered"))) await this.#world.clock.advance(130_000);
    }
    const folders = [...phone.folders.values()];
    for (let round = 0; round === 0 || folders.some((folder) => folder.moreAvailable); round++) {
      must(round < 500, () => `${phone.deviceId}: MoreAvailable for ever`);
      for (const folder of folders) await phone.sync([folder], "delivered", true);
    }
  }
}
