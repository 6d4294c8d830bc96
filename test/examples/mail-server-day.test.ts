/** A user's day at the demo, over sockets: an account from the e-mail address alone, everything that a mail app does, and another phone that is pushed each of it. */
import { createTransport } from "nodemailer";
import { afterEach, expect, it } from "vitest";
import type { InProcessDevice } from "../../src/testing/index.js";
import { all, document, type Tree, textOf, textsOf, treeOf } from "../conformance/devices/tree.js";
import { within } from "../contract/deadline.js";
import { RunningProgram } from "./running-program.js";
import { wirePhone } from "./wire-phone.js";

const alice = "alice@example.com";
const bob = "bob@example.com";
const schemas = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync";

const running: RunningProgram[] = [];
afterEach(() => {
  for (const program of running.splice(0)) program.kill();
});

/** The endpoint of an address, as a phone finds it that knows the demo's port alone. */
async function discover(port: string, address: string, password: string): Promise<URL> {
  const answer = await fetch(`http://127.0.0.1:${port}/autodiscover/autodiscover.xml`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${address}:${password}`)}`, "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${schemas}/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schemas}/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>`,
  });
  const [, url = ""] = /<Url>([^<]+)<\/Url>/.exec(await answer.text()) ?? [];
  return new URL(url);
}

