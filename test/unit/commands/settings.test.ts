import { describe, expect, it } from "vitest";
import { settings } from "../../../src/commands/settings.js";
import { DirectPushError } from "../../../src/errors.js";
import { readDeviceRecord } from "../../../src/state/device-record.js";
import {
  element,
  emptyElement,
  Ping,
  Settings,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain, type SentCommand } from "./command-context.js";

const request = (...properties: readonly WbxmlElement[]): WbxmlElement =>
  element(Settings.Settings, properties);
const answered = (sent: SentCommand): unknown => plain(documentOf(sent));
const success = (...properties: readonly unknown[]): unknown => ["Settings", ["Status", "1"], ...properties];

const information = (...fields: readonly WbxmlElement[]): WbxmlElement =>
  element(Settings.DeviceInformation, [element(Settings.Set, fields)]);
const userInformation = element(Settings.UserInformation, [emptyElement(Settings.Get)]);
const get = element(Settings.Get, [textElement(Settings.BodyType, "Text")]);
const set = element(Settings.Set, [textElement(Settings.OofState, 1)]);
const oof = element(Settings.Oof, [get]);
const password = element(Settings.DevicePassword, [
  element(Settings.Set, [textElement(Settings.Password, "1234")]),
]);
/** Off, for each audience. */
const noNotes = [
  "Get",
  ["OofState", "0"],
  ["OofMessage", ["AppliesToInternal", ""], ["Enabled", "0"]],
  ["OofMessage", ["AppliesToExternalKnown", ""], ["Enabled", "0"]],
  ["OofMessage", ["AppliesToExternalUnknown", ""], ["Enabled", "0"]],
];
const rights = element(Settings.RightsManagementInformation, [emptyElement(Settings.Get)]);

