import { randomInt, randomUUID } from "node:crypto";
import { type FromWorker, type Line, type RelayCall, readMessage, sendOn, type ToWorker } from "./line.js";

interface Claim {
  readonly number: number;
  readonly by: Member;
}

interface Member {
  readonly relayId: string;
  readonly line: Line;
  readonly topics: Set<string>;
}

/** Claims are remembered for so long at least: longer than any request is held. */
const CLAIMS_LAST_MS = 2 * 3_600_000;

/** What the workers of one machine tell each other through: it lives in the first process, and they reach it by their lines. */
export class RelayHub {
  readonly #members = new Set<Member>();
  readonly #leases = new Map<string, Member>();
  /** By name: those of this while, and of the one before. */
  #claims = new Map<string, Claim>();
  #formerClaims = new Map<string, Claim>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#forgetClaims(), CLAIMS_LAST_MS).unref();
  }

  /**
   * Takes a worker in.
   *
   * @returns the worker's id among the others, and what is to be called when it is gone.
   */
  join(line: Line): { readonly relayId: string; readonly gone: () => void } {
    const member = { relayId: randomUUID(), line, topics: new Set<string>() };
    this.#members.add(member);
    line.onMessage((received) => {
      const message = readMessage<FromWorker>(received);
      if (message?.kind !== "relay" || !this.#members.has(member)) return;
      const answer = this.#call(member, message.call);
      send(member, { kind: "relay-answer", id: message.id, answer });
    });
    return { relayId: member.relayId, gone: () => this.#gone(member) };
  }

  /** Ends the hub, for the end of the process. */
  close(): void {
    clearInterval(this.#timer);
  }

  #call(member: Member, call: RelayCall): unknown {
    switch (call.op) {
      case "publish":
        return this.#publish(call.topic, call.message);
      case "subscribe":
        return void member.topics.add(call.topic);
      case "unsubscribe":
        return void member.topics.delete(call.topic);
      case "claim":
        return this.#claim(member, call.name);
      case "claimed":
        // JSON has no undefined.
        return call.names.map((name) => this.#claimOf(name)?.number ?? null);
      case "lease":
        return this.#lease(member, call.name);
      case "release":
        if (this.#leases.get(call.name) === member) this.#leases.delete(call.name);
        return undefined;
    }
  }

  #publish(topic: string, message: string): void {
    for (const member of this.#members) {
      if (member.topics.has(topic)) send(member, { kind: "relay-message", topic, message });
    }
  }

  #claim(member: Member, name: string): number {
    const former = this.#claimOf(name);
    const number = former === undefined ? randomInt(1, 2 ** 30) : former.number + 1;
    this.#claims.set(name, { number, by: member });
    if (former !== undefined && former.by !== member && this.#members.has(former.by)) {
      send(former.by, { kind: "relay-overtaken", name, claim: former.number });
    }
    return number;
  }

  #claimOf(name: string): Claim | undefined {
    return this.#claims.get(name) ?? this.#formerClaims.get(name);
  }

  #lease(member: Member, name: string): string {
    const owner = this.#leases.get(name) ?? member;
    this.#leases.set(name, owner);
    return owner.relayId;
  }

  #gone(member: Member): void {
    if (!this.#members.delete(member)) return;
    for (const [name, owner] of this.#leases) if (owner === member) this.#leases.delete(name);
    for (const other of this.#members) send(other, { kind: "relay-gone", relayId: member.relayId });
  }

  #forgetClaims(): void {
    this.#formerClaims = this.#claims;
    this.#claims = new Map();
  }
}

function send(member: Member, message: ToWorker): void {
  sendOn(member.line, message);
}
