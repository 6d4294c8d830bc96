import { describe, expect, test } from "vitest";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import type { StateStore, StoredValue } from "../../../src/state/state-store.js";
import type { ContractTest } from "../../../src/testing/contract-test.js";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";
import { stateStoreContract } from "../../../src/testing/state-store-contract.js";

const user = "alice";

async function failures(suite: readonly ContractTest[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of suite) await run().catch(() => failed.push(name));
  return failed;
}

function mail(dateReceivedMs: number): MailboxItem {
  return { class: "Email", subject: "s", from: "f", to: "t", dateReceivedMs, read: false };
}

function mailboxSuite(make: () => MemoryMailbox): readonly ContractTest[] {
  return mailboxContract(() => {
    const mailbox = make();
    return {
      mailbox,
      ref: { user },
      folder: "inbox",
      otherFolder: "deleted",
      add: async (dateMs) => mailbox.addItem(user, "inbox", mail(dateMs)),
      newItem: () => mail(0),
    };
  });
}

class HidesRemovals extends MemoryMailbox {
  override async changes(
    ...args: Parameters<MemoryMailbox["changes"]>
  ): ReturnType<MemoryMailbox["changes"]> {
    const page = await super.changes(...args);
    if (page.kind !== "page") return page;
    return { ...page, changes: page.changes.filter(({ kind }) => kind !== "gone") };
  }
}