const calendar = [
  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:review-1@example.com\r\nDTSTAMP:20260101T000000Z",
  `DTSTART:20360108T090000Z\r\nDTEND:20360108T100000Z\r\nSUMMARY:Review\r\nORGANIZER:mailto:${bob}`,
  `ATTENDEE;RSVP=TRUE:mailto:${alice}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
].join("\r\n");

const reply = [
  `From: ${alice}\r\nTo: ${bob}\r\nSubject: Re: Plans\r\nMessage-ID: <reply@phone>\r\nMIME-Version: 1.0`,
  'Content-Type: multipart/mixed; boundary="b"\r\n',
  "--b\r\nContent-Type: text/plain\r\n\r\nHere they are.",
  "--b\r\nContent-Type: text/plain; name=plans.txt\r\nContent-Disposition: attachment; filename=plans.txt\r\n\r\nPlan B",
  "--b--\r\n",
].join("\r\n");

async function command(phone: InProcessDevice, name: string, tree: Tree): Promise<Tree | undefined> {
  const { status, document: answer } = await within(name, phone.command(name, document(tree)));
  expect(status, name).toBe(200);
  return treeOf(answer);
}

it("is had with a phone that knows an address, while another phone is pushed each change", async () => {
  const program = new RunningProgram([
    "examples/mail-server/main.ts",
    "--http-port",
    "0",
    "--smtp-port",
    "0",
    "--no-phone",
  ]);
  running.push(program);
  const [, httpPort = "", smtpPort = ""] = await program.prints(
    /^ready http=\S+:(\d+)\/\S+ smtp=\S+:(\d+)$/m,
  );
  const url = await discover(httpPort, alice, "alice");
  expect(url.pathname).toBe("/Microsoft-Server-ActiveSync");
  const port = Number(url.port);
  const hers = wirePhone(port, { user: alice, deviceId: "HERS" });
  const other = wirePhone(port, { user: alice, deviceId: "OTHER" });
  const his = wirePhone(port, { user: bob, password: "bob", deviceId: "HIS" });
  const folders = ["inbox", "sent", "deleted", "calendar", "contacts", "tasks"];
  for (const phone of [hers, other, his]) {
    await within("FolderSync", phone.folderSync());
    for (const folder of folders) await within("Sync", phone.syncAll(folder));
  }

  /** The folders that the other phone is told of while something happens. */
  const pushed = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
    const told = program.output.length;
    const ping = other.ping({ heartbeatSeconds: 600, folders });
    await program.prints(/holds the Ping of OTHER/, told);
    await act();
    const answer = treeOf((await within("the other phone's Ping", ping.answer)).document);
    expect(textOf(answer, "Status")).toBe("2");
    const named = textsOf(all(answer, "Folders")[0], "Folder");
    for (const folder of named) await within("Sync", other.syncAll(folder));
    return named.toSorted();
  };
  const post = async (mail: Parameters<ReturnType<typeof createTransport>["sendMail"]>[0]): Promise<void> => {
    const transport = createTransport({ host: "127.0.0.1", port: Number(smtpPort), ignoreTLS: true });
    await within("the mail to be taken", transport.sendMail({ from: bob, to: alice, ...mail }));
    transport.close();
  };
  const change = (id: string, ...data: readonly Tree[]): Tree => [
    "AirSync:Change",
    ["ServerId", id],
    ["ApplicationData", ...data],
  ];
  const sync = async (folder: string, ...commands: readonly Tree[]) =>
    await within("Sync", hers.sync(folder, { commands: commands.map((one) => document(one)) }));
  const newest = async (): Promise<string> => (await sync("inbox")).added.at(-1)?.serverId ?? "";

  // A mail comes, is read and flagged.
  expect(await pushed(() => post({ subject: "Plans", text: "What are the plans?" }))).toEqual(["inbox"]);
  const plans = await newest();
  expect(await pushed(() => sync("inbox", change(plans, ["Email:Read", "1"])))).toEqual(["inbox"]);
  const flag: Tree = ["Email:Flag", ["Status", "2"], ["FlagType", "Follow up"]];
  expect(await pushed(() => sync("inbox", change(plans, flag)))).toEqual(["inbox"]);

  // It is answered with an attachment, which Bob gets.
  const answer = (): Promise<unknown> =>
    command(hers, "SmartReply", [
      "ComposeMail:SmartReply",
      ["ClientId", "1"],
      ["Source", ["FolderId", "inbox"], ["ItemId", plans]],
      ["SaveInSentItems"],
      ["Mime", Buffer.from(reply)],
    ]);
  expect(await pushed(answer)).toContain("sent");
  const [got] = (await within("Bob's Sync", his.syncAll("inbox"))).flatMap(({ added }) => added);
  const reference = textOf(treeOf(got?.data), "FileReference") ?? "";
  const fetched = await command(his, "ItemOperations", [
    "ItemOperations:ItemOperations",
    ["Fetch", ["Store", "Mailbox"], ["AirSyncBase:FileReference", reference]],
  ]);
  expect(
    Buffer.from(textOf(fetched, "Data") ?? "", "base64")
      .toString()
      .trim(),
  ).toBe("Plan B");

  // It is found, and moved away.
  const found = await command(hers, "Find", [
    "Find:Find",
    ["SearchId", "1"],
    [
      "ExecuteSearch",
      [
        "MailBoxSearchCriterion",
        ["Query", ["AirSync:Class", "Email"], ["FreeText", "plans"]],
        ["Options", ["DeepTraversal"]],
      ],
    ],
  ]);
  expect(textsOf(found, "Subject").toSorted()).toEqual(["Plans", "Re: Plans"]);
  await sync("inbox");
  const move = (): Promise<unknown> =>
    command(hers, "MoveItems", [
      "Move:MoveItems",
      ["Move", ["SrcMsgId", plans], ["SrcFldId", "inbox"], ["DstFldId", "deleted"]],
    ]);
  expect(await pushed(move)).toEqual(["deleted", "inbox"]);

  // A meeting is accepted, and Bob is told.
  await pushed(() => post({ subject: "Review", icalEvent: { method: "REQUEST", content: calendar } }));
  const invited = await newest();
  const accept = (): Promise<unknown> =>
    command(hers, "MeetingResponse", [
      "MeetingResponse:MeetingResponse",
      ["Request", ["UserResponse", "1"], ["CollectionId", "inbox"], ["RequestId", invited], ["SendResponse"]],
    ]);
  expect(await pushed(accept)).toContain("calendar");
  const told = (await within("Bob's Sync", his.syncAll("inbox"))).flatMap(({ added }) => added);
  expect(told.map(({ data }) => textOf(treeOf(data), "Subject"))).toEqual([
    expect.stringContaining("Review"),
  ]);

  // A contact and a task are made.
  const contact: Tree = [
    "AirSync:Add",
    ["ClientId", "c"],
    ["ApplicationData", ["Contacts:LastName", "Alpha"]],
  ];
  expect(await pushed(() => sync("contacts", contact))).toEqual(["contacts"]);
  const task: Tree = [
    "AirSync:Add",
    ["ClientId", "t"],
    ["ApplicationData", ["Tasks:Subject", "Water the plants"], ["Tasks:Complete", "0"]],
  ];
  expect(await pushed(() => sync("tasks", task))).toEqual(["tasks"]);
  expect(await program.endsOn("SIGINT")).toBe(0);
});
