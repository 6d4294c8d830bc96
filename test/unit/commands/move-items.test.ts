import { describe, expect, it } from "vitest";
import { moveItems } from "../../../src/commands/move-items.js";
import { DirectPushError } from "../../../src/errors.js";
import { readMovedItems } from "../../../src/state/moved-items.js";
import { stateKey } from "../../../src/state/state-key.js";
import {
  children,
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  Move,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { type BenchWishes, CommandBench, documentOf, plain, type SentCommand } from "./command-context.js";

type Moves = readonly (readonly [id: string | undefined, folder: string | undefined, ...to: string[]])[];

function request(...moves: Moves): WbxmlElement {
  return element(
    Move.MoveItems,
    moves.map(([id, folder, ...to]) =>
      element(Move.Move, [
        id === undefined ? undefined : textElement(Move.SrcMsgId, id),
        folder === undefined ? undefined : textElement(Move.SrcFldId, folder),
        ...to.map((folderId) => textElement(Move.DstFldId, folderId)),
      ]),
    ),
  );
}

/** Each Response as `id status newId`. */
function answers(sent: SentCommand): readonly (string | undefined)[][] {
  return children(documentOf(sent), Move.Response).map((response) =>
    [Move.SrcMsgId, Move.Status, Move.DstMsgId].map((tag) => childText(response, tag)),
  );
}

function setUp(wishes: BenchWishes = {}, count = 2) {
  const bench = new CommandBench(wishes);
  const ids = Array.from({ length: count }, (_, index) =>
    bench.mailbox.deliver(bench.user, `Subject: ${index}\r\n\r\nHello`),
  );
  const move = async (...moves: Moves) => answers(await bench.send(moveItems, request(...moves)));
  const inFolder = (folder: string) => [...bench.mailbox.snapshot(bench.user, folder).keys()];
  const [first = "", second = ""] = ids;
  return { bench, ids, first, second, move, inFolder };
}

describe("MoveItems", () => {
  it.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)(
    "in version %s moves each item, in order, and tells its new id with Status 3",
    async (version) => {
      const { bench, first, second, inFolder } = setUp({ version });
      const sent = await bench.send(
        moveItems,
        request([second, "inbox", "deleted"], [first, "inbox", "sent"]),
      );
      const [inDeleted] = inFolder("deleted");
      const [inSent] = inFolder("sent");
      expect(plain(documentOf(sent))).toEqual([
        "MoveItems",
        ["Response", ["SrcMsgId", second], ["Status", "3"], ["DstMsgId", inDeleted]],
        ["Response", ["SrcMsgId", first], ["Status", "3"], ["DstMsgId", inSent]],
      ]);
      expect(inFolder("inbox")).toEqual([]);
    },
  );

  it("answers 1 for an item or a source that is not there, and goes on", async () => {
    const { move, first } = setUp();
    expect(
      await move(
        ["nothing", "inbox", "sent"],
        [first, "nowhere", "sent"],
        [first, "", "sent"],
        [first, "inbox", "sent"],
      ),
    ).toEqual([
      ["nothing", "1", undefined],
      [first, "1", undefined],
      [first, "1", undefined],
      [first, "3", expect.any(String)],
    ]);
  });

  it("answers 2 for a destination that is not there, is of another class, or the recipient cache", async () => {
    const { bench, move, first } = setUp();
    const contact = bench.mailbox.addItem(bench.user, "contacts", { class: "Contacts", lastName: "Doe" });
    expect(
      await move(
        [first, "inbox", "nowhere"],
        [first, "inbox", ""],
        [first, "inbox", "calendar"],
        [contact, "contacts", "RI"],
      ),
    ).toEqual([
      [first, "2", undefined],
      [first, "2", undefined],
      [first, "2", undefined],
      [contact, "2", undefined],
    ]);
  });

  it("answers 4 when both folders are the same", async () => {
    const { move, first } = setUp();
    expect(await move([first, "inbox", "inbox"])).toEqual([[first, "4", undefined]]);
  });

  it("answers 5 for two destinations, in one move or in two", async () => {
    const { move, first, second, inFolder } = setUp();
    expect(await move([first, "inbox", "sent", "deleted"])).toEqual([[first, "5", undefined]]);
    expect(inFolder("inbox")).toContain(first);
    expect(await move([second, "inbox", "sent"], [second, "inbox", "deleted"])).toEqual([
      [second, "3", expect.any(String)],
      [second, "5", undefined],
    ]);
  });

  it("answers alike for the same move twice in a request", async () => {
    const { move, first, inFolder } = setUp();
    const [one, two] = await move([first, "inbox", "sent"], [first, "inbox", "sent"]);
    expect(one).toEqual(two);
    expect(inFolder("sent")).toHaveLength(1);
  });

  it.each([
    ["invalid", "2"],
    ["forbidden", "5"],
    ["quota-exceeded", "5"],
    ["version-mismatch", "7"],
  ] as const)("answers the mailbox's %s with %s", async (kind, status) => {
    const { bench, move, first } = setUp();
    bench.mailbox.move = async () => ({ kind, reason: "no" });
    expect(await move([first, "inbox", "sent"])).toEqual([[first, status, undefined]]);
  });

  it.each([
    ["without a move", emptyElement(Move.MoveItems)],
    ["without an item", request([undefined, "inbox", "sent"])],
    ["with an empty item", request(["", "inbox", "sent"])],
    ["without a source", request(["x", undefined, "sent"])],
    ["without a destination", request(["x", "inbox"])],
    ["of another root", emptyElement(FolderHierarchy.FolderSync)],
    ["of 1,001 moves", request(...Array.from({ length: 1_001 }, () => ["x", "inbox", "sent"] as const))],
  ])("answers a request %s with the common Status 103, and moves nothing", async (_, document) => {
    const { bench } = setUp();
    const sent = await bench.send(moveItems, document);
    expect(sent.outcome).toEqual({ kind: "common-status", status: 103 });
    expect(bench.mailbox.faults.calls("move")).toBe(0);
  });

  it("makes 1,000 moves in one request, and knows each of them when it is repeated", async () => {
    const { move, ids, inFolder } = setUp({}, 1_000);
    const moves: Moves = ids.map((id) => [id, "inbox", "sent"]);
    const first = await move(...moves);
    expect(new Set(first.map(([, status]) => status))).toEqual(new Set(["3"]));
    expect(inFolder("sent")).toHaveLength(1_000);
    expect(await move(...moves)).toEqual(first);
  });

  it("answers 7 for what there is no time for", async () => {
    const { bench, first, second } = setUp({ options: { syncTimeBudgetMs: 5_000 } });
    const { move: moveInMailbox } = bench.mailbox;
    bench.mailbox.move = async (...args) => {
      await new Promise<void>((resolve) => bench.clock.setTimer(resolve, 6_000));
      return moveInMailbox.apply(bench.mailbox, args);
    };
    const sent = bench.begin(moveItems, request([first, "inbox", "sent"], [second, "inbox", "sent"]));
    await bench.clock.advance(10_000);
    expect(answers(sent)).toEqual([
      [first, "3", expect.any(String)],
      [second, "7", undefined],
    ]);
  });
});

