import { describe, expect, it } from "vitest";
import { settings } from "../../../src/commands/settings.js";
import { protocolVersions } from "../../../src/protocol/version.js";
import { element, emptyElement, Settings, textElement, type WbxmlElement } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "./command-context.js";

const oof = (action: WbxmlElement): WbxmlElement =>
  element(Settings.Settings, [element(Settings.Oof, [action])]);
const get = (bodyType: string): WbxmlElement =>
  oof(element(Settings.Get, [textElement(Settings.BodyType, bodyType)]));
const set = (...children: readonly WbxmlElement[]): WbxmlElement => oof(element(Settings.Set, children));

const state = (value: string): WbxmlElement => textElement(Settings.OofState, value);
const start = (value: string): WbxmlElement => textElement(Settings.StartTime, value);
const end = (value: string): WbxmlElement => textElement(Settings.EndTime, value);
const message = (audiences: readonly number[], ...children: readonly WbxmlElement[]): WbxmlElement =>
  element(Settings.OofMessage, [...audiences.map((tag) => emptyElement(tag)), ...children]);
const enabled = (value: string): WbxmlElement => textElement(Settings.Enabled, value);
const reply = (value: string, bodyType: string): readonly WbxmlElement[] => [
  textElement(Settings.ReplyMessage, value),
  textElement(Settings.BodyType, bodyType),
];

/** The Oof of the answer, whose request as a whole succeeded. */
async function answer(bench: CommandBench, document: WbxmlElement): Promise<unknown> {
  const [name, status, property] = plain(documentOf(await bench.send(settings, document))) as unknown[];
  expect([name, status]).toEqual(["Settings", ["Status", "1"]]);
  return property;
}

const done = (status: string): unknown => ["Oof", ["Status", status]];

