import { describe, expect, it } from "vitest";
import { credentialsFor, isSendable } from "../../../src/imap/imap-connections-credentials.js";
import { isLoginRefused } from "../../../src/imap/imap-connections-failure.js";
import { LoginMemory } from "../../../src/imap/imap-connections-logins.js";
import { FakeClock } from "../../../src/testing/index.js";

const alice = { kind: "password", user: "alice", password: "secret" } as const;

describe("logins at an IMAP server", () => {
  it("are remembered for their time, each by all that it is made of", async () => {
    const clock = new FakeClock();
    const memory = new LoginMemory({ clock, rememberLoginMs: 100, rememberRefusalMs: 10 });
    memory.taken(alice);
    expect(memory.refused({ ...alice, password: "wrong" })).toBe(true);
    expect(memory.recall({ ...alice })).toBe("taken");
    expect(memory.recall({ ...alice, password: "wrong" })).toBe("refused");
    expect(memory.recall({ ...alice, user: "alices", password: "ecret" })).toBeUndefined();
    expect(memory.recall({ ...alice, authorizeAs: "bob" })).toBeUndefined();
    expect(memory.recall({ kind: "bearer", user: "alice", token: "secret" })).toBeUndefined();
    await clock.advance(10);
    expect(memory.recall({ ...alice, password: "wrong" })).toBeUndefined();
    expect(memory.recall(alice)).toBe("taken");
  });

  it("are not forgotten for a refusal that a server utters while it is being stopped", async () => {
    const clock = new FakeClock();
    const memory = new LoginMemory({ clock, rememberLoginMs: 1_000, rememberRefusalMs: 60_000 });
    memory.taken(alice);
    await clock.advance(5_000);
    expect(memory.refused(alice)).toBe(false);
    await clock.advance(9_999);
    expect(memory.refused(alice)).toBe(false);
    expect(memory.recall(alice)).toBeUndefined();
    memory.taken(alice);
    await clock.advance(5_000);
    expect(memory.refused(alice)).toBe(false);
    await clock.advance(10_000);
    expect(memory.refused(alice)).toBe(true);
    expect(memory.recall(alice)).toBe("refused");
  });

  it.each([
    [{ authenticationFailed: true, responseStatus: "NO", serverResponseCode: "AUTHENTICATIONFAILED" }, true],
    [{ authenticationFailed: true, responseStatus: "NO", serverResponseCode: "EXPIRED" }, true],
    [{ authenticationFailed: true, responseStatus: "NO" }, true],
    [{ authenticationFailed: true, responseStatus: "NO", serverResponseCode: "UNAVAILABLE" }, false],
    [{ authenticationFailed: true, responseStatus: "NO", serverResponseCode: "LIMIT" }, false],
    [{ authenticationFailed: true, responseStatus: "BAD" }, false],
    [{ code: "ECONNREFUSED" }, false],
    [undefined, false],
  ])("are refused only by a server that knows: %j", (error, refused) => {
    expect(isLoginRefused(error)).toBe(refused);
  });

  it("are sent only when nothing in them could be taken for something else", () => {
    expect(isSendable(alice)).toBe(true);
    for (const forged of ["", "alice\0bob", "alice\r\nx", "\u007f"]) {
      expect(isSendable({ ...alice, user: forged })).toBe(false);
      expect(isSendable({ ...alice, password: forged })).toBe(false);
      expect(isSendable({ ...alice, authorizeAs: forged })).toBe(false);
    }
  });

  it("come from the phone, from a master user, or from a hook", async () => {
    const mailbox = { user: "alice", login: alice };
    expect(await credentialsFor({ kind: "login" }, mailbox)).toEqual(alice);
    expect(
      await credentialsFor({ kind: "login" }, { user: "alice", login: { kind: "password" } }),
    ).toBeUndefined();
    const master = { kind: "master", user: "master", password: "m" } as const;
    expect(await credentialsFor(master, mailbox)).toEqual({
      kind: "password",
      user: "master",
      password: "m",
      authorizeAs: "alice",
    });
    const suffix = { ...master, form: "suffix" } as const;
    expect(await credentialsFor(suffix, mailbox)).toEqual({
      kind: "password",
      user: "alice*master",
      password: "m",
    });
    expect(await credentialsFor(suffix, { user: "alice*bob" })).toBeUndefined();
    const credentials = async () => ({ kind: "bearer", user: "a", token: "t" }) as const;
    expect(await credentialsFor({ kind: "hook", credentials }, mailbox)).toEqual({
      kind: "bearer",
      user: "a",
      token: "t",
    });
  });
});