describe("MoveItems again, after a lost answer", () => {
  it("answers 3 with the same id", async () => {
    const { move, first, inFolder } = setUp();
    const lost = await move([first, "inbox", "sent"]);
    expect(await move([first, "inbox", "sent"])).toEqual(lost);
    expect(inFolder("sent")).toHaveLength(1);
  });

  it("answers 3 to two of the same request at once", async () => {
    const { bench, first } = setUp();
    const document = request([first, "inbox", "sent"]);
    const both = [bench.begin(moveItems, document), bench.begin(moveItems, document)];
    await bench.clock.advance(100);
    expect(answers(both[0] as SentCommand)).toEqual([[first, "3", expect.any(String)]]);
    expect(answers(both[1] as SentCommand)).toEqual(answers(both[0] as SentCommand));
  });

  it("answers 1 for another destination, for another device, and once the item is gone from there", async () => {
    const { bench, move, first } = setUp();
    const [[, , newId = ""] = []] = await move([first, "inbox", "sent"]);
    expect(await move([first, "inbox", "deleted"])).toEqual([[first, "1", undefined]]);
    const other = await bench.send(moveItems, request([first, "inbox", "sent"]), { deviceId: "device2" });
    expect(answers(other)).toEqual([[first, "1", undefined]]);
    bench.mailbox.removeItem(bench.user, "sent", newId);
    expect(await move([first, "inbox", "sent"])).toEqual([[first, "1", undefined]]);
  });

  it("tells the truth of an item that was moved on, from one id to the next", async () => {
    const { move, first } = setUp();
    const [[, , second = ""] = []] = await move([first, "inbox", "sent"]);
    expect(await move([second, "sent", "deleted"])).toEqual([[second, "3", expect.any(String)]]);
    expect(await move([first, "inbox", "sent"])).toEqual([[first, "1", undefined]]);
  });

  it("remembers what was moved before the mailbox failed", async () => {
    const { bench, move, first, second } = setUp();
    const { move: moveInMailbox } = bench.mailbox;
    bench.mailbox.move = async (...args) => {
      if (args[2] === second) throw new DirectPushError("ERR_CALL_FAILED", "down");
      return moveInMailbox.apply(bench.mailbox, args);
    };
    const document = request([first, "inbox", "sent"], [second, "inbox", "sent"]);
    expect((await bench.send(moveItems, document)).outcome).toMatchObject({ kind: "unavailable" });
    bench.mailbox.move = moveInMailbox;
    expect(
      (await move([first, "inbox", "sent"], [second, "inbox", "sent"])).map(([, status]) => status),
    ).toEqual(["3", "3"]);
  });

  it("is no failure when what was moved cannot be remembered", async () => {
    const { bench, move, first } = setUp();
    bench.state.write = async () => {
      throw new Error("down");
    };
    expect(await move([first, "inbox", "sent"])).toEqual([[first, "3", expect.any(String)]]);
  });

  it("remembers a bounded number, and counts for nothing what cannot be read", async () => {
    const { bench, move, ids, first } = setUp({}, 200);
    for (const id of ids) await move([id, "inbox", "sent"]);
    expect(await readMovedItems(bench.state, bench.user, bench.deviceId)).toHaveLength(128);
    expect(await move([first, "inbox", "sent"])).toEqual([[first, "1", undefined]]);
    const key = stateKey("moved", bench.user, bench.deviceId);
    await bench.state.write(key, '[{"folder":1}]', (await bench.state.read(key))?.version);
    expect(await move([ids.at(-1), "inbox", "sent"])).toEqual([[ids.at(-1), "1", undefined]]);
  });

  it("remembers nothing of the device that only tries a password", async () => {
    const { bench, first } = setUp({ deviceId: "validate" });
    const sent = await bench.send(moveItems, request([first, "inbox", "sent"]));
    expect(answers(sent)).toEqual([[first, "3", expect.any(String)]]);
    expect(bench.state.size).toBe(0);
  });
});
