import { describe, expect, it } from "vitest";
import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import {
  AirSync,
  AirSyncBase,
  Calendar,
  child,
  childElements,
  childText,
  element,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { plain } from "../command-context.js";
import { type CollectionAnswer, changeCommand, collectionsOf, SyncBench, syncRequest } from "./sync-bench.js";

const calendar = "calendar";
const dayMs = 86_400_000;
const startTimeMs = Date.UTC(2026, 0, 5, 9);
const series: CalendarItem = {
  class: "Calendar",
  subject: "Daily",
  startTimeMs,
  endTimeMs: startTimeMs + 3_600_000,
  recurrence: { type: "daily", interval: 1 },
};
/** Original starts of occurrences, as they travel and as instants. */
const tuesday = { instanceId: "20260106T090000Z", originalStartMs: startTimeMs + dayMs };
const friday = { instanceId: "20260109T090000Z", originalStartMs: startTimeMs + 4 * dayMs };

function change(id: string, instanceId: string, subject: string): WbxmlElement {
  return element(AirSync.Change, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
    element(AirSync.ApplicationData, [textElement(Calendar.Subject, subject)]),
  ]);
}

function remove(id: string, instanceId: string): WbxmlElement {
  return element(AirSync.Delete, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
  ]);
}

interface SyncedSeries {
  readonly server: SyncBench;
  readonly id: string;
  readonly key: string;
}

/** A device that has the series. */
async function synced(
  wishes: ConstructorParameters<typeof SyncBench>[0] = {},
  item: Parameters<SyncBench["mailbox"]["addItem"]>[2] = series,
  options: readonly WbxmlElement[] = [],
): Promise<SyncedSeries> {
  const server = new SyncBench(wishes);
  await server.folderSync();
  const id = server.mailbox.addItem(server.user, calendar, item);
  return { server, id, key: await server.all(calendar, { options }) };
}

async function stored({ server, id }: SyncedSeries): Promise<CalendarItem> {
  const view = { bodies: [], withBody: true };
  const item = await server.mailbox.item({ user: server.user }, calendar, id, view);
  if (item?.class !== "Calendar") throw new Error("No appointment");
  return item;
}

function send(
  { server, key }: SyncedSeries,
  ...commands: readonly WbxmlElement[]
): Promise<CollectionAnswer> {
  return server.one({ id: calendar, key, commands });
}

/** What else the device is told with this key. */
async function told({ server }: SyncedSeries, key: string): Promise<readonly string[]> {
  const [answer] = collectionsOf(await server.sync(syncRequest([{ id: calendar, key }])));
  return answer === undefined ? [] : [...answer.adds, ...answer.changes, ...answer.deletes];
}

function responsesOf(answer: CollectionAnswer): unknown {
  return childElements(child(answer.element, AirSync.Responses)).map(plain);
}

function renameOnServer({ server, id }: SyncedSeries): void {
  const item = { ...series, subject: "Renamed" };
  server.mailbox.updateItem(server.user, calendar, id, { kind: "replace", item });
}

describe.each(["16.0", "16.1"] as const)("a Change with InstanceId at %s", (version) => {
  it("makes an exception, silently, and the series does not come back", async () => {
    const phone = await synced({ version });
    const answer = await send(phone, change(phone.id, tuesday.instanceId, "Review"));
    expect(answer).toMatchObject({ status: "1", responses: [], changes: [] });
    const item = await stored(phone);
    expect(item.subject).toBe("Daily");
    expect(item.exceptions).toMatchObject([
      { deleted: false, originalStartMs: tuesday.originalStartMs, subject: "Review" },
    ]);
    expect(await told(phone, answer.key)).toEqual([]);
  });

  it("changes the exception that is there, and leaves the others", async () => {
    const phone = await synced({ version });
    const first = await send(
      phone,
      change(phone.id, tuesday.instanceId, "One"),
      change(phone.id, friday.instanceId, "Two"),
    );
    const second = await send({ ...phone, key: first.key }, change(phone.id, tuesday.instanceId, "Three"));
    expect(second).toMatchObject({ responses: [], changes: [] });
    expect((await stored(phone)).exceptions).toMatchObject([{ subject: "Three" }, { subject: "Two" }]);
  });

  it("is shown to another device as an exception with its InstanceId", async () => {
    const phone = await synced({ version });
    await send(phone, change(phone.id, tuesday.instanceId, "Review"));
    const other = { deviceId: "device2", version } as const;
    await phone.server.folderSync(other);
    const key = await phone.server.start(calendar, other);
    const answer = await phone.server.one({ id: calendar, key }, other);
    const [add] = childElements(child(answer.element, AirSync.Commands));
    const exceptions = child(child(add, AirSync.ApplicationData), Calendar.Exceptions);
    const exception = child(exceptions, Calendar.Exception);
    expect(childText(exception, AirSyncBase.InstanceId)).toBe(tuesday.instanceId);
    expect(childText(exception, Calendar.Subject)).toBe("Review");
  });
});