class CursorsWorkOnce extends MemoryMailbox {
  readonly #used = new Set<string>();
  override async changes(
    ...args: Parameters<MemoryMailbox["changes"]>
  ): ReturnType<MemoryMailbox["changes"]> {
    const { cursor } = args[2];
    if (cursor === undefined) return await super.changes(...args);
    if (this.#used.has(cursor)) return { kind: "cursor-expired" };
    this.#used.add(cursor);
    return await super.changes(...args);
  }
}

class TakesAnyCursor extends MemoryMailbox {
  override async changes(
    ...args: Parameters<MemoryMailbox["changes"]>
  ): ReturnType<MemoryMailbox["changes"]> {
    const page = await super.changes(...args);
    if (page.kind !== "cursor-expired") return page;
    return await super.changes(args[0], args[1], { ...args[2], cursor: undefined });
  }
}

class IgnoresLimits extends MemoryMailbox {
  override changes(...args: Parameters<MemoryMailbox["changes"]>): ReturnType<MemoryMailbox["changes"]> {
    return super.changes(args[0], args[1], { ...args[2], limit: args[2].limit + 1 });
  }
}

class ForgetsTokens extends MemoryMailbox {
  #tokens = 0;
  override create(...args: Parameters<MemoryMailbox["create"]>): ReturnType<MemoryMailbox["create"]> {
    return super.create(args[0], args[1], args[2], `${++this.#tokens}`);
  }
}

class IgnoresExpectedVersions extends MemoryMailbox {
  override update(...args: Parameters<MemoryMailbox["update"]>): ReturnType<MemoryMailbox["update"]> {
    return super.update(args[0], args[1], args[2], args[3], undefined);
  }
}

class LosesFlags extends MemoryMailbox {
  override async update(...args: Parameters<MemoryMailbox["update"]>): ReturnType<MemoryMailbox["update"]> {
    if (args[3].kind === "replace") return await super.update(...args);
    return { kind: "updated", version: "same" };
  }
}

class EndsRangesLate extends MemoryMailbox {
  override itemsDated(
    ...args: Parameters<MemoryMailbox["itemsDated"]>
  ): ReturnType<MemoryMailbox["itemsDated"]> {
    return super.itemsDated(args[0], args[1], { ...args[2], beforeMs: args[2].beforeMs + 1 });
  }
}

class CopiesInsteadOfMoving extends MemoryMailbox {
  override async move(...args: Parameters<MemoryMailbox["move"]>): ReturnType<MemoryMailbox["move"]> {
    const item = await this.item(args[0], args[1], args[2], { bodies: [], withBody: true });
    if (item === undefined) return { kind: "not-found" };
    const copied = await this.create(args[0], args[3], item, args[2]);
    return copied.kind === "created" ? { ...copied, kind: "moved" } : copied;
  }
}

class ListsChildrenFirst extends MemoryMailbox {
  override async folders(
    ...args: Parameters<MemoryMailbox["folders"]>
  ): ReturnType<MemoryMailbox["folders"]> {
    const [parent] = [{ id: "parent", parentId: null, name: "Parent", kind: "user-mail" }] as const;
    const child = { ...parent, id: "child", parentId: "parent" } as const;
    return [child, parent, ...(await super.folders(...args))];
  }
}

class MakesFoldersTwice extends MemoryMailbox {
  #made = 0;
  override addFolder(
    ...args: Parameters<MemoryMailbox["addFolder"]>
  ): ReturnType<MemoryMailbox["addFolder"]> {
    return super.addFolder(args[0], { ...args[1], name: `${args[1].name}${++this.#made}` }, `${this.#made}`);
  }
}

class RenamesUnderAnotherId extends MemoryMailbox {
  override async updateFolder(
    ...args: Parameters<MemoryMailbox["updateFolder"]>
  ): ReturnType<MemoryMailbox["updateFolder"]> {
    const updated = await super.updateFolder(...args);
    if (updated.kind !== "updated") return updated;
    await super.removeFolder(args[0], args[1]);
    await super.addFolder(args[0], { ...args[2], kind: "user-mail" }, args[1]);
    return updated;
  }
}

class KeepsWhatIsBelow extends MemoryMailbox {
  override async removeFolder(
    ...args: Parameters<MemoryMailbox["removeFolder"]>
  ): ReturnType<MemoryMailbox["removeFolder"]> {
    for (const { id, parentId, name } of await this.folders(args[0])) {
      if (parentId === args[1]) await super.updateFolder(args[0], id, { parentId: null, name });
    }
    return super.removeFolder(...args);
  }
}

class TakesAnyParent extends MemoryMailbox {
  override async addFolder(
    ...args: Parameters<MemoryMailbox["addFolder"]>
  ): ReturnType<MemoryMailbox["addFolder"]> {
    const added = await super.addFolder(...args);
    if (added.kind !== "parent-not-found") return added;
    return super.addFolder(args[0], { ...args[1], parentId: null }, args[2]);
  }
}

class HidesNewFolders extends MemoryMailbox {
  override async folders(
    ...args: Parameters<MemoryMailbox["folders"]>
  ): ReturnType<MemoryMailbox["folders"]> {
    return (await super.folders(...args)).filter(({ kind }) => kind !== "user-mail");
  }
}

class NumbersNamesThatAreTaken extends MemoryMailbox {
  override async addFolder(
    ...args: Parameters<MemoryMailbox["addFolder"]>
  ): ReturnType<MemoryMailbox["addFolder"]> {
    const added = await super.addFolder(...args);
    if (added.kind !== "name-taken") return added;
    return super.addFolder(args[0], { ...args[1], name: `${args[1].name} (2)` }, args[2]);
  }
}

class LosesReplies extends MemoryMailbox {
  override setOutOfOffice(
    ...[ref, change]: Parameters<MemoryMailbox["setOutOfOffice"]>
  ): ReturnType<MemoryMailbox["setOutOfOffice"]> {
    const internal = {
      enabled: false,
      reply: { format: "text", content: "" },
      ...change.messages.internal,
    } as const;
    return super.setOutOfOffice(ref, { ...change, messages: { internal } });
  }
}

class ForgetsTimes extends MemoryMailbox {
  override async outOfOffice(
    ...args: Parameters<MemoryMailbox["outOfOffice"]>
  ): ReturnType<MemoryMailbox["outOfOffice"]> {
    return { ...(await super.outOfOffice(...args)), state: { kind: "on" } };
  }
}

describe("the mailbox contract", () => {
  test("a mailbox without fault passes", async () => {
    expect(await failures(mailboxSuite(() => new MemoryMailbox()))).toEqual([]);
  });

  test.each([
    [HidesRemovals, "what is removed is told as gone"],
    [CursorsWorkOnce, "a cursor works more than once"],
    [TakesAnyCursor, "a cursor that means nothing has expired"],
    [IgnoresLimits, "a listing in pages of any size has every item"],
    [ForgetsTokens, "a creation that is repeated creates nothing"],
    [IgnoresExpectedVersions, "replacing an item changes its version, and is refused for another version"],
    [LosesFlags, "marking a mail read changes its flags and nothing else"],
    [EndsRangesLate, "a list by date begins with its first instant and ends before its last"],
    [CopiesInsteadOfMoving, "a moved item is gone here and present there"],
    [ListsChildrenFirst, "folders come parents first, with ids that fit and names for all"],
    [HidesNewFolders, "a folder that was made is listed as it was wished for, and takes items"],
    [NumbersNamesThatAreTaken, "a name is given once in a folder"],
    [MakesFoldersTwice, "a folder that is made again with the same token is not made twice"],
    [RenamesUnderAnotherId, "a folder that is renamed and moved keeps its id and what is below it"],
    [KeepsWhatIsBelow, "a folder is removed with what is below it, and once"],
    [TakesAnyParent, "folder writes to what does not exist find nothing"],
    [ForgetsTimes, "an absence note that was set is told"],
    [LosesReplies, "what a change of absence notes leaves out stays"],
  ])("%o fails", async (Faulty, name) => {
    expect(await failures(mailboxSuite(() => new Faulty()))).toContain(name);
  });
});

class WritesAlways extends MemoryStateStore {
  override async write(key: string, value: string): Promise<string | undefined> {
    return await super.write(key, value, (await this.read(key))?.version);
  }
}

class VersionsAreValues extends MemoryStateStore {
  override async read(key: string): Promise<StoredValue | undefined> {
    const stored = await super.read(key);
    return stored && { ...stored, version: stored.value };
  }
  override async write(
    key: string,
    value: string,
    expected: string | undefined,
  ): Promise<string | undefined> {
    const stored = await super.read(key);
    if (stored?.value !== expected) return undefined;
    return (await super.write(key, value, stored?.version)) && value;
  }
}

class LooksThenWrites extends MemoryStateStore {
  override async write(
    key: string,
    value: string,
    expected: string | undefined,
  ): Promise<string | undefined> {
    if ((await this.read(key))?.version !== expected) return undefined;
    await new Promise((resolve) => setImmediate(resolve));
    return await super.write(key, value, (await this.read(key))?.version);
  }
}

class FoldsCase extends MemoryStateStore {
  override read(key: string): Promise<StoredValue | undefined> {
    return super.read(key.toLowerCase());
  }
  override write(key: string, value: string, expected: string | undefined): Promise<string | undefined> {
    return super.write(key.toLowerCase(), value, expected);
  }
}

class ThrowsForMissing extends MemoryStateStore {
  override async delete(key: string): Promise<void> {
    if ((await this.read(key)) === undefined) throw new Error("missing");
    await super.delete(key);
  }
}

describe("the state store contract", () => {
  test.each<[new () => StateStore, string]>([
    [WritesAlways, "a write takes effect only with the present version"],
    [VersionsAreValues, "writing the same value again still changes the version"],
    [LooksThenWrites, "of many writers with the same version one wins"],
    [FoldsCase, "keys of any text up to 512 characters are told apart"],
    [ThrowsForMissing, "deleting a key that does not exist is ignored"],
  ])("%o fails", async (Faulty, name) => {
    expect(await failures(stateStoreContract(() => new Faulty()))).toContain(name);
  });
});
