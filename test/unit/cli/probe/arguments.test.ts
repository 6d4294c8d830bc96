import { describe, expect, it } from "vitest";
import { parseProbeArguments } from "../../../../src/cli/probe/arguments.js";

const least = ["https://mail.example.com", "--user", "alice"];

describe("the arguments of the probe", () => {
  it("have defaults", () => {
    expect(parseProbeArguments(least)).toEqual({
      kind: "probe",
      arguments: {
        url: "https://mail.example.com",
        user: "alice",
        upToSeconds: 1800,
        wantSeconds: 900,
        atOnce: 8,
        marginSeconds: 10,
        folder: undefined,
        json: false,
        insecure: false,
        newDevices: false,
      },
    });
  });

  it("can all be given", () => {
    const given =
      "--up-to 20s --want 10s --at-once 2 --margin 3s --folder Quiet --json --insecure --new-devices";
    expect(parseProbeArguments([...given.split(" "), ...least])).toMatchObject({
      arguments: {
        upToSeconds: 20,
        wantSeconds: 10,
        atOnce: 2,
        marginSeconds: 3,
        folder: "Quiet",
        json: true,
        insecure: true,
        newDevices: true,
      },
    });
  });

  it("want no more than is tried", () => {
    expect(parseProbeArguments([...least, "--up-to", "2m"])).toMatchObject({
      arguments: { wantSeconds: 120 },
    });
    expect(parseProbeArguments([...least, "--up-to", "2m", "--want", "3m"])).toMatchObject({ kind: "wrong" });
  });

  it.each([["--help"], ["-h"], [...least, "--help"]])("ask for help: %s", (...given) => {
    expect(parseProbeArguments(given)).toEqual({ kind: "help" });
  });

  it.each([
    ["--password", "secret", ...least],
    [...least, "--password=secret"],
    [...least, "--password"],
    ["https://alice:secret@mail.example.com", "--user", "alice"],
  ])("never hold a password: %s %s", (...given) => {
    const parsed = parseProbeArguments(given);
    expect(parsed).toMatchObject({ kind: "wrong", message: expect.stringContaining("DIRECT_PUSH_PASSWORD") });
    expect(JSON.stringify(parsed)).not.toContain("secret");
  });

  it.each([
    [[], "one URL"],
    [["https://a.example", "https://b.example", "--user", "x"], "one URL"],
    [["https://a.example"], "--user"],
    [["https://a.example", "--user", ""], "--user"],
    [["mail.example.com", "--user", "x"], "no URL"],
    [["ftp://a.example", "--user", "x"], "no URL"],
    [[...least, "--up-to", "soon"], "--up-to"],
    [[...least, "--up-to", "25h"], "--up-to"],
    [[...least, "--want", "0"], "--want"],
    [[...least, "--at-once", "0"], "--at-once"],
    [[...least, "--at-once", "51"], "--at-once"],
    [[...least, "--at-once", "2.5"], "--at-once"],
    [[...least, "--margin", "x"], "--margin"],
    [[...least, "--fast"], "--fast"],
  ] as const)("are refused when they make no sense: %j", (given, part) => {
    expect(parseProbeArguments(given)).toMatchObject({
      kind: "wrong",
      message: expect.stringContaining(part),
    });
  });
});