describe("Settings: Oof", () => {
  it.each(protocolVersions)("%s sets all three audiences and gets them back", async (version) => {
    const bench = new CommandBench({ version });
    const sent = set(
      state("2"),
      start("2007-05-08T10:45:51.250Z"),
      end("2007-05-11T10:45:51.250Z"),
      message([Settings.AppliesToInternal], enabled("1"), ...reply("Back on Friday", "Text")),
      message([Settings.AppliesToExternalKnown], enabled("1"), ...reply("Away", "Text")),
      message([Settings.AppliesToExternalUnknown], enabled("0")),
    );
    expect(await answer(bench, sent)).toEqual(done("1"));
    expect(await answer(bench, get("Text"))).toEqual([
      "Oof",
      ["Status", "1"],
      [
        "Get",
        ["OofState", "2"],
        ["StartTime", "2007-05-08T10:45:51.250Z"],
        ["EndTime", "2007-05-11T10:45:51.250Z"],
        [
          "OofMessage",
          ["AppliesToInternal", ""],
          ["Enabled", "1"],
          ["ReplyMessage", "Back on Friday"],
          ["BodyType", "Text"],
        ],
        [
          "OofMessage",
          ["AppliesToExternalKnown", ""],
          ["Enabled", "1"],
          ["ReplyMessage", "Away"],
          ["BodyType", "Text"],
        ],
        ["OofMessage", ["AppliesToExternalUnknown", ""], ["Enabled", "0"]],
      ],
    ]);
  });

  it("keeps what a Set does not mention: the state, other audiences, the reply", async () => {
    const bench = new CommandBench();
    const { mailbox, user } = bench;
    await answer(
      bench,
      set(state("1"), message([Settings.AppliesToInternal], enabled("1"), ...reply("A", "Text"))),
    );
    await answer(bench, set(message([Settings.AppliesToExternalKnown], enabled("1"), ...reply("B", "Text"))));
    await answer(bench, set(message([Settings.AppliesToInternal], enabled("0"))));
    expect(await mailbox.outOfOffice({ user })).toEqual({
      state: { kind: "on" },
      messages: {
        internal: { enabled: false, reply: { format: "text", content: "A" } },
        "external-known": { enabled: true, reply: { format: "text", content: "B" } },
        "external-unknown": { enabled: false },
      },
    });
    await answer(bench, set(state("0")));
    expect((await mailbox.outOfOffice({ user })).state).toEqual({ kind: "off" });
  });

  it("takes one text for several audiences", async () => {
    const bench = new CommandBench();
    const both = [Settings.AppliesToExternalKnown, Settings.AppliesToExternalUnknown];
    await answer(bench, set(message(both, enabled("1"), ...reply("<b>Away</b>", "HTML"))));
    const { messages } = await bench.mailbox.outOfOffice({ user: bench.user });
    expect(messages["external-known"]).toEqual({
      enabled: true,
      reply: { format: "html", content: "<b>Away</b>" },
    });
    expect(messages["external-unknown"]).toEqual(messages["external-known"]);
  });

  it("ignores the times of an earlier absence", async () => {
    const bench = new CommandBench();
    const sent = set(state("1"), start("2007-05-08T10:45:51.250Z"), end("2007-05-01T10:45:51.250Z"));
    expect(await answer(bench, sent)).toEqual(done("1"));
    expect((await bench.mailbox.outOfOffice({ user: bench.user })).state).toEqual({ kind: "on" });
  });

  it.each([
    ["HTML", "Text", "Away & <b>gone</b>", "Away & gone", "<p>Away &amp; <i>gone</i></p>"],
    ["Text", "HTML", "Away & gone", '<div style="white-space: pre-wrap">Away &amp; gone</div>', undefined],
    ["html", "HTML", "<b>A</b>", "<b>A</b>", undefined],
  ])("written as %s it is told as %s", async (written, wanted, content, told, html) => {
    const bench = new CommandBench();
    await answer(
      bench,
      set(message([Settings.AppliesToInternal], enabled("1"), ...reply(html ?? content, written))),
    );
    expect(JSON.stringify(await answer(bench, get(wanted)))).toContain(
      JSON.stringify([
        ["ReplyMessage", told],
        ["BodyType", wanted],
      ]).slice(1, -1),
    );
  });

  it.each([
    ["2", "a start without an end", set(state("2"), start("2007-05-08T10:45:51.250Z"))],
    ["2", "an end without a start", set(state("0"), end("2007-05-08T10:45:51.250Z"))],
    ["2", "nothing to set", set()],
    ["2", "a message for nobody", set(state("1"), message([], enabled("1")))],
    ["5", "a state that there is not", set(state("3"))],
    ["5", "a timed absence without times", set(state("2"))],
    ["5", "times without a state", set(start("2007-05-08T10:45:51.250Z"), end("2007-05-09T10:45:51.250Z"))],
    ["5", "a time that is none", set(state("2"), start("tomorrow"), end("2007-05-09T10:45:51.250Z"))],
    ["5", "a format that there is not", set(message([Settings.AppliesToInternal], ...reply("x", "RTF")))],
    ["5", "a Get in a format that there is not", get("RTF")],
    [
      "6",
      "an end before the start",
      set(state("2"), start("2007-05-08T10:45:51.250Z"), end("2007-05-08T10:45:51.250Z")),
    ],
    [
      "6",
      "an audience twice",
      set(message([Settings.AppliesToInternal], enabled("1")), message([Settings.AppliesToInternal])),
    ],
  ])("answers Status %s to %s, and sets nothing", async (status, _, document) => {
    const bench = new CommandBench();
    expect(await answer(bench, document)).toEqual(done(status));
    expect(bench.mailbox.faults.calls("setOutOfOffice")).toBe(0);
  });

  it.each([
    ["3", { kind: "forbidden" }],
    ["5", { kind: "invalid", reason: "too long" }],
  ] as const)("answers Status %s when the mailbox says %o", async (status, outcome) => {
    const bench = new CommandBench();
    bench.mailbox.setOutOfOffice = async () => outcome;
    expect(await answer(bench, set(state("1")))).toEqual(done(status));
  });

  it.each([get("Text"), set(state("1"))])("answers Status 2 where the mailbox has none", async (document) => {
    const bench = new CommandBench();
    Object.defineProperty(bench.mailbox, "setOutOfOffice", { value: undefined });
    expect(await answer(bench, document)).toEqual(done("2"));
  });

  it("is unavailable while the mailbox is silent", async () => {
    const bench = new CommandBench();
    bench.mailbox.outOfOffice = () => new Promise(() => {});
    const sent = await bench.send(settings, get("Text"));
    await bench.clock.advance(10_000);
    expect(sent.outcome).toMatchObject({ kind: "unavailable" });
  });
});
