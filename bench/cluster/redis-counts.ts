import type { RedisConnection } from "direct-push/redis";

/** Commands that are sent to the server. */
const commands: ReadonlySet<PropertyKey> = new Set([
  "hGet",
  "hDel",
  "get",
  "mGet",
  "del",
  "eval",
  "evalSha",
  "sPublish",
]);

/** What was sent. Commands of one turn of the event loop go out together, and are one round trip. */
export class RedisCounts {
  commands = 0;
  roundTrips = 0;
  #isOpen = false;

  /** A client whose commands are counted. */
  counted(client: RedisConnection): RedisConnection {
    return new Proxy(client, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (commands.has(property)) this.#sent();
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  }

  /** What is sent while something is done. */
  async during(work: () => Promise<unknown>): Promise<{ commands: number; roundTrips: number }> {
    const before = { commands: this.commands, roundTrips: this.roundTrips };
    await work();
    return {
      commands: this.commands - before.commands,
      roundTrips: this.roundTrips - before.roundTrips,
    };
  }

  #sent(): void {
    this.commands += 1;
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.roundTrips += 1;
    setImmediate(() => {
      this.#isOpen = false;
    });
  }
}
