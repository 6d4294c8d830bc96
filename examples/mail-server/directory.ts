import { timingSafeEqual } from "node:crypto";
import type { DemoUser } from "./options.js";

/** Who has a mailbox here, by every name they go by. */
export class Directory {
  readonly #users: readonly DemoUser[];

  /** @param users the later of two with the same name counts. */
  constructor(users: readonly DemoUser[]) {
    this.#users = users.toReversed();
  }

  /** The user that a login name or a mail address stands for: `NAME`, `DOMAIN\NAME`, the address, or its local part. */
  find(login: string): DemoUser | undefined {
    const name = login.slice(login.lastIndexOf("\\") + 1).toLowerCase();
    return (
      this.#users.find((user) => user.name.toLowerCase() === name) ??
      this.#users.find((user) => localPart(user.name) === localPart(name) && sameDomain(user.name, name))
    );
  }

  /** The user, if the password is theirs. */
  authenticate(login: string, password: string): DemoUser | undefined {
    const user = this.find(login);
    return user !== undefined && sameText(user.password, password) ? user : undefined;
  }
}

function localPart(name: string): string {
  return name.split("@", 1)[0]?.toLowerCase() ?? "";
}

/** A bare name belongs to the demo's only domain. */
function sameDomain(userName: string, login: string): boolean {
  const domainOf = (name: string): string => name.split("@")[1]?.toLowerCase() ?? "example.com";
  return domainOf(userName) === domainOf(login);
}

function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
