/** A phone and others change one folder tree, and answers get lost: the phone ends with what the mailbox has, and is woken for that alone. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { folderCreate } from "../../../src/commands/folder-create.js";
import { folderDelete } from "../../../src/commands/folder-delete.js";
import { folderSync } from "../../../src/commands/folder-sync.js";
import { toldFolders } from "../../../src/commands/folder-tree.js";
import { folderUpdate } from "../../../src/commands/folder-update.js";
import { isTreeOutdated } from "../../../src/commands/tree-outdated.js";
import { child, children, childText, FolderHierarchy, type WbxmlElement } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf } from "./command-context.js";
import { createRequest, deleteRequest, folderRequest, updateRequest } from "./folder-requests.js";

interface Place {
  readonly parentId: string;
  readonly name: string;
}

const { ServerId, ParentId, DisplayName, Status, SyncKey } = FolderHierarchy;

class ModelPhone {
  readonly bench: CommandBench;
  readonly tree = new Map<string, Place>();
  key = "0";
  /** What was asked for last, if its answer was lost. */
  lost: WbxmlElement | undefined = undefined;

  constructor(bench: CommandBench) {
    this.bench = bench;
  }

  async sync(): Promise<void> {
    const request = folderRequest(FolderHierarchy.FolderSync, [[SyncKey, this.key]]);
    const answer = documentOf(await this.bench.send(folderSync, request));
    this.lost = undefined;
    if (childText(answer, Status) === "9") return this.startOver();
    const changes = child(answer, FolderHierarchy.Changes);
    for (const folder of children(changes, FolderHierarchy.Delete)) this.tree.delete(text(folder, ServerId));
    for (const tag of [FolderHierarchy.Add, FolderHierarchy.Update]) {
      for (const folder of children(changes, tag)) {
        const id = text(folder, ServerId);
        expect(this.tree.has(id)).toBe(tag === FolderHierarchy.Update);
        this.tree.set(id, { parentId: text(folder, ParentId), name: text(folder, DisplayName) });
      }
    }
    this.key = text(answer, SyncKey);
  }

  /** Asks for a change of the tree; the answer may be lost. */
  async write(request: WbxmlElement, isLost: boolean): Promise<void> {
    const command = [folderCreate, folderUpdate].find(({ rootTag }) => rootTag === request.tag);
    const answer = documentOf(await this.bench.send(command ?? folderDelete, request));
    this.lost = isLost ? request : undefined;
    if (isLost) return;
    const status = childText(answer, Status);
    if (status === "9") return this.startOver();
    if (status !== "1") return;
    this.key = text(answer, SyncKey);
    const place = { parentId: text(request, ParentId), name: text(request, DisplayName) };
    if (request.tag === FolderHierarchy.FolderCreate) this.tree.set(text(answer, ServerId), place);
    else if (request.tag === FolderHierarchy.FolderUpdate) this.tree.set(text(request, ServerId), place);
    else this.#remove(text(request, ServerId));
    expect(await isTreeOutdated(this.bench.context())).toBe(!(await this.isUpToDate()));
  }

  async isUpToDate(): Promise<boolean> {
    const present = toldFolders(await this.bench.mailbox.folders({ user: this.bench.user }), "16.1");
    const line = ([id, { parentId, name }]: readonly [string, Place]): string => [id, parentId, name].join();
    const mine = [...this.tree].map(line).sort();
    return JSON.stringify(mine) === JSON.stringify(present.map((one) => line([one.id, one])).sort());
  }

  async startOver(): Promise<void> {
    this.tree.clear();
    this.key = "0";
    await this.sync();
  }

  #remove(id: string): void {
    this.tree.delete(id);
    for (const [other, { parentId }] of [...this.tree]) if (parentId === id) this.#remove(other);
  }
}

function text(element: WbxmlElement, tag: number): string {
  return childText(element, tag) ?? "";
}

const pick = fc.nat(50);
const name = fc.constantFrom("A", "B", "C", "D");
const isLost = fc.boolean();
const step = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), at: pick, name, isLost }),
  fc.record({ kind: fc.constant("update" as const), at: pick, to: pick, name, isLost }),
  fc.record({ kind: fc.constant("delete" as const), at: pick, isLost }),
  fc.record({ kind: fc.constant("repeat" as const), isLost }),
  fc.record({ kind: fc.constant("sync" as const) }),
  fc.record({ kind: fc.constant("others-create" as const), at: pick, name }),
  fc.record({ kind: fc.constant("others-change" as const), at: pick, to: pick, name }),
  fc.record({ kind: fc.constant("others-delete" as const), at: pick }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function chosen<T>(from: readonly T[], at: number): T | undefined {
  return from[at % Math.max(1, from.length)];
}

async function take(phone: ModelPhone, at: Step): Promise<void> {
  const { mailbox, user } = phone.bench;
  const known = [...phone.tree.keys()];
  const own = known.filter((id) => /^f\d/.test(id));
  const theirs = (await mailbox.folders({ user })).filter(({ kind }) => kind.startsWith("user-"));
  switch (at.kind) {
    case "create":
      return phone.write(createRequest(phone.key, chosen(["0", ...own], at.at), at.name, 12), at.isLost);
    case "update": {
      const id = chosen(own, at.at);
      if (id === undefined) return;
      return phone.write(updateRequest(phone.key, id, chosen(["0", ...own], at.to), at.name), at.isLost);
    }
    case "delete": {
      const id = chosen(own, at.at);
      return id === undefined ? undefined : phone.write(deleteRequest(phone.key, id), at.isLost);
    }
    case "repeat":
      return phone.lost === undefined ? undefined : phone.write(phone.lost, at.isLost);
    case "sync":
      return phone.sync();
    default:
      await others(
        phone,
        at,
        theirs.map(({ id }) => id),
      );
  }
}

let tokens = 0;

async function others(phone: ModelPhone, at: Step, ids: readonly string[]): Promise<void> {
  const { mailbox, user } = phone.bench;
  const ref = { user };
  if (at.kind === "others-create") {
    const parentId = chosen([null, ...ids], at.at) ?? null;
    await mailbox.addFolder(ref, { parentId, name: at.name, kind: "user-mail" }, `others ${++tokens}`);
    return;
  }
  const id = "at" in at ? chosen(ids, at.at) : undefined;
  if (id === undefined) return;
  if (at.kind === "others-change") {
    await mailbox.updateFolder(ref, id, { parentId: chosen([null, ...ids], at.to) ?? null, name: at.name });
  } else if (at.kind === "others-delete") await mailbox.removeFolder(ref, id);
}

it("a phone that changes folders ends with what the mailbox has, whoever else does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const phone = new ModelPhone(new CommandBench());
      await phone.sync();
      for (const one of steps) await take(phone, one);
      await phone.sync();
      expect(await phone.isUpToDate()).toBe(true);
      expect(await isTreeOutdated(phone.bench.context())).toBe(false);
    }),
    { numRuns: 150 },
  );
});
