import { Ping } from "../../src/wbxml/code-pages/ping.js";
import { child, childElements, childText } from "../../src/wbxml/index.js";
import type { Heard } from "./carrier.js";
import { checkTree, hasNews, unheardChange } from "./check.js";
import type { SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import type { HeldRequest } from "./phone-world.js";
import { must } from "./violation.js";
import { cutoffMs } from "./window.js";
import type { World } from "./world.js";

const none: ReadonlySet<string> = new Set();

/** The requests that phones wait for: what they hear, what they then do, and whether they should have heard before. */
export class HeldRequests {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A phone begins to wait. */
  async hold(phone: SimulatedPhone, kind: "ping" | "sync"): Promise<void> {
    const heartbeat = this.#world.random.pick([60, 120, 480, 900]) ?? 60;
    if (kind === "ping") phone.holdPing(heartbeat);
    else phone.holdSync(heartbeat);
    if (phone.held !== undefined) this.#world.counts[kind === "ping" ? "pings" : "hangingSyncs"]++;
    await this.#world.clock.advance(0);
    this.#checkSuperseded(phone);
  }

  /** What a phone gave up without a word has ended when the next one of its kind is held. */
  #checkSuperseded({ deviceId, held, abandoned }: SimulatedPhone): void {
    if (held === undefined || abandoned === undefined || !this.#world.process.alive) return;
    const command = held.sync === undefined ? "Ping" : "Sync";
    if ((abandoned.sync === undefined ? "Ping" : "Sync") !== command) return;
    // Another process hears of it a little later, and while nothing can be claimed or read the newer one is not held yet.
    if (held.server !== abandoned.server || this.#world.process.isStalled) return;
    const waiting = held.server.held();
    const isHeld = waiting.some((one) => one.deviceId === deviceId && one.command === command);
    must(
      !isHeld || held.exchange.isAnswered || abandoned.exchange.isAnswered,
      () => `${deviceId}: a ${command} is held after it was superseded`,
    );
  }

  /** Time passes, and what phones hear makes them sync. */
  async pass(seconds: number): Promise<void> {
    await this.#world.clock.advance(seconds * 1_000);
    if (seconds < 3 || !this.#world.process.alive) return;
    // What a phone hears makes it sync, and what it then sends up is news for the others.
    while (await this.hear()) await this.#world.clock.advance(3_000);
    if (!this.#world.process.alive) return;
    for (const phone of this.#world.phones) await this.#checkHeld(phone);
    this.#world.process.checkHolds(this.#world.phones);
  }

  /** A phone that still waits, seconds after the last change, has everything. */
  async #checkHeld(phone: SimulatedPhone): Promise<void> {
    const { held } = phone;
    if (held === undefined) return;
    const heldSeconds = (this.#world.clock.monotonicNow() - held.sentAtMs) / 1_000;
    must(heldSeconds <= held.heartbeatSeconds + 2, () => `${phone.deviceId}: held for ${heldSeconds} s`);
    if (!this.#world.process.isTrusted(held, this.#world.clock.monotonicNow())) return;
    await this.#checkHeard(phone, held, "waits");
  }

  async #checkHeard(phone: SimulatedPhone, held: HeldRequest, state: string): Promise<void> {
    const tree = await this.#world.mailSide.folders(phone.user);
    for (const folder of held.folders) {
      // That the folder is gone is told by the tree, of which the phone has not heard.
      if (phone.tree.unanswered && !tree.some(({ id }) => id === folder.id)) continue;
      // A Sync that is held was answered by nothing: the phone has all that the server believes it has.
      const isUncertain = folder.unanswered && held.sync === undefined;
      // A phone that is told in vain is left alone for an interval.
      const isToldInVain = folder.reports >= 3 && held.sync === undefined;
      if (folder.queue.length > 0 || isUncertain || isToldInVain) continue;
      const truth = await this.#world.mailSide.items(phone.user, folder.id);
      const ask = held.sync?.asks.find((one) => one.folder === folder);
      const { filter, timesMs } = ask
        ? { filter: ask.filter, timesMs: [held.sync?.sentMs ?? 0] }
        : folder.synced;
      const window = { filter, timesMs: [...timesMs, this.#world.clock.now()] };
      // A Sync tells what the phone itself has moved, which is worth no answer to a Ping.
      const movedAway = held.sync === undefined ? folder.movedAway : none;
      const unheard = unheardChange(folder, truth, phone.version, window, movedAway);
      must(unheard === undefined, () => `${phone.deviceId} ${state} and was not told: ${unheard}`);
    }
    if (!phone.tree.unanswered) checkTree(phone, tree, state);
  }

  /** Lets every phone hear what it was answered; returns whether there was anything. */
  async hear(): Promise<boolean> {
    const all: [SimulatedPhone, HeldRequest, Heard][] = [];
    for (const phone of this.#world.phones) {
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
    else if (status === "2") {
      await this.#checkReported(phone, held, heard);
      await this.#woken(phone, held.folders);
    } else if (status === "7") await this.#treeChanged(phone, held);
    else {
      const isDown = status === "8" || status === "HTTP 503";
      must(isDown && this.#world.isOutage(), () => `${phone.deviceId}: Ping got Status ${status}`);
    }
  }

  /** Nobody is woken for nothing. */
  async #checkReported(
    phone: SimulatedPhone,
    held: HeldRequest,
    { document }: Extract<Heard, { kind: "answered" }>,
  ): Promise<void> {
    const { answeredAt } = held;
    const { process } = this.#world;
    if (answeredAt?.changes !== this.#world.mailSide.changes || this.#wasDisturbed(answeredAt)) return;
    // A process that cannot ask what the phone has tells of a change rather than keep it.
    if (!process.isTrusted(held, answeredAt.monotonicMs)) return;
    for (const { content } of childElements(child(document, Ping.Folders))) {
      const folder = phone.folders.get(typeof content === "string" ? content : "");
      if (folder === undefined || !isCertain(folder) || folder.emptied < process.emptied) continue;
      // A message of a mail may come when the phone has the mail and waits again: it is woken once more.
      if (process.mayTellLate(phone.user, folder.id, answeredAt.monotonicMs)) continue;
      const { filter, timesMs } = folder.synced;
      const [cutoff = 0, ...others] = [...timesMs, this.#world.now()].map((timeMs) =>
        cutoffMs(filter, timeMs),
      );
      if (others.some((other) => other !== cutoff)) continue;
      const truth = await this.#world.mailSide.items(phone.user, folder.id);
      must(
        hasNews(folder, truth, phone.version, cutoff),
        () => `${phone.deviceId} is told of ${folder.id}, where nothing is new`,
      );
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
    await this.#world.exchange(phone.hearSync(request, heard));
    if (isEmpty) return;
    this.#world.counts.woken++;
    if (held.folders.every((folder) => folder.lastBrought === 0)) this.#world.counts.falseWakes++;
  }

  async #treeChanged(phone: SimulatedPhone, held: HeldRequest): Promise<void> {
    this.#world.counts.treeWakes++;
    const { seen, unanswered, wasForgotten } = phone.tree;
    // A server that cannot reach what it knows of the phone tells of a change rather than keep it.
    const isTrusted = this.#world.process.isTrusted(held, held.answeredAt?.monotonicMs ?? 0);
    const isCertain = isTrusted && !wasForgotten;
    const isNews = unanswered || !isCertain || this.#world.mailSide.treeChanges(phone.user) > seen;
    must(isNews, () => `${phone.deviceId}: Ping got Status 7 for a tree that it has`);
    await this.#world.exchange(phone.folderSync(this.#world.fate()));
  }

  async #expired(phone: SimulatedPhone, held: HeldRequest): Promise<void> {
    const seconds = (this.#world.clock.monotonicNow() - held.sentAtMs) / 1_000;
    if (seconds < held.heartbeatSeconds - 1) return;
    this.#world.counts.expired++;
    // What happened between the answer and now is not what it was about.
    if (held.answeredAt?.changes !== this.#world.mailSide.changes) return;
    // Nor is what others did while the server was about to answer: the next request is told.
    if (this.#wasDisturbed(held.answeredAt)) return;
    if (!this.#world.process.isTrusted(held, held.answeredAt.monotonicMs)) return;
    await this.#checkHeard(phone, held, "heard that nothing changed");
  }

  /** Whether others acted while the server was about to answer: what it saw may be undone by then, and it may have missed what they did. */
  #wasDisturbed({ monotonicMs }: NonNullable<HeldRequest["answeredAt"]>): boolean {
    return Math.abs(monotonicMs - this.#world.disturbedAtMs) < 1_000;
  }

  async #woken(phone: SimulatedPhone, folders: readonly PhoneFolder[]): Promise<void> {
    this.#world.counts.woken++;
    if (!this.#world.isQuiet && this.#world.random.chance(0.2)) return;
    const heard = await this.#world.exchange(
      phone.sync(folders, this.#world.isQuiet ? "delivered" : this.#world.fate()),
    );
    if (heard && folders.every((folder) => folder.lastBrought === 0)) this.#world.counts.falseWakes++;
  }
}

/** Whether the server knows exactly what the phone has, and the phone that there is no more. */
function isCertain(folder: PhoneFolder): boolean {
  const { unanswered, moreAvailable, cursorLost, hasArrival, wasAnsweredAgain, wasDisturbed, queue } = folder;
  if (unanswered || moreAvailable || cursorLost || hasArrival || wasAnsweredAgain || wasDisturbed)
    return false;
  return queue.length === 0;
}
