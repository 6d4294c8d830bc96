import { describe, expect, it } from "vitest";
import { settings } from "../../../src/commands/settings.js";
import { element, Settings, textElement, type WbxmlElement } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "./command-context.js";

const password = (text: string): WbxmlElement =>
  element(Settings.Settings, [
    element(Settings.DevicePassword, [element(Settings.Set, [textElement(Settings.Password, text)])]),
  ]);

async function status(bench: CommandBench, text: string): Promise<unknown> {
  return plain(documentOf(await bench.send(settings, password(text))));
}

const answered = (code: string): unknown => [
  "Settings",
  ["Status", "1"],
  ["DevicePassword", ["Status", code]],
];
const policy = { document: { passwordRecoveryEnabled: true } };

describe("Settings: DevicePassword", () => {
  it("stores the recovery password of the device, and forgets it for an empty one", async () => {
    const bench = new CommandBench({ policy });
    expect(await status(bench, "x".repeat(255))).toEqual(answered("1"));
    expect(bench.mailbox.recoveryPassword(bench.user, bench.deviceId)).toBe("x".repeat(255));
    expect(bench.mailbox.recoveryPassword(bench.user, "other")).toBeUndefined();
    expect(await status(bench, "")).toEqual(answered("1"));
    expect(bench.mailbox.recoveryPassword(bench.user, bench.deviceId)).toBeUndefined();
  });

  it("answers Status 5 to one that is too long", async () => {
    const bench = new CommandBench({ policy });
    expect(await status(bench, "x".repeat(256))).toEqual(answered("5"));
  });

  it("answers Status 7 when the policy does not ask for it", async () => {
    const bench = new CommandBench();
    expect(await status(bench, "1234")).toEqual(answered("7"));
    expect(bench.mailbox.recoveryPassword(bench.user, bench.deviceId)).toBeUndefined();
  });

  it("answers Status 7 when the mailbox keeps none, or refuses", async () => {
    const bench = new CommandBench({ policy });
    bench.mailbox.setRecoveryPassword = async () => ({ kind: "forbidden" });
    expect(await status(bench, "1234")).toEqual(answered("7"));
    Object.defineProperty(bench.mailbox, "setRecoveryPassword", { value: undefined });
    expect(await status(bench, "1234")).toEqual(answered("7"));
  });
});