describe("Settings", () => {
  it("keeps what the device tells of itself, and adds to it", async () => {
    const bench = new CommandBench({ version: "12.1" });
    const first = request(
      information(textElement(Settings.Model, "M"), textElement(Settings.PhoneNumber, "+49")),
    );
    expect(answered(await bench.send(settings, first))).toEqual(
      success(["DeviceInformation", ["Status", "1"]]),
    );
    const all = [
      "IMEI",
      "FriendlyName",
      "OS",
      "OSLanguage",
      "UserAgent",
      "EnableOutboundSMS",
      "MobileOperator",
    ] as const;
    await bench.send(settings, request(information(...all.map((name) => textElement(Settings[name], name)))));
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).information).toEqual({
      model: "M",
      phoneNumber: "+49",
      imei: "IMEI",
      friendlyName: "FriendlyName",
      os: "OS",
      osLanguage: "OSLanguage",
      userAgent: "UserAgent",
      enableOutboundSms: "EnableOutboundSMS",
      mobileOperator: "MobileOperator",
    });
  });

  it("writes nothing when it is told the same again, and nothing of a device that tries a password", async () => {
    const bench = new CommandBench();
    const document = request(information(textElement(Settings.Model, "M")));
    await bench.send(settings, document);
    const { writes } = bench.state;
    await bench.send(settings, document);
    await bench.send(settings, document, { deviceId: "validate" });
    expect(bench.state.writes).toBe(writes);
  });

  it("answers Status 5 to a text that is too long", async () => {
    const sent = await new CommandBench().send(
      settings,
      request(information(textElement(Settings.OS, "x".repeat(1025)))),
    );
    expect(answered(sent)).toEqual(success(["DeviceInformation", ["Status", "5"]]));
  });

  it.each(["12.1", "14.0"] as const)("%s is told the addresses alone", async (version) => {
    const sent = await new CommandBench({ version }).send(settings, request(userInformation));
    expect(answered(sent)).toEqual(
      success([
        "UserInformation",
        ["Status", "1"],
        ["Get", ["EmailAddresses", ["SMTPAddress", "alice@example.com"]]],
      ]),
    );
  });

  it.each(["14.1", "16.0", "16.1"] as const)(
    "%s is told them by account, with the primary one",
    async (version) => {
      const sent = await new CommandBench({ version }).send(settings, request(userInformation));
      const addresses = [
        "EmailAddresses",
        ["SMTPAddress", "alice@example.com"],
        ["PrimarySmtpAddress", "alice@example.com"],
      ];
      expect(answered(sent)).toEqual(
        success(["UserInformation", ["Status", "1"], ["Get", ["Accounts", ["Account", addresses]]]]),
      );
    },
  );

  it("tells the display name and every address that the mailbox knows", async () => {
    const bench = new CommandBench();
    bench.mailbox.userInformation = async () => ({
      addresses: ["a@example.com", "b@example.com"],
      displayName: "A",
    });
    expect(JSON.stringify(answered(await bench.send(settings, request(userInformation))))).toBe(
      JSON.stringify(
        success([
          "UserInformation",
          ["Status", "1"],
          [
            "Get",
            [
              "Accounts",
              [
                "Account",
                ["UserDisplayName", "A"],
                [
                  "EmailAddresses",
                  ["SMTPAddress", "a@example.com"],
                  ["SMTPAddress", "b@example.com"],
                  ["PrimarySmtpAddress", "a@example.com"],
                ],
              ],
            ],
          ],
        ]),
      ),
    );
  });

  it.each([
    ["alice@example.com", [["SMTPAddress", "alice@example.com"]]],
    ["alice", []],
  ])("makes do with the login %s when the mailbox does not know the user", async (user, addresses) => {
    const bench = new CommandBench({ version: "14.0", user });
    Object.defineProperty(bench.mailbox, "userInformation", { value: undefined });
    const get = ["Get", ["EmailAddresses", ...(addresses.length === 0 ? [""] : addresses)]];
    expect(answered(await bench.send(settings, request(userInformation)))).toEqual(
      success(["UserInformation", ["Status", "1"], get]),
    );
  });

  it("answers in the order of the request, each with a Status, also what it does not offer", async () => {
    const sent = await new CommandBench().send(
      settings,
      request(rights, password, information(textElement(Settings.Model, "M")), oof),
    );
    expect(answered(sent)).toEqual(
      success(
        ["RightsManagementInformation", ["Status", "168"]],
        ["DevicePassword", ["Status", "7"]],
        ["DeviceInformation", ["Status", "1"]],
        ["Oof", ["Status", "1"], noNotes],
      ),
    );
  });

  it("skips what it does not know beside what it does", async () => {
    const sent = await new CommandBench().send(settings, request(textElement(0x123f, "?"), oof));
    expect(answered(sent)).toEqual(success(["Oof", ["Status", "1"], noNotes]));
  });

  it.each([
    ["no body", undefined],
    ["an empty request", emptyElement(Settings.Settings)],
    ["another root", emptyElement(Ping.Ping)],
    ["device information without a Set", request(emptyElement(Settings.DeviceInformation))],
    ["user information without a Get", request(emptyElement(Settings.UserInformation))],
    ["an absence note without Get or Set", request(emptyElement(Settings.Oof))],
    ["an absence note with Get and Set", request(element(Settings.Oof, [get, set]))],
    ["a password without a Set", request(emptyElement(Settings.DevicePassword))],
    ["a Set without a password", request(element(Settings.DevicePassword, [emptyElement(Settings.Set)]))],
    ["rights management without a Get", request(emptyElement(Settings.RightsManagementInformation))],
    ["a property twice", request(oof, oof)],
  ])("answers %s with Status 2 alone", async (_, document) => {
    const sent = await new CommandBench().send(settings, document);
    expect(answered(sent)).toEqual(["Settings", ["Status", "2"]]);
  });

  it("answers rights management before 14.1 with Status 2", async () => {
    const sent = await new CommandBench({ version: "14.0" }).send(settings, request(rights));
    expect(answered(sent)).toEqual(["Settings", ["Status", "2"]]);
  });

  it("is unavailable while the mailbox is", async () => {
    const bench = new CommandBench();
    bench.mailbox.faults.failWith(new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "down"));
    expect((await bench.send(settings, request(userInformation))).outcome).toMatchObject({
      kind: "unavailable",
    });
  });
});
