import { describe, expect, it, vi } from "vitest";
import { MemoryStateStore } from "../../src/index.js";
import { contentTitled, itemOf } from "./form.js";
import { mortal } from "./mortal.js";
import type { SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import { type Disturbance, ServerProcess } from "./server-process.js";
import { must } from "./violation.js";
import { World } from "./world.js";

/** Two processes that serve one phone, which has one task; how often one of them died is what tells what they write apart. */
async function setUp() {
  const world = new World(1);
  world.isQuiet = true;
  // No request is sent twice, and the phone's changes win.
  vi.spyOn(world.random, "chance").mockReturnValue(false);
  let deaths = 0;
  let onItem = (): void => {};
  const start = (store: MemoryStateStore): ServerProcess =>
    new ServerProcess(
      world.mailbox,
      world.clock,
      world.ledger,
      noticing(() => onItem()),
      {
        place: (mortality) => ({ source: world.mailbox, state: mortal(store, mortality) }),
        number: () => deaths,
        died: () => {
          deaths += 1;
        },
      },
    );
  const store = new MemoryStateStore();
  const first = start(store);
  const server = vi.spyOn(world, "server").mockImplementation(() => first.server);
  const { phone, tasks, id } = await withTask(world);
  return {
    world,
    phone,
    tasks,
    id,
    first,
    store,
    /** The process dies in the update of an item, which takes effect. */
    dieInUpdate: () => {
      onItem = () => {
        onItem = () => {};
        // Its version is known; what is left is to read it, and the update.
        first.dieAfter(1);
      };
    },
    /** The phone's requests go to another process with that state. */
    goOnWith: (state: MemoryStateStore) => {
      const second = start(state);
      server.mockImplementation(() => second.server);
    },
  };
}

function noticing(onItem: () => void): Disturbance {
  return {
    isDown: () => false,
    interfere: (item) => {
      if (item !== undefined) onItem();
    },
    wrote: () => {},
    answeredAgain: () => {},
    wroteTree: () => {},
    submitted: () => {},
  };
}

async function withTask(world: World): Promise<{ phone: SimulatedPhone; tasks: PhoneFolder; id: string }> {
  const [phone] = world.phones;
  must(phone !== undefined, () => "there are no phones");
  await world.mailSide.folders(phone.user);
  await phone.folderSync("delivered");
  const tasks = phone.folders.get("tasks");
  must(tasks !== undefined, () => "there is no folder of tasks");
  const id = world.mailbox.addItem(phone.user, "tasks", itemOf("Tasks", contentTitled("one"), world.now()));
  while (tasks.moreAvailable) await phone.sync([tasks], "delivered", true);
  return { phone, tasks, id };
}

async function copyOf(store: MemoryStateStore): Promise<MemoryStateStore> {
  const copy = new MemoryStateStore();
  for (const [key, { value }] of store.entries()) await copy.write(key, value, undefined);
  return copy;
}

describe("a change that a simulated phone says again after others changed the item", () => {
  it("may take its place when the process died that stored it, and could not note that", async () => {
    const { world, phone, tasks, id, first, store, dieInUpdate, goOnWith } = await setUp();
    dieInUpdate();
    tasks.change(id, contentTitled("two"), world.now(), false);
    await phone.sync([tasks], "delivered", true);
    await world.clock.settle();
    expect(first.alive).toBe(false);
    const titles = async () =>
      (await world.mailSide.items(phone.user, "tasks")).map(({ content }) => content.title);
    expect(await titles()).toEqual(["two"]);
    world.mailSide.alter({ user: phone.user, folder: "tasks", id });
    goOnWith(store);
    await phone.sync([tasks], "delivered", true);
    expect(await titles()).toEqual(["two"]);
    expect(world.ledger.fault).toBeUndefined();
  });

  it("may not when nobody died: what was noted is to be remembered", async () => {
    const { world, phone, tasks, id, store, goOnWith } = await setUp();
    const outdated = await copyOf(store);
    tasks.change(id, contentTitled("two"), world.now(), false);
    await phone.sync([tasks], "answer-lost", true);
    world.mailSide.alter({ user: phone.user, folder: "tasks", id });
    goOnWith(outdated);
    await phone.sync([tasks], "delivered", true);
    expect(world.ledger.fault).toBe(`alice tasks ${id}: "two" was replaced by "t1", and is back`);
  });
});