describe("a command with InstanceId that fails", () => {
  it.each([
    ["an InstanceId that is no date", "the third", 6],
    ["a malformed value", tuesday.instanceId, 6],
  ])("names the occurrence: %s", async (what, instanceId, status) => {
    const phone = await synced();
    const command =
      what === "a malformed value"
        ? element(AirSync.Change, [
            textElement(AirSync.ServerId, phone.id),
            textElement(AirSyncBase.InstanceId, instanceId),
            element(AirSync.ApplicationData, [textElement(Calendar.StartTime, "noon")]),
          ])
        : change(phone.id, instanceId, "Review");
    const answer = await send(phone, command);
    expect(responsesOf(answer)).toEqual([
      ["Change", ["ServerId", phone.id], ["InstanceId", instanceId], ["Status", `${status}`]],
    ]);
    // The device has changed its copy: it gets the server's.
    expect(answer.changes).toEqual([phone.id]);
  });

  it("gets 6 for an appointment that is no series", async () => {
    const { recurrence, ...single } = series;
    const phone = await synced({}, single);
    const answer = await send(
      phone,
      change(phone.id, tuesday.instanceId, "Review"),
      remove(phone.id, tuesday.instanceId),
    );
    expect(answer.responses).toEqual([`Change ${phone.id} 6`, `Delete ${phone.id} 6`]);
    expect(await stored(phone)).toEqual(single);
  });

  it("gets 6 below 16.0, and the series is not removed as a whole", async () => {
    const phone = await synced({ version: "14.1" });
    const answer = await send(
      phone,
      change(phone.id, tuesday.instanceId, "Review"),
      remove(phone.id, tuesday.instanceId),
    );
    expect(answer.responses).toEqual([`Change ${phone.id} 6`, `Delete ${phone.id} 6`]);
    expect(await stored(phone)).toEqual(series);
  });

  it("gets 8 for a series that is gone, which the device is told", async () => {
    const phone = await synced();
    phone.server.mailbox.removeItem(phone.server.user, calendar, phone.id);
    const answer = await send(phone, change(phone.id, tuesday.instanceId, "Review"));
    expect(answer).toMatchObject({ responses: [`Change ${phone.id} 8`], deletes: [phone.id] });
  });
});

describe("a Delete with InstanceId", () => {
  it("leaves the series without this occurrence", async () => {
    const phone = await synced();
    const answer = await send(phone, remove(phone.id, tuesday.instanceId));
    expect(answer).toMatchObject({ responses: [], changes: [] });
    const { originalStartMs } = tuesday;
    expect((await stored(phone)).exceptions).toEqual([{ deleted: true, originalStartMs }]);
    expect(await told(phone, answer.key)).toEqual([]);
  });

  it("wins over what others changed, and the device gets that as well", async () => {
    const phone = await synced();
    renameOnServer(phone);
    const answer = await send(phone, remove(phone.id, tuesday.instanceId));
    expect(answer).toMatchObject({ responses: [], changes: [phone.id] });
    const item = await stored(phone);
    expect([item.subject, item.exceptions?.length]).toEqual(["Renamed", 1]);
    expect(await told(phone, answer.key)).toEqual([]);
  });
});

describe("a series that others changed", () => {
  it("is the server's by default", async () => {
    const phone = await synced();
    renameOnServer(phone);
    const answer = await send(phone, change(phone.id, tuesday.instanceId, "Review"));
    expect(answer).toMatchObject({ responses: [`Change ${phone.id} 7`], changes: [phone.id] });
    expect((await stored(phone)).exceptions).toBeUndefined();
  });

  it("gets the device's occurrence with Conflict 0, and the device gets what others changed", async () => {
    const phone = await synced({}, series, [textElement(AirSync.Conflict, 0)]);
    renameOnServer(phone);
    const answer = await send(phone, change(phone.id, tuesday.instanceId, "Review"));
    expect(answer).toMatchObject({ responses: [], changes: [phone.id] });
    expect(await stored(phone)).toMatchObject({ subject: "Renamed", exceptions: [{ subject: "Review" }] });
  });

  it("keeps them with Conflict 0 when the device changed something else of the whole", async () => {
    const phone = await synced({}, series, [textElement(AirSync.Conflict, 0)]);
    renameOnServer(phone);
    const answer = await send(phone, changeCommand(phone.id, [textElement(Calendar.Sensitivity, 2)]));
    expect(answer).toMatchObject({ responses: [], changes: [phone.id] });
    expect(await stored(phone)).toMatchObject({ subject: "Renamed", sensitivity: "private" });
  });
});

describe("a repeat, because the answer was lost,", () => {
  it("changes nothing twice", async () => {
    const phone = await synced();
    const commands = [change(phone.id, tuesday.instanceId, "One"), remove(phone.id, friday.instanceId)];
    await send(phone, ...commands);
    const before = await stored(phone);
    const answer = await send(phone, ...commands);
    expect(answer.responses).toEqual([]);
    expect(await stored(phone)).toEqual(before);
  });

  it("is no conflict with another occurrence that the device changed in the lost request", async () => {
    const phone = await synced();
    await send(
      phone,
      change(phone.id, tuesday.instanceId, "One"),
      change(phone.id, friday.instanceId, "Two"),
    );
    const answer = await send(
      phone,
      change(phone.id, tuesday.instanceId, "One more"),
      change(phone.id, friday.instanceId, "Two"),
    );
    expect(answer.responses).toEqual([]);
    expect((await stored(phone)).exceptions).toMatchObject([{ subject: "One more" }, { subject: "Two" }]);
  });

  it("is no conflict with itself when the process ended before it was noted", async () => {
    const phone = await synced();
    const { state, clock } = phone.server;
    const write = state.write.bind(state);
    state.write = async () => {
      throw new Error("The process has ended");
    };
    await phone.server.sync(
      syncRequest([
        { id: calendar, key: phone.key, commands: [change(phone.id, tuesday.instanceId, "One")] },
      ]),
    );
    state.write = write;
    await clock.advance(5_000);
    const answer = await send(phone, change(phone.id, tuesday.instanceId, "One"));
    expect(answer.responses).toEqual([]);
    expect((await stored(phone)).exceptions).toMatchObject([{ subject: "One" }]);
  });
});
